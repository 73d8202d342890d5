// Models wrap programs in Markdown fences, with a word before and after. Whatever is not program becomes blank lines, so
// that every other line keeps its number.

/** The text without the fence it stands in; a text that does not begin with one is left alone. */
export function stripFence(code: string): string {
  const lines = code.split("\n");
  if (lines[0]?.startsWith("#!") === true) lines[0] = "";
  const first = lines.findIndex((line) => line.trim() !== "");
  const last = lines.findLastIndex((line) => line.trim() !== "");
  if (first === -1 || last === first || !isFence(lines[first]) || lines[last]?.trim() !== "```")
    return lines.join("\n");
  return lines.map((line, n) => (n === first || n === last ? "" : line)).join("\n");
}

/** The one fenced block of a text that is no program as a whole; undefined when there is none, or more. */
export function onlyFencedBlock(code: string): string | undefined {
  const lines = code.split("\n");
  const fences = lines.flatMap((line, n) => (isFence(line) ? [n] : []));
  const [open = 0, close = 0] = fences;
  if (fences.length !== 2) return undefined;
  return lines.map((line, n) => (n > open && n < close ? line : "")).join("\n");
}

function isFence(line: string | undefined): boolean {
  const text = line?.trim() ?? "";
  return text.startsWith("```") && !text.slice(3).includes("`");
}
