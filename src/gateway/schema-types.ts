// What JSON types a schema takes, and a text read as one of them. Pure; follows references no further than it must.

import type { SpecDocument } from "../spec/document.ts";
import { isRecord } from "../spec/document.ts";

/** Levels of a value that are read as the schema means them. */
const deepest = 8;
/** Schemas looked at for one answer: unions of unions would otherwise multiply, and each may have to be decoded. */
const mostSchemas = 100;

/** The types a schema names, through references and unions; empty when it takes anything. */
export function schemaTypes(schema: unknown, document: SpecDocument, seen = new Set<unknown>()): Set<string> {
  const resolved = document.resolve(schema);
  if (!isRecord(resolved) || seen.has(resolved) || seen.size > mostSchemas) return new Set();
  seen.add(resolved);
  const { type, properties, items } = resolved;
  if (typeof type === "string") return new Set([type]);
  if (Array.isArray(type)) return new Set(type.filter((each) => typeof each === "string"));
  const types = new Set<string>();
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    const branches = resolved[key];
    for (const branch of Array.isArray(branches) ? branches : [])
      for (const each of schemaTypes(branch, document, seen)) types.add(each);
  }
  if (types.size === 0 && Array.isArray(resolved["enum"]))
    for (const value of resolved["enum"]) types.add(typeOf(value));
  if (types.size === 0 && isRecord(properties)) types.add("object");
  if (types.size === 0 && items !== undefined) types.add("array");
  return types;
}

/** A part of a schema, through references and `allOf`: `items`, `format`, one of `properties`. */
export function schemaPart(
  schema: unknown,
  path: string[],
  document: SpecDocument,
  seen = new Set<unknown>(),
): unknown {
  const resolved = document.resolve(schema);
  if (!isRecord(resolved) || seen.has(resolved) || seen.size > mostSchemas) return undefined;
  seen.add(resolved);
  let part: unknown = resolved;
  for (const key of path) part = isRecord(part) && Object.hasOwn(part, key) ? part[key] : undefined;
  if (part !== undefined) return part;
  for (const key of ["allOf", "anyOf", "oneOf"]) {
    const branches = resolved[key];
    for (const branch of Array.isArray(branches) ? branches : []) {
      const found = schemaPart(branch, path, document, seen);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * A value of a URL, header or form as the schema means it: everything there is text on the wire, so `"5"` is as good
 * as 5 for an integer, and 5 as good as `"5"` for a text.
 */
export function asMeant(value: unknown, schema: unknown, document: SpecDocument, depth = 0): unknown {
  if (value === null || value === undefined || depth > deepest) return value;
  const types = schemaTypes(schema, document);
  if (Array.isArray(value)) {
    const items = schemaPart(schema, ["items"], document);
    return value.map((item) => asMeant(item, items, document, depth + 1));
  }
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        asMeant(
          item,
          schemaPart(schema, ["properties", name], document) ??
            schemaPart(schema, ["additionalProperties"], document),
          document,
          depth + 1,
        ),
      ]),
    );
  }
  if (types.size === 0 || types.has(typeOf(value))) return value;
  if (typeof value !== "string") return types.has("string") ? String(value) : value;
  if (
    (types.has("integer") || types.has("number")) &&
    /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim())
  )
    return Number(value);
  if (types.has("boolean") && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
  return value;
}

export function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
