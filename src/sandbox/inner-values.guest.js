// A JSON text that comes in pieces → the values one level inside it, one after another. Never holds more of it than one of them.

// Taken before the program runs: it may patch JSON.
const parse = JSON.parse;

/**
 * @param {AsyncIterable<string>} pieces of one JSON text, cut anywhere
 * @param {string[]} names where in it: of fields, from the outermost
 * @param {number} most characters of one value
 * @param {(message: string) => Error} refusal
 * @returns {AsyncGenerator<unknown>} an array's items, an object's [name, value]; of anything else itself
 */
export async function* innerValues(pieces, names, most, refusal) {
  const place = names.length === 0 ? "its top" : names.map((name) => stringOf(name)).join(", ");
  const absent = () => refusal(`The result has no list or object at ${place}.`);
  let depth = 0;
  // Depth of the container that is looked into: of each name on the way, then of the values themselves.
  let level = 0;
  let isText = false;
  let isEscaped = false;
  let text = "";
  // Whether what passes is taken down; and on the way, whether the name wanted was just read.
  let takes = true;
  let isNext = false;
  let holder = "";

  const arrived = () => level === names.length + 1;
  const value = () => {
    if (text.trim() === "") return [];
    return holder === "[" ? [parse(text)] : Object.entries(parse(`{${text}}`));
  };

  for await (const piece of pieces) {
    const tokens = /["\\{}[\],:]/g;
    let from = 0;
    if (isEscaped) tokens.lastIndex = 1;
    isEscaped = false;
    const take = (end) => {
      if (takes) text += piece.slice(from, end);
      if (text.length > most)
        throw refusal(
          `A value at ${place} has more than ${most} characters. Look inside it: results.items(id, "name", …), a name for each object on the way.`,
        );
    };
    for (let token = tokens.exec(piece); token !== null; token = tokens.exec(piece)) {
      const [sign] = token;
      const at = token.index;
      if (sign === "\\") {
        isEscaped = at + 1 === piece.length;
        tokens.lastIndex = at + 2;
      } else if (sign === '"') isText = !isText;
      else if (isText) continue;
      else if (sign === "{" || sign === "[") {
        depth += 1;
        if (depth !== level + 1 || arrived() || (level > 0 && !isNext)) continue;
        if (sign === "[" && depth <= names.length) throw absent();
        level = depth;
        holder = sign;
        [from, text, takes, isNext] = [at + 1, "", true, false];
      } else if (sign === "}" || sign === "]") {
        depth -= 1;
        if (depth !== level - 1) continue;
        if (!arrived()) throw absent();
        take(at);
        yield* value();
        return;
      } else if (depth === level && level > 0) {
        if (sign === ",") {
          if (isNext) throw absent();
          if (arrived()) {
            take(at);
            yield* value();
          }
          [from, text, takes] = [at + 1, "", true];
        } else if (!arrived()) {
          take(at);
          isNext = parse(text) === names[level - 1];
          takes = false;
        }
      }
    }
    take(piece.length);
  }
  if (level > 0 || names.length > 0) throw absent();
  yield parse(text);
}

function stringOf(name) {
  return `"${name}"`;
}
