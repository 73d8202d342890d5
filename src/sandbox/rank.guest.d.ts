// The types of rank.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

/** Numbers of operations, best first. */
export function createRanker(
  findIndex: ArrayBuffer,
  operations: { method: string; path: string; deprecated: boolean }[],
): (query: string) => number[];
