// Property names nearly right. By the letter an object takes any name its schema does not forbid, and an API then
// ignores the one that was mistyped: the call succeeds and does less than was asked.

import type { Json, SpecDocument } from "../spec/document.ts";
import { isRecord } from "../spec/document.ts";
import { member } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { isSlip } from "./nearest-name.ts";

/** Beside these an object may have other properties than those listed. */
const open = ["anyOf", "oneOf", "if", "patternProperties", "dependentSchemas"];

/** @param left how many values may still be looked at */
export function checkSlips(
  value: unknown,
  schema: unknown,
  label: string,
  document: SpecDocument,
  left: { values: number },
): Finding[] {
  left.values -= 1;
  if (left.values < 0 || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) {
    const resolved = document.resolve(schema);
    const items = isRecord(resolved) ? resolved["items"] : undefined;
    return value.flatMap((item, n) => checkSlips(item, items, `${label}[${n}]`, document, left));
  }
  const properties = listedProperties(schema, document);
  if (properties === undefined) return [];
  const missing = [...properties.keys()].filter((name) => !Object.hasOwn(value, name));
  return Object.entries(value).flatMap(([name, item]: [string, unknown]) => {
    const where = member(label, name);
    if (properties.has(name)) return checkSlips(item, properties.get(name), where, document, left);
    const meant = missing.find((each) => isSlip(name, each));
    if (meant === undefined) return [];
    return [{ where, problem: `is not a property; did you mean ${meant}?`, instead: member(label, meant) }];
  });
}

/** All properties of an object, through `allOf`; undefined when it may have others by design. */
function listedProperties(
  schema: unknown,
  document: SpecDocument,
  seen = new Set<Json>(),
): Map<string, unknown> | undefined {
  const resolved = document.resolve(schema);
  if (!isRecord(resolved) || seen.has(resolved) || seen.size > 50) return undefined;
  seen.add(resolved);
  const { properties, additionalProperties, allOf } = resolved;
  if (isRecord(additionalProperties) || additionalProperties === true) return undefined;
  if (open.some((key) => key in resolved)) return undefined;
  const listed = new Map(Object.entries(isRecord(properties) ? properties : {}));
  for (const part of Array.isArray(allOf) ? allOf : []) {
    const others = listedProperties(part, document, seen);
    if (others === undefined) return undefined;
    for (const [name, each] of others) listed.set(name, each);
  }
  return listed;
}
