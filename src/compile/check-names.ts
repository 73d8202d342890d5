// Names a program cannot have, answered before it runs: what to use instead. Pure.

import type { FreeName } from "./free-names.ts";

/** What people and models reach for, and what does its job here. */
const instead: Record<string, string> = {
  fetch: "there is no network. Call the API with api.request({method, path})",
  XMLHttpRequest: "there is no network. Call the API with api.request({method, path})",
  WebSocket: "there is no network. Call the API with api.request({method, path})",
  EventSource: "there is no network. Call the API with api.request({method, path})",
  axios: "there is no network. Call the API with api.request({method, path})",
  require: "there are no modules. Everything a program can use is already in scope",
  module: "there are no modules. End with an expression, or use export default",
  exports: "there are no modules. End with an expression, or use export default",
  process: "there is no Node.js and no environment; authentication is added to each call",
  Deno: "there is no Deno; authentication is added to each call",
  Bun: "there is no Bun; authentication is added to each call",
  env: "there is no environment; authentication is added to each call",
  fs: "there are no files. Return the data, or send it to the API",
  path: "there is no Node.js. Join strings",
  Buffer: "there is no Node.js. Use Uint8Array, TextEncoder and TextDecoder",
  __dirname: "there are no files",
  window: "there is no browser. Use the names in scope directly",
  document: "there is no browser. The API's document is spec",
  global: "there is no Node.js. Use globalThis",
  codemode: "calls go through api.request({method, path})",
  eval: "code cannot be made from text here. Write it into the program",
  caches: "nothing is kept between runs",
  localStorage: "nothing is kept between runs",
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

/** @param given names this tool hands to a program @returns the first name it cannot have, or undefined */
export function checkNames(
  free: Map<string, FreeName>,
  given: string[],
): { message: string; position: { line: number; column: number } } | undefined {
  for (const { name, line, column, written, onlyTypeof } of free.values()) {
    if (onlyTypeof || given.includes(name) || (standard.has(name) && !Object.hasOwn(instead, name))) continue;
    return { message: `${name} is not ${reason(name, written, given)}.`, position: { line, column } };
  }
  return undefined;
}

function reason(name: string, written: boolean, given: string[]): string {
  if (Object.hasOwn(instead, name)) return `available: ${instead[name]}`;
  if (name === "api") return "available in search, which calls nothing. Use the execute tool";
  if (written) return `declared: write const ${name} = … or let ${name} = …`;
  const near = given.find(
    (known) => known.toLowerCase() === name.toLowerCase() || known === name.replace(/s$/, ""),
  );
  return `defined. ${near === undefined ? `In scope: ${given.join(", ")}, and standard JavaScript` : `Did you mean ${near}?`}`;
}
