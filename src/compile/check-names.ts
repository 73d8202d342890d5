// Names a program cannot have, answered before it runs: what to use instead. Pure.

import type { FreeName } from "./scopes.ts";

const network = {
  search:
    "there is no network. The API's document is spec; calls are made with api.request in the execute tool",
  execute: "there is no network. Call the API with api.request({method, path})",
};
const inScope = {
  search: "find(text), describe(operation) and spec are in scope; use them directly",
  execute: "calls are api.request({method, path}); spec, find and describe are in scope",
};
const credential = "authentication is added to each call; leave it out";

type Instead = string | { search: string; execute: string };

/** What people and models reach for, and what does its job here. */
const instead: Record<string, Instead> = {
  ...Object.fromEntries(
    "fetch XMLHttpRequest WebSocket EventSource axios http https got request superagent ky $"
      .split(" ")
      .map((name) => [name, network]),
  ),
  ...Object.fromEntries(
    "codemode client cloudflare tools mcp sdk openapi swagger".split(" ").map((name) => [name, inScope]),
  ),
  ...Object.fromEntries(
    "API_TOKEN API_KEY TOKEN ACCESS_TOKEN apiKey apiToken accessToken token"
      .split(" ")
      .map((name) => [name, credential]),
  ),
  ...Object.fromEntries(
    "GET POST PUT PATCH DELETE".split(" ").map((name) => [
      name,
      {
        search: `requests are made in the execute tool. Here, describe("${name} /…") shows an operation`,
        execute: `write api.request({method: "${name}", path: "/…"})`,
      },
    ]),
  ),
  search: "it is a tool, not a function. In a program write find(text)",
  execute: {
    search: "it is a tool of its own, and search calls nothing. Send the program to the execute tool",
    execute: "it is a tool, not a function. In a program write api.request({method, path})",
  },
  require: "there are no modules. Everything a program can use is already in scope",
  module: "there are no modules. End with an expression, or use export default",
  exports: "there are no modules. End with an expression, or use export default",
  process: "there is no Node.js and no environment; authentication is added to each call",
  Deno: "there is no Deno; authentication is added to each call",
  Bun: "there is no Bun; authentication is added to each call",
  env: "there is no environment; authentication is added to each call",
  fs: "there are no files. Return the data, or send it to the API",
  path: "there is no Node.js. Join strings",
  Buffer: "there is no Node.js. Use Uint8Array (toBase64, fromBase64), TextEncoder and TextDecoder",
  __dirname: "there are no files",
  window: "there is no browser. Use the names in scope directly",
  document: "there is no browser. The API's document is spec",
  global: "there is no Node.js. Use globalThis",
  eval: "code cannot be made from text here. Write it into the program",
  caches: "nothing is kept between runs",
  localStorage: "nothing is kept between runs",
  sessionStorage: "nothing is kept between runs",
  print: "write console.log, or end with the value",
  alert: "write console.log, or end with the value",
  sleep: "write await new Promise((resolve) => setTimeout(resolve, 1000))",
  setImmediate: "write setTimeout(fn, 0)",
  exit: "write return",
  _: "there are no libraries. Use the methods of Array and Object",
  True: "write true",
  False: "write false",
  None: "write null",
};

/** Of the language and of Workers: what every isolate has. */
const standard = new Set(
  (
    "undefined NaN Infinity globalThis self Object Function Array String Number Boolean Symbol BigInt Math Date RegExp JSON Map Set WeakMap WeakSet WeakRef " +
    "FinalizationRegistry Promise Proxy Reflect Iterator Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError SuppressedError " +
    "DisposableStack AsyncDisposableStack ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array " +
    "Float16Array Float32Array Float64Array BigInt64Array BigUint64Array Atomics Intl Temporal WebAssembly parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent " +
    "encodeURI decodeURI escape unescape console setTimeout clearTimeout setInterval clearInterval queueMicrotask structuredClone atob btoa crypto Crypto SubtleCrypto CryptoKey " +
    "performance URL URLSearchParams URLPattern TextEncoder TextDecoder TextEncoderStream TextDecoderStream Blob File FormData Headers Request Response " +
    "ReadableStream WritableStream TransformStream CompressionStream DecompressionStream AbortController AbortSignal Event EventTarget CustomEvent MessageChannel " +
    "DOMException HTMLRewriter scheduler navigator reportError arguments"
  ).split(" "),
);

type NameContext = {
  tool: "search" | "execute";
  /** Names this tool hands to a program. */
  given: string[];
  /** Names the program declares itself. */
  declared: string[];
};

/** @returns the first name it cannot have, the others in the message; undefined when it can have all */
export function checkNames(
  free: Map<string, FreeName>,
  context: NameContext,
): { message: string; position: { line: number; column: number } } | undefined {
  const refused = [...free.values()].filter(
    ({ name, onlyTypeof }) =>
      !onlyTypeof && !context.given.includes(name) && (!standard.has(name) || Object.hasOwn(instead, name)),
  );
  const [first, ...others] = refused;
  if (first === undefined) return calledObject(free, context.given);
  const more = others.slice(0, 5).map(({ name, line }) => `${name} (line ${line})`);
  const also = more.length === 0 ? "" : ` Not available either: ${more.join(", ")}.`;
  return {
    message: `${reasonFor(first.name, context, first)}${also}`,
    position: { line: first.line, column: first.column },
  };
}

/** `results` is handed over, and named by the answers there is more of: elsewhere it would only be mistaken for a variable. */
export function isListed(given: string): boolean {
  return given !== "results" && given !== "context";
}

/** `spec()` and `api(…)`: what is given is an object. */
function calledObject(
  free: Map<string, FreeName>,
  given: string[],
): { message: string; position: { line: number; column: number } } | undefined {
  for (const [name, use] of Object.entries({
    spec: "read spec.paths",
    api: "write api.request({method, path})",
    results: 'write await results.get("r_…")',
  })) {
    const position = given.includes(name) ? free.get(name)?.called : undefined;
    if (position !== undefined) return { message: `${name} is an object, not a function: ${use}.`, position };
  }
  return undefined;
}

/** One sentence, or two: what is so, and what to write. */
export function reasonFor(
  name: string,
  { tool, given, declared }: NameContext,
  use: Pick<FreeName, "written" | "called"> = { written: false, called: undefined },
): string {
  if (Object.hasOwn(instead, name)) {
    const text = instead[name] as Instead;
    return `${name} is not available: ${typeof text === "string" ? text : text[tool]}.`;
  }
  if (name === "results")
    return "results is not available in search, which can always be run again. Read it in the execute tool.";
  if (name === "api") return "api is not available in search, which calls nothing. Use the execute tool.";
  if (use.written) return `${name} is not declared: write const ${name} = … or let ${name} = ….`;
  const near = nearestName(name, [...given.filter(isListed), ...declared]);
  if (near !== undefined) return `${name} is not defined. Did you mean ${near}?`;
  const operation =
    use.called !== undefined
      ? ` If it is an operation of the API, describe("${name}") shows how to call it.`
      : " Declare it first.";
  return `${name} is not defined. In scope: ${given.filter(isListed).join(", ")}, and standard JavaScript.${operation}`;
}

/** A name that differs by a slip of the hand: case, a letter more, less, other, or two swapped. */
function nearestName(name: string, known: string[]): string | undefined {
  const wanted = name.toLowerCase();
  const most = name.length < 4 ? 0 : name.length < 8 ? 1 : 2;
  return known.find((each) => slips(wanted, each.toLowerCase(), most) <= most);
}

/** Edit distance with neighbours swapped as one step; stops counting above `most`. */
function slips(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + change);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? most + 1;
}
