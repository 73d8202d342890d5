import { childKind, type Kind } from "./grammar.ts";

type Json = Record<string, unknown>;

/** Calls `visit` for every object of a document with its kind and where it is, parents first. Data and extensions are not entered. */
export function visitDocument(
  document: unknown,
  visit: (value: Json, kind: Kind, path: readonly string[]) => void,
): void {
  const path: string[] = [];
  const walk = (value: unknown, kind: Kind): void => {
    if (typeof value !== "object" || value === null || kind === "data" || kind === "extension") return;
    if (!Array.isArray(value)) visit(value as Json, kind, path);
    for (const [key, child] of Object.entries(value)) {
      if (typeof child !== "object") continue;
      path.push(key);
      walk(child, Array.isArray(value) ? kind : childKind(kind, key));
      path.pop();
    }
  };
  walk(document, "document");
}
