import { type Row, type Section, verdict } from "./row.ts";

export function printTable(sections: readonly Section[]): void {
  const rows = sections.flatMap((section) => section.rows);
  const what = Math.max(...rows.map((row) => row.what.length));
  const got = Math.max(...rows.map((row) => row.got.length));
  const lines: string[] = [];
  for (const section of sections) {
    lines.push("", `${section.title.padEnd(what)}  ${"got".padStart(got)}   bar  stretch`);
    lines.push("─".repeat(what + got + 28));
    for (const row of section.rows) lines.push(line(row, what, got));
    lines.push(...section.notes.map((note) => `  ${note}`));
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

function line(row: Row, what: number, got: number): string {
  const sign = row.atLeast === true ? "≥" : "≤";
  const limit = (value: number | undefined) => (value === undefined ? "" : `${sign} ${value}`);
  const words = { stretch: "meets stretch", bar: "meets bar", below: "BELOW BAR", "": "" };
  const columns = [row.what.padEnd(what), "", row.got.padStart(got), limit(row.bar).padStart(5)];
  return `${columns.join(" ")}  ${limit(row.stretch).padStart(6)}  ${words[verdict(row)]}`.trimEnd();
}
