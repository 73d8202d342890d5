import { documentOperations } from "./document-operations.ts";
import type { Finding } from "./document-refused.ts";

/** The field that carries a hint of `api.jsonc` to whoever reads the operation. */
export const noteField = "x-twofold-note";

/** Puts each note on its operation, named by operationId or as `GET /path`. */
export function applyNotes(
  document: Record<string, unknown>,
  notes: Record<string, string>,
  place: string,
): Finding[] {
  const unused = new Set(Object.keys(notes));
  for (const { address, operation } of documentOperations(document)) {
    const { operationId } = operation;
    const keys = [operationId, address].filter(
      (key): key is string => typeof key === "string" && Object.hasOwn(notes, key),
    );
    for (const key of keys) unused.delete(key);
    const texts = [operation[noteField], ...new Set(keys.map((key) => notes[key]))].filter(
      (text) => typeof text === "string",
    );
    if (keys.length > 0) operation[noteField] = texts.join("\n");
  }
  return [...unused].map((key) => ({
    place,
    message: `the note for "${key}" fits no operation; use an operationId, or a method and path such as "GET /users/{id}".`,
  }));
}
