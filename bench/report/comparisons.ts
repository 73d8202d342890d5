// Rows that did the same thing by different means, together.

import type { Row, Versus } from "../row.ts";

export interface Comparison<R extends Row> {
  task: string;
  rows: (R & { versus: Versus })[];
}

export function comparisons<R extends Row>(rows: readonly R[]): Comparison<R>[] {
  const versus = rows.filter((row): row is R & { versus: Versus } => row.versus !== undefined);
  return [...Map.groupBy(versus, (row) => row.versus.task)].map(([task, same]) => ({ task, rows: same }));
}
