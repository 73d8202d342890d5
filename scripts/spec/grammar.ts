// Reads the table of grammar-fields.ts: what kind of thing is where, and where its references may lead.

import { fields, type Kind } from "./grammar-fields.ts";

export type { Kind } from "./grammar-fields.ts";

/** Fixed maps whose keys are names, except that `x-` is an extension there too. */
const namesIn: Partial<Record<Kind, Kind>> = {
  paths: "pathItem",
  responses: "response",
  callback: "pathItem",
};

/** The kind of what `key` holds in an object of this kind. Elements of an array are of the array's own kind. */
export function childKind(kind: Kind, key: string): Kind {
  if (kind === "data" || kind === "extension" || kind === "other" || kind === "mapping") return kind;
  if (kind.startsWith("map:")) return kind.slice(4) as Kind;
  const known = fields[kind];
  if (known !== undefined && Object.hasOwn(known, key)) return known[key] ?? "other";
  if (key.startsWith("x-")) return "extension";
  return namesIn[kind] ?? "other";
}

/** Whether a `$ref` here may be the author's own data, to be left alone when it leads nowhere. */
export function isOpaque(kind: Kind): boolean {
  return kind === "data" || kind === "extension" || kind === "other" || kind === "map:data";
}

/** Whether the keys of an object of this kind are names that somebody chose. */
export function holdsNames(kind: Kind): boolean {
  return kind.startsWith("map:") || kind in namesIn;
}

/** The section of `components` that holds values of this kind, in OpenAPI 3. */
export const sectionOf: Partial<Record<Kind, string>> = {
  schema: "schemas",
  response: "responses",
  parameter: "parameters",
  example: "examples",
  requestBody: "requestBodies",
  header: "headers",
  securityScheme: "securitySchemes",
  link: "links",
  callback: "callbacks",
};
