// What to say beside an error, or a value that is undefined: where the document has not what the program spelled out, and
// what the API answered last. Never says more than a line, and never throws.

const shown = 8;

/**
 * @param {any} spec the document, or undefined @param {string[][]} places keys from its root, as the program spells them out
 * @returns {string | undefined} the first that is not there, with what is
 */
export function missingPlace(spec, places) {
  if (spec === undefined) return undefined;
  try {
    for (const keys of places) {
      let value = spec;
      for (const [n, key] of keys.entries()) {
        if (typeof value !== "object" || value === null) break;
        if (!(key in value))
          return `${written(keys.slice(0, n))} has no ${JSON.stringify(key)}. ${others(value, key)}`;
        value = value[key];
      }
    }
  } catch {
    // A hint is not worth an error of its own.
  }
  return undefined;
}

function written(keys) {
  return keys.reduce(
    (text, key) => (/^[\w$]+$/.test(key) ? `${text}.${key}` : `${text}[${JSON.stringify(key)}]`),
    "spec",
  );
}

function others(value, key) {
  if (key === "$ref") return "References are resolved: what it would lead to stands there itself.";
  if (Array.isArray(value)) return `It is an array of ${value.length}.`;
  const keys = Object.keys(value);
  const same = keys.find((each) => each.toLowerCase() === key.toLowerCase());
  if (same !== undefined) return `Did you mean ${same}?`;
  if (keys.length <= shown) return `It has ${keys.join(", ")}.`;
  return `Nearest: ${nearest(key, keys).join(", ")}.`;
}

/** @param {string} message of a TypeError, in a program that reads the document */
export function absentPart(message) {
  return /of undefined|undefined or null|as it is undefined|not iterable/.test(message)
    ? "Not every path has every method, nor every operation parameters or a requestBody: read what may be absent with ?."
    : undefined;
}

/** @param {string} message of a TypeError @returns {string | undefined} */
export function notAList(message) {
  const [, place] = /^(spec[\w$.]*?)(?:\.\w+ is not a function| is not iterable)/.exec(message) ?? [];
  return place?.includes(".") ? `${place} is an object. Use Object.entries(${place}).` : undefined;
}

/** The three names that share most pairs of letters with a name, by one text each or several. */
export function nearest(name, candidates, textsOf = (candidate) => [candidate]) {
  const pairs = (text) =>
    new Set(
      Array.from({ length: Math.max(0, text.length - 1) }, (_, n) => text.slice(n, n + 2).toLowerCase()),
    );
  const wanted = pairs(name.slice(0, 200));
  const alike = (text) => {
    const own = pairs(text);
    let shared = 0;
    for (const pair of own) if (wanted.has(pair)) shared += 1;
    return (2 * shared) / Math.max(1, own.size + wanted.size);
  };
  return candidates
    .map((candidate) => ({ candidate, score: Math.max(...textsOf(candidate).map(alike)) }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** @param {{call: string, status: number, data: unknown} | undefined} last */
export function lastAnswer(last) {
  if (last === undefined) return undefined;
  const { call, status, data } = last;
  return `An answer is {status, ok, headers, data}, with header names in lower case; the last, ${call} → ${status}, had data ${shape(data)}.`;
}

/** Kinds and names, no values: those are the API's words. */
function shape(data, depth = 0) {
  if (data === null) return "null";
  if (typeof data === "string") return `a text of ${data.length} characters`;
  if (typeof data !== "object") return `a ${typeof data}`;
  if (ArrayBuffer.isView(data)) return `${data.byteLength} bytes`;
  if (Array.isArray(data)) {
    const first = depth < 2 && data.length > 0 ? ` of ${shape(data[0], depth + 1)}` : "";
    return `[${data.length}${data.length === 1 ? " item" : " items"}${first}]`;
  }
  const names = Object.keys(data);
  const listed = names.slice(0, shown).map((name) => {
    const inner = data[name];
    // The API's words: a name as programs write them, and nothing that could be read as more.
    const key = /^[\w$-]{1,40}$/.test(name) ? name : "…";
    return depth < 2 && typeof inner === "object" && inner !== null
      ? `${key}: ${shape(inner, depth + 1)}`
      : key;
  });
  return `{${listed.join(", ")}${names.length > shown ? ", …" : ""}}`;
}
