// `results`: what earlier runs of the same principal returned, and what this one leaves for later ones.
// Never holds more of it than the program asks for.

const stringify = JSON.stringify;
const parse = JSON.parse;

/** @param {{request(call: string): Promise<string>}} capability */
export function createResults(capability) {
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
      for (let part = 0, parts = 1; part < parts; part += 1) {
        const answer = parse(await capability.request(stringify({ result: id ?? null, part })));
        if (!answer.ok) throw new ResultError(answer.message ?? answer.error?.message);
        ({ parts, format } = answer);
        texts.push(answer.text);
      }
      if (format === "nothing") return undefined;
      return format === "bytes" ? Uint8Array.fromBase64(texts.join("")) : parse(texts.join(""));
    },
  };
  return new Proxy(Object.freeze(methods), {
    get(target, name) {
      if (typeof name === "symbol" || Object.hasOwn(target, name) || name === "then" || name === "toJSON")
        return target[name];
      throw new ResultError(
        `results.${name} does not exist: results has what earlier runs returned, by results.get("r_…"). For a list of your own write const results = [].`,
      );
    },
  });
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
 * @param {{keptChars: number, keptPartChars: number}} limits @returns {Promise<number>} the parts; 0 when it is too large
 */
export async function keepValue(capability, full, { keptChars, keptPartChars }) {
  if (full.length > keptChars) return 0;
  let parts = 0;
  for (let start = 0; start < full.length; parts += 1) {
    let end = Math.min(start + keptPartChars, full.length);
    // The two halves of one character stay together: alone each would be lost in UTF-8.
    if (end < full.length && /[\uD800-\uDBFF]/.test(full[end - 1])) end -= 1;
    await capability.request(`keep ${full.slice(start, end)}`);
    start = end;
  }
  return parts;
}
