// The types of find.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

export interface ListedOperation {
  n: number;
  item: number;
  method: string;
  path: string;
  operationId?: string;
  summary?: string;
  tags: string[];
  deprecated: boolean;
}

export function listOperations(index: unknown): ListedOperation[];

export function createFind(
  operations: ListedOperation[],
  findIndex: ArrayBuffer,
  readOperation: (which: ListedOperation) => unknown,
): (text: string, options?: { limit?: number; tag?: string; method?: string }) => object[];
