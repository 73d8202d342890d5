// The index as it is stored: what most searches need in one file, what few do in another, read only by those. Pure.

import { operationsOf } from "./format.ts";
import type { ArtifactIndex } from "./format.ts";

/** What is apart of it, beside the operationIds. */
type Apart = "media" | "mediaOf" | "required" | "requiredOf";

/** `index.bin`, a JSON text: the index, without what is apart. Shapes name `operationId` all the same. */
export type PackedIndex = Omit<ArtifactIndex, Apart>;

/** `operations.bin`, a JSON text, by number of the operation. */
export type PackedOperations = Pick<ArtifactIndex, Apart> & {
  /** Null where there is none. */
  operationIds: (string | null)[];
};

export function packIndex(index: ArtifactIndex): { index: PackedIndex; operations: PackedOperations } {
  const { media, mediaOf, required, requiredOf, ...rest } = structuredClone(index);
  const shapes = new Map(rest.shapes.map((keys, n) => [JSON.stringify(keys), n]));
  const operationIds: (string | null)[] = [];
  for (const item of Object.values(rest.paths)) {
    for (const [, summary] of operationsOf(item)) {
      const number = operationIds.length;
      const { operationId } = summary;
      operationIds.push(operationId ?? null);
      if (operationId === undefined) continue;
      delete summary.operationId;
      const keys = ["operationId", ...(rest.shapes[rest.operations[number] ?? -1] ?? [])];
      const shape = shapes.get(JSON.stringify(keys)) ?? rest.shapes.push(keys) - 1;
      shapes.set(JSON.stringify(keys), shape);
      rest.operations[number] = shape;
    }
  }
  return { index: rest, operations: { operationIds, media, mediaOf, required, requiredOf } };
}

/** @param index fresh: it becomes part of the answer */
export function unpackIndex(index: PackedIndex, operations: PackedOperations): ArtifactIndex {
  const { operationIds, ...apart } = operations;
  let number = 0;
  for (const item of Object.values(index.paths)) {
    for (const [, summary] of operationsOf(item)) {
      const operationId = operationIds[number];
      if (typeof operationId === "string") summary.operationId = operationId;
      number += 1;
    }
  }
  return { ...index, ...apart };
}
