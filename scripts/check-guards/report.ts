// What a person reads of it: a table with a line for each guard.

import type { Guard, Unproven } from "./guard.ts";
import type { Verdict } from "./judge.ts";

export function listGuards(guards: readonly Guard[], unproven: readonly Unproven[]): string {
  const rows = inOrder(guards).map(({ id, threat, file, proof }) => [
    threat,
    id,
    file,
    `${proof.file}: "${proof.test}"`,
  ]);
  const without = unproven.map(({ threat, because }) => `${threat} has no guard here: ${because}`);
  return [table([["threat", "guard", "in", "test"], ...rows]), ...without].join("\n");
}

export function reportVerdicts(
  guards: readonly Guard[],
  verdicts: ReadonlyMap<string, Verdict>,
  minutes: number,
): string {
  const rows = inOrder(guards).map(({ id, threat, proof }) => {
    const { kind, by, words } = verdicts.get(id) ?? { kind: "broken", by: "", words: "was not run" };
    return kind === "killed"
      ? [threat, id, kind, `${proof.file}: ${by}`]
      : [threat, id, kind, `${proof.file}: ${by || proof.test}: ${words}`];
  });
  const killed = rows.filter(([, , kind]) => kind === "killed").length;
  const said =
    killed === rows.length
      ? `Each of ${rows.length} guards is missed by a test when it is gone.`
      : `${rows.length - killed} of ${rows.length} guards can go without the right test going red for the right reason.`;
  return `${table([["threat", "guard", "verdict", "by"], ...rows])}\n\n${said} ${minutes.toFixed(1)} minutes.`;
}

function inOrder(guards: readonly Guard[]): Guard[] {
  return guards.toSorted((one, other) => Number(one.threat.slice(1)) - Number(other.threat.slice(1)));
}

function table(rows: readonly string[][]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join("  "),
    )
    .join("\n");
}
