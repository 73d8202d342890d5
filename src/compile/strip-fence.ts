// Models wrap programs in Markdown fences, with a word before and after. Whatever is not program becomes blank lines, so
// that every other line keeps its number.

/** The text without the fence it stands in; a text that does not begin with one is left alone. */
export function stripFence(code: string): string {
  const lines = code.split("\n");
  if (lines[0]?.startsWith("#!") === true) lines[0] = "";
  const first = lines.findIndex((line) => line.trim() !== "");
  const last = lines.findLastIndex((line) => line.trim() !== "");
  if (first === -1 || last === first || !isFence(lines[first])) return lines.join("\n");
  const closed = lines[last]?.trim() === "```";
  // Cut off before its end, as answers are.
  if (!closed && lines.some((line, n) => n !== first && isFence(line))) return lines.join("\n");
  return lines.map((line, n) => (n === first || (closed && n === last) ? "" : line)).join("\n");
}

/**
 * The fenced block of a text that is no program as a whole: the only one, or the only one said to be JavaScript. A number
 * instead when there are several to choose from.
 */
export function fencedBlock(code: string): string | number {
  const lines = code.split("\n");
  const fences = lines.flatMap((line, n) => (isFence(line) ? [n] : []));
  const blocks: { open: number; close: number; language: string }[] = [];
  for (let n = 0; n + 1 < fences.length; n += 2) {
    const [open = 0, close = 0] = fences.slice(n, n + 2);
    blocks.push({ open, close, language: (lines[open] ?? "").trim().slice(3).trim().toLowerCase() });
  }
  const scripts = blocks.filter(({ language }) => languages.has(language));
  const [chosen, ...more] = scripts.length === 0 ? blocks : scripts;
  if (chosen === undefined || more.length > 0) return more.length + (chosen === undefined ? 0 : 1);
  return lines.map((line, n) => (n > chosen.open && n < chosen.close ? line : "")).join("\n");
}

const languages = new Set(["js", "javascript", "jsx", "mjs", "ts", "typescript", "tsx"]);

function isFence(line: string | undefined): boolean {
  const text = line?.trim() ?? "";
  return text.startsWith("```") && !text.slice(3).includes("`");
}
