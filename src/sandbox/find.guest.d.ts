// The types of find.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

export function createFind(
  index: unknown,
  findIndex: ArrayBuffer,
  readOperation: (n: number) => unknown,
): (text: string, options?: { limit?: number; tag?: string; method?: string }) => object[];
