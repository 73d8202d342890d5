// The types of describe.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

import type { ListedOperation } from "./find.guest.js";

declare const source: string;
export default source;

type Which = string | { method: string; path: string };

export function createDescribe(
  operations: ListedOperation[],
  readOperation: (which: ListedOperation) => unknown,
  pointers: WeakMap<object, string>,
): (which: Which | Which[], options?: { depth?: number; at?: string }) => string;
