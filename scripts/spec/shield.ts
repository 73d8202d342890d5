// Takes out of the upgrader's sight what it should not touch: data that looks like OpenAPI, and names that
// look like keywords. The upgrader goes by key names alone, so a response called "example" would be rewritten.

import { childKind, holdsNames, type Kind } from "./grammar.ts";

const nameMark = "\u{e001}";
const token = /^\u{e002}(\d+)\u{e002}$/u;

/** Words the upgrader acts on wherever it meets them as a key. */
const keywords = new Set([
  "example",
  "examples",
  "default",
  "const",
  "enum",
  "value",
  "type",
  "format",
  "nullable",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "items",
  "properties",
  "patternProperties",
  "additionalProperties",
  "$defs",
  "definitions",
  "schema",
  "schemas",
  "components",
  "paths",
  "webhooks",
  "responses",
  "content",
  "headers",
  "links",
  "encoding",
  "variables",
  "parameters",
  "requestBodies",
  "securitySchemes",
  "pathItems",
  "callbacks",
  "scopes",
]);
/** Extensions that the upgrade from Swagger 2.0 turns into fields. */
const upgraded = new Set(["x-example", "x-examples"]);

interface Shield {
  document: unknown;
  /** Puts everything back into an upgraded copy. */
  restore: (document: unknown) => unknown;
}

export function shield(document: unknown, swagger: boolean): Shield {
  const kept: unknown[] = [];
  const used = new Set<number>();
  const hide = (value: unknown, kind: Kind): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (kind === "data" || kind === "extension") return `\u{e002}${kept.push(value) - 1}\u{e002}`;
    if (Array.isArray(value)) return value.map((element) => hide(element, kind));
    const result: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) {
      const mark = holdsNames(kind) && (keywords.has(key) || key.endsWith("Schema")) ? nameMark : "";
      result[mark + key] = swagger && upgraded.has(key) ? child : hide(child, childKind(kind, key));
    }
    return result;
  };
  const show = (value: unknown): unknown => {
    if (typeof value === "string") {
      const number = Number(token.exec(value)?.[1] ?? Number.NaN);
      if (!(number in kept)) return value;
      // One value may be needed for two content types, and the document must stay a tree.
      const again = used.has(number);
      used.add(number);
      return again ? structuredClone(kept[number]) : kept[number];
    }
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(show);
    const result: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value))
      result[key.startsWith(nameMark) ? key.slice(1) : key] = show(child);
    return result;
  };
  return { document: hide(document, "document"), restore: show };
}
