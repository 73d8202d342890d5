// The types of document.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

import type { PackedOperations } from "../spec/packed-index.ts";

declare const source: string;
export default source;

export function createDocument(
  index: unknown,
  readBodies: ((chunk?: number) => ArrayBuffer) & { chunkBytes: number; operations: () => ArrayBuffer },
): {
  spec: unknown;
  pointers: WeakMap<object, string>;
  readOperation: (which: { n: number; item: number }) => unknown;
  operationsApart: () => PackedOperations;
};
