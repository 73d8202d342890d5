import { pointerTo } from "./component-homes.ts";
import type { Finding } from "./document-refused.ts";
import { isOpaque } from "./grammar.ts";
import { pointerTokens } from "./json-pointer.ts";
import { visitDocument } from "./visit-document.ts";

/** The field under which a reference that leads nowhere stays readable without being followed. */
const unresolvedField = "x-twofold-unresolved-ref";

/**
 * Renames every `$ref` that leads nowhere, so that each one left can be followed. One dangling reference of a
 * thousand should not cost the other operations, and its text tells a reader what was meant.
 */
export function checkReferences(document: unknown): Finding[] {
  const findings: Finding[] = [];
  visitDocument(document, (value, kind, path) => {
    const { $ref } = value;
    if (typeof $ref !== "string" || isOpaque(kind) || resolves(document, $ref)) return;
    delete value["$ref"];
    value[unresolvedField] = $ref;
    findings.push({
      place: pointerTo([...path]),
      message: `the reference "${$ref}" leads nowhere; kept as ${unresolvedField}.`,
    });
  });
  return findings;
}

function resolves(document: unknown, $ref: string): boolean {
  let value = document;
  for (const token of pointerTokens($ref) ?? [undefined]) {
    if (token === undefined || typeof value !== "object" || value === null || !Object.hasOwn(value, token))
      return false;
    value = (value as Record<string, unknown>)[token];
  }
  return true;
}
