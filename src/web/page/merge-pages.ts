// A live first page and the older pages below it, as one list without gaps. Pure.

import type { RunSummary } from "../../journal/run.ts";

/** What a newer first page pushed off its end belongs to the older ones, or it would be on neither. */
export function pushOff(
  before: readonly RunSummary[],
  now: readonly RunSummary[],
  older: readonly RunSummary[],
): RunSummary[] {
  const last = now.at(-1);
  if (older.length === 0 || last === undefined) return [...older];
  const known = new Set([...now, ...older].map(({ id }) => id));
  return [...before.filter(({ id, started }) => !known.has(id) && started <= last.started), ...older];
}
