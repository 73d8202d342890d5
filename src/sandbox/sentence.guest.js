// A description → its first sentences on one line, for reading. The build uses this very file for summaries.

const tags =
  /<(\/?)(p|br|hr|li|ul|ol|dl|dt|dd|div|h[1-6]|table|thead|tbody|tr|td|th|pre|blockquote|a|b|i|u|em|strong|code|tt|kbd|span|font|small|sup|sub|img)\b[^<>]*>/gi;
/** These part words; the others stand in the middle of a sentence. */
const blocks = /^(p|br|hr|li|ul|ol|dl|dt|dd|div|h[1-6]|table|thead|tbody|tr|td|th|pre|blockquote)$/i;
const entities = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", "#39": "'", nbsp: " " };
/** What ends with a point that ends no sentence. */
const abbreviation =
  /(?:^|[\s("“'])(?:e\.g|i\.e|etc|vs|cf|ca|al|approx|incl|excl|resp|max|min|no|nr|fig|dr|mr|mrs|ms|st|inc|[a-z]|(?:\p{Lu}\.)+\p{Lu})$/iu;
/** Shorter than this much of the room, what was taken says little ("Optional."), and part of the next is worth having. */
const littleSaid = 0.4;

/** @param {unknown} text @param {number} maximum characters; whatever is left out leaves a "…" */
export function sentence(text, maximum) {
  if (typeof text !== "string" || maximum < 2) return "";
  // Markup takes room that its text does not; what is far behind is not looked at.
  const read = text.slice(0, 4 * maximum + 400);
  const line = plainText(read);
  const isAll = read.length === text.length;
  if (isAll && line.length <= maximum) return line;
  let taken = "";
  for (const next of sentences(line)) {
    const longer = taken === "" ? next : `${taken} ${next}`;
    if (longer.length > maximum - 2) {
      return taken.length < littleSaid * maximum ? cutAtWord(longer, maximum) : `${taken} …`;
    }
    taken = longer;
  }
  return isAll ? taken : `${taken} …`;
}

function* sentences(line) {
  let start = 0;
  for (const { 0: end, index } of line.matchAll(/[.!?][)\]"'”’]*\s+(?!\p{Ll})/gu)) {
    if (end.startsWith(".") && abbreviation.test(line.slice(Math.max(start, index - 12), index))) continue;
    yield line.slice(start, index + end.length).trimEnd();
    start = index + end.length;
  }
  if (start < line.length) yield line.slice(start);
}

function cutAtWord(text, maximum) {
  const cut = text.slice(0, maximum - 1);
  const space = cut.lastIndexOf(" ");
  return `${cut.slice(0, space > maximum / 2 ? space : cut.length).replace(/[\s,;:]+$/, "")}…`;
}

/** Without HTML's tags and Markdown's signs. A `<placeholder>` is neither, and stays. */
function plainText(text) {
  return text
    .replaceAll(/<!--.*?-->/gs, " ")
    .replaceAll(tags, (_, closing, name) => (blocks.test(name) ? " " : ""))
    .replaceAll(/&(lt|gt|amp|quot|apos|nbsp|#39);/g, (_, name) => entities[name])
    .replaceAll(/^\s*(?:```|~~~).*$/gm, " ")
    .replaceAll(/!?\[([^\]]*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)?(?:\s+"[^"]*")?\)/g, "$1")
    .replaceAll(/^\s*(?:#{1,6}|>)\s+/gm, " ")
    .replaceAll(/^\s*[*+•]\s+/gm, "- ")
    .replaceAll(/(?<![\\\w*])(\*{1,3})(?=[\p{L}\p{N}"'`([])([^*\n]*?\S)\1(?![\w*])/gu, "$2")
    .replaceAll(/`+/g, "")
    .replaceAll(/\\([*_`#<>[\]])/g, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();
}
