// The types of find.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

import type { PackedOperations } from "../spec/packed-index.ts";

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
  /** Names of what a call must give. */
  needs: string[];
  note: string | undefined;
}

export function listOperations(index: unknown, apart: PackedOperations): ListedOperation[];

export function createFind(
  operations: ListedOperation[],
  findIndex: ArrayBuffer,
): (text: string, options?: { limit?: number; tag?: string; method?: string }) => object[];
