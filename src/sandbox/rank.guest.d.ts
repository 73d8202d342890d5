// The types of rank.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

/** Numbers of operations, best first, at most `most`; undefined when none shares a word with the query. */
export function createRanker<T extends { method: string; path: string; deprecated: boolean }>(
  findIndex: ArrayBuffer,
  operations: T[],
): (query: string, most: number, isWanted?: (operation: T) => boolean) => number[] | undefined;
