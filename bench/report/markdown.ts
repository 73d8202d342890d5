// Text → Markdown that shows it as it is.

/** @param marked has Markdown of its own already */
export function escape(text: string, marked = false): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return marked ? line : line.replaceAll(/[\\|<>*_[\]]/g, String.raw`\$&`);
}

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

export function paragraphs(texts: readonly string[]): string {
  return `${texts.join("\n\n")}\n`;
}
