// The types of describe.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

import type { ListedOperation } from "./find.guest.js";

declare const source: string;
export default source;

export function createDescribe(
  operations: ListedOperation[],
  readOperation: (which: ListedOperation) => unknown,
  pointers: WeakMap<object, string>,
): (which: string | { method: string; path: string }, options?: { depth?: number; at?: string }) => string;
