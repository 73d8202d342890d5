// Property names nearly right. By the letter an object takes any name its schema does not forbid, and an API then
// ignores the one that was mistyped: the call succeeds and does less than was asked.

import type { SpecDocument } from "../spec/document.ts";
import { isRecord } from "../spec/document.ts";
import { member } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { isSlip } from "./nearest-name.ts";

/** Below these an object may have other properties than the ones listed here. */
const open = ["allOf", "anyOf", "oneOf", "if", "patternProperties", "dependentSchemas"];

/** @param left how many values may still be looked at */
export function checkSlips(
  value: unknown,
  schema: unknown,
  label: string,
  document: SpecDocument,
  left = { values: 2_000 },
): Finding[] {
  left.values -= 1;
  if (left.values < 0 || typeof value !== "object" || value === null) return [];
  const resolved = document.resolve(schema);
  if (!isRecord(resolved) || open.some((key) => key in resolved)) return [];
  if (Array.isArray(value))
    return value.flatMap((item, n) => checkSlips(item, resolved["items"], `${label}[${n}]`, document, left));
  const { properties, additionalProperties } = resolved;
  if (!isRecord(properties)) return [];
  const missing = Object.keys(properties).filter((name) => !Object.hasOwn(value, name));
  return Object.entries(value).flatMap(([name, item]: [string, unknown]) => {
    const where = member(label, name);
    if (Object.hasOwn(properties, name)) return checkSlips(item, properties[name], where, document, left);
    if (isRecord(additionalProperties) || additionalProperties === true) return [];
    const meant = missing.find((each) => isSlip(name, each));
    return meant === undefined ? [] : [{ where, problem: `is not a property; did you mean ${meant}?` }];
  });
}
