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
  /** Whether it only reads, by its method or by policy. */
  reads: boolean;
  /** Why nobody may call it. */
  denied: string | undefined;
}

export function listOperations(index: unknown, operationIds: (string | null)[]): ListedOperation[];

export function createFind(
  operations: ListedOperation[],
  findIndex: ArrayBuffer,
  readOperation: (which: ListedOperation) => unknown,
): (text: string, options?: { limit?: number; tag?: string; method?: string }) => object[];
