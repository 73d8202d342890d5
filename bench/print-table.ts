import { type Row, type Section, type Table, label, verdict } from "./row.ts";

export function printTable(sections: readonly Omit<Section, "data">[]): void {
  const rows = sections.flatMap((section) => section.rows);
  const what = Math.max(0, ...rows.map((row) => label(row).length));
  const got = Math.max(0, ...rows.map((row) => row.got.length));
  const lines: string[] = [];
  for (const section of sections) {
    lines.push("", `${section.title.padEnd(what)}  ${"got".padStart(got)}   bar  stretch`);
    lines.push("─".repeat(what + got + 28));
    for (const row of section.rows) lines.push(line(row, what, got));
    for (const table of section.tables ?? []) lines.push("", ...tableLines(table), "");
    lines.push(...section.notes.map((note) => `  ${note}`));
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

function line(row: Row, what: number, got: number): string {
  const sign = row.atLeast === true ? "≥" : "≤";
  const limit = (value: number | undefined) => (value === undefined ? "" : `${sign} ${value}`);
  const words = { stretch: "meets stretch", bar: "meets bar", below: "BELOW BAR", "": "" };
  const columns = [label(row).padEnd(what), "", row.got.padStart(got), limit(row.bar).padStart(5)];
  return `${columns.join(" ")}  ${limit(row.stretch).padStart(6)}  ${words[verdict(row)]}`.trimEnd();
}

/** The first column to the left, figures to the right. */
function tableLines({ title, columns, rows }: Table): string[] {
  const widths = columns.map((name, n) => Math.max(name.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const text = (cells: readonly string[]) =>
    cells
      .map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)))
      .join("  ");
  return [title, text(columns), ...rows.map(text)].map((one) => `  ${one}`);
}
