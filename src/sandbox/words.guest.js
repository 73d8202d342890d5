// Text → the words `find` compares. The index is built with this very file, so both sides always agree.

const stopWords = new Set(
  (
    "a an the of to in on for from by with and or is are be that this it its as at you your can i we which what how " +
    "do does not all any if so into their them they there these those will use using used given specified via when " +
    "where has have may must should please want need"
  ).split(" "),
);

/** camelCase, snake_case and punctuation part words; stop words go; endings go, so that plurals and tenses meet. */
export function words(text) {
  const { camel, capitals, between } = isAscii(text) ? asciiParts() : unicodeParts();
  return (
    text
      .replaceAll(camel, "$1 $2")
      // APIKey, getAUser; but RRsets and URLs, which are one word each.
      .replaceAll(capitals, " $1")
      .toLowerCase()
      .replaceAll(/['’]s?\b/g, "")
      .split(between)
      .filter((word) => word !== "" && !stopWords.has(word))
      .map(stem)
  );
}

/** The tables of Unicode take a new isolate a millisecond, and hardly any query needs them. */
export function isAscii(text) {
  return !/[\u0080-\uffff]/.test(text);
}

const asciiParts = () => ({
  camel: /([a-z0-9])([A-Z])/g,
  capitals: /(?<=[A-Z]{2}|[AI])([A-Z][a-z])(?<![A-Z]s(?![A-Za-z]))/g,
  between: /[^a-z0-9]+/,
});

/** The same for every script there is. */
const unicodeParts = () => ({
  camel: /([\p{Ll}\p{N}])(\p{Lu})/gu,
  capitals: /(?<=\p{Lu}{2}|[AI])(\p{Lu}\p{Ll})(?<!\p{Lu}s(?!\p{L}))/gu,
  between: /[^\p{L}\p{N}]+/u,
});

/** Crude on purpose: it need not be a word, only the same for all forms of one. */
function stem(word) {
  let root = word;
  if (root.length > 4 && root.endsWith("ies")) root = `${root.slice(0, -3)}y`;
  else if (root.length > 4 && /(ss|x|ch|sh)es$/.test(root)) root = root.slice(0, -2);
  else if (root.length > 3 && root.endsWith("s") && !/(ss|us|is)$/.test(root)) root = root.slice(0, -1);
  if (root.length > 5) {
    if (/...ing$/.test(root)) root = root.slice(0, -3);
    else if (/...ed$/.test(root)) root = root.slice(0, -2);
    else if (root.length > 8 && root.endsWith("ation")) root = root.slice(0, -5);
    else if (root.endsWith("ate") || root.endsWith("ion")) root = root.slice(0, -3);
    else if (root.length > 7 && root.endsWith("er")) root = root.slice(0, -2);
  }
  if (root.length > 3 && root.endsWith("e")) root = root.slice(0, -1);
  return root.length > 4 && /([bdgmnprt])\1$/.test(root) ? root.slice(0, -1) : root;
}
