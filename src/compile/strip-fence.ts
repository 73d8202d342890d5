// Models wrap programs in Markdown fences. The fence lines become blank, so that every other line keeps its number.

export function stripFence(code: string): string {
  const lines = code.split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  const last = lines.findLastIndex((line) => line.trim() !== "");
  if (first === -1 || last === first || !isFence(lines[first]) || lines[last]?.trim() !== "```") return code;
  return lines.map((line, n) => (n === first || n === last ? "" : line)).join("\n");
}

function isFence(line: string | undefined): boolean {
  const text = line?.trim() ?? "";
  return text.startsWith("```") && !text.slice(3).includes("`");
}
