// `results`: what earlier runs of the same principal returned, and what this one leaves for later ones.
// Never holds more of it than the program asks for.

import { innerValues } from "./inner-values.guest.js";

const stringify = JSON.stringify;
const parse = JSON.parse;
const later = setTimeout;
const NativePromise = Promise;

/**
 * @param {{request(call: string): Promise<string>}} capability
 * @param {{keptHeldChars: number}} limits characters of a value, or of one item of it, that a program is handed at once
 */
export function createResults(capability, { keptHeldChars }) {
  async function* parts(id) {
    for (let part = 0, count = 1; part < count; part += 1) {
      const answer = parse(await capability.request(stringify({ result: id ?? null, part })));
      if (!answer.ok) throw new ResultError(answer.message ?? answer.error?.message);
      count = answer.parts;
      yield answer;
    }
  }

  const methods = {
    /**
     * @param {string} id of a run, as its answer's last line names it
     * @returns {Promise<unknown>} the whole value that run returned
     */
    async get(id, ...more) {
      if (more.length > 0)
        throw new ResultError("results.get takes one run id, and answers its whole value.");
      const texts = [];
      let format;
      for await (const part of parts(id)) {
        if (part.large) throw new ResultError(tooLarge(id, part.format, keptHeldChars));
        ({ format } = part);
        texts.push(part.text);
      }
      if (format === "nothing") return undefined;
      return format === "bytes" ? Uint8Array.fromBase64(texts.join("")) : parse(texts.join(""));
    },

    /**
     * The same value in pieces: an array's items, an object's [name, value], texts of a text, Uint8Arrays of bytes.
     * @param {string} id of a run @param {...string} names of objects on the way to the array or object that is meant
     */
    async *items(id, ...names) {
      const wrong = names.find((name) => typeof name !== "string");
      if (wrong !== undefined)
        throw new ResultError(
          `results.items takes a run id and names of fields on the way to a list, as in results.items("r_…", "data", "rows"); one of them is ${stringify(wrong) ?? String(wrong)}.`,
        );
      const all = parts(id);
      const first = (await all.next()).value;
      const texts = (async function* () {
        yield first.text;
        for await (const { text } of all) {
          await turn();
          yield text;
        }
      })();
      if (first.format === "bytes") for await (const text of texts) yield Uint8Array.fromBase64(text);
      else if (first.format === "text") yield* textPieces(texts);
      else if (first.format !== "nothing")
        yield* innerValues(texts, names, keptHeldChars, (message) => new ResultError(message));
    },
  };
  return new Proxy(Object.freeze(methods), {
    get(target, name) {
      if (typeof name === "symbol" || Object.hasOwn(target, name) || name === "then" || name === "toJSON")
        return target[name];
      throw new ResultError(
        `results.${name} does not exist: results has what earlier runs returned, by results.get("r_…") and results.items("r_…"). For a list of your own write const results = [].`,
      );
    },
  });
}

function tooLarge(id, format, most) {
  const each = format === "text" || format === "bytes" ? "piece" : "item";
  return `The result of the run ${id} has more than ${most} characters, and all of it at once may be more than a program can hold. Read it ${each} by ${each}: for await (const ${each} of results.items("${id}")). Names after the id lead to a list inside it.`;
}

/** A JSON string that comes in pieces, cut anywhere → its text. */
async function* textPieces(pieces) {
  let kept = "";
  let isFirst = true;
  for await (const piece of pieces) {
    const text = kept + (isFirst ? piece.slice(1) : piece);
    isFirst = false;
    // The end may be half an escape, or the closing quote: that waits for what comes.
    const [, whole, rest] = /^((?:[^\\"]|\\u[\dA-Fa-f]{4}|\\[^u])*)([^]*)$/.exec(text);
    kept = rest;
    if (whole !== "") yield parse(`"${whole}"`);
  }
}

/**
 * A turn of the event loop for each part: locally all that answers is in one process, and what is always busy hears neither
 * its timers nor its network. A program that reads much would look like an endless loop, and the server like a dead one.
 */
function turn() {
  return new NativePromise((resolve) => later(resolve, 0));
}

class ResultError extends Error {
  constructor(message) {
    super(message);
    this.name = "ResultError";
    this.kind = "result";
  }
}

/**
 * Hands the whole value to the host in parts, each small enough for a row of its database.
 * @param {{request(call: string): Promise<string>}} capability @param {string} full
 * @param {{keptChars: number, keptHeldChars: number, keptPartChars: number}} limits
 * @returns {Promise<number>} the parts; 0 when it is too large
 */
export async function keepValue(capability, full, { keptChars, keptHeldChars, keptPartChars }) {
  if (full.length > keptChars) return 0;
  const how = full.length > keptHeldChars ? "keep-large" : "keep";
  let parts = 0;
  for (let start = 0; start < full.length; parts += 1) {
    let end = Math.min(start + keptPartChars, full.length);
    // The two halves of one character stay together: alone each would be lost in UTF-8.
    if (end < full.length && /[\uD800-\uDBFF]/.test(full[end - 1])) end -= 1;
    await capability.request(`${how} ${full.slice(start, end)}`);
    await turn();
    start = end;
  }
  return parts;
}
