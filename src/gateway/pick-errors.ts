// The validator's errors → the ones that say something: the deepest, and of a union those of one branch. Pure.

import type { OutputUnit } from "@cfworker/json-schema";
import { isRecord } from "../spec/document.ts";
import { parentOf, schemaAt, tokensOf, valueAt } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { namesBranch } from "./request-schema.ts";

/** Say only that something below them failed. */
const structural = new Set([
  "$ref",
  "properties",
  "patternProperties",
  "additionalProperties",
  "unevaluatedProperties",
  "items",
  "prefixItems",
  "unevaluatedItems",
  "allOf",
  "if",
  "dependentSchemas",
  "propertyNames",
]);

export function pickErrors(failure: Failure): OutputUnit[] {
  const picked = leaves(failure.errors, failure);
  return failure.strictness === "strict" ? picked : picked.filter((error) => !isLooseNull(error, failure));
}

/** Null for a property that may be left out: most documents do not say where it unsets a value, and most APIs let it. */
function isLooseNull({ instanceLocation, keywordLocation }: OutputUnit, failure: Failure): boolean {
  if (instanceLocation === "#" || valueAt(instanceLocation, failure) !== null) return false;
  if (!isRecord(valueAt(parentOf(instanceLocation), failure))) return false;
  const name = tokensOf(instanceLocation).at(-1) ?? "";
  const holder = /^(.*)\/properties\/[^/]+(\/(\$ref|then|else|(allOf|anyOf|oneOf)\/\d+))*\/\w+$/.exec(
    keywordLocation,
  )?.[1];
  const schema = holder === undefined ? undefined : schemaAt(holder, failure);
  const required = isRecord(schema) ? schema["required"] : undefined;
  return !(Array.isArray(required) && required.includes(name));
}

/** Errors without those that only pass on others; of a union the branch that was probably meant. */
function leaves(errors: OutputUnit[], failure: Failure): OutputUnit[] {
  const result: OutputUnit[] = [];
  let n = 0;
  while (n < errors.length) {
    const error = errors[n] as OutputUnit;
    n += 1;
    if (error.keyword === "anyOf" || error.keyword === "oneOf") {
      const start = n;
      while (errors[n]?.keywordLocation.startsWith(`${error.keywordLocation}/`)) n += 1;
      result.push(...branchLeaves(error, errors.slice(start, n), failure));
    } else if (!structural.has(error.keyword)) result.push(error);
  }
  return result;
}

function branchLeaves(union: OutputUnit, errors: OutputUnit[], failure: Failure): OutputUnit[] {
  const branches = new Map<string, OutputUnit[]>();
  for (const error of errors) {
    const index = error.keywordLocation.slice(union.keywordLocation.length + 1).split("/")[0] ?? "";
    const same = branches.get(index);
    if (same === undefined) branches.set(index, [error]);
    else same.push(error);
  }
  if (branches.size === 0) return [union];
  const chosen = discriminated(union, failure);
  if (chosen === "unknown") return [union];
  const told = branches.get(chosen ?? "");
  if (told !== undefined) return leaves(told, failure);
  const scored = [...branches.values()].map((branch) => {
    const found = leaves(branch, failure);
    return { found, score: distance(found, union.instanceLocation) };
  });
  scored.sort((a, b) => a.score - b.score);
  const [best, second] = scored;
  // No branch takes such a value at all: the union itself says best what it wants.
  if (best === undefined || best.score >= 1_000) return [union];
  // Two branches equally near: to name one would send the program the wrong way.
  if (second !== undefined && second.score === best.score && best.score >= 100) return [union];
  return best.found;
}

/** How far a value is from a branch: another type is far, another constant of a field less, the rest by count. */
function distance(found: OutputUnit[], place: string): number {
  let score = 0;
  for (const { keyword, instanceLocation } of found) {
    if (instanceLocation === place && ["type", "enum", "const"].includes(keyword)) score += 1_000;
    else if (keyword === "const" || keyword === "enum") score += 100;
    else if (keyword === "required" || keyword === "not") score += 10;
    else score += 1;
  }
  return score;
}

/** The branch the document's discriminator names; "unknown" when it names none of them. */
function discriminated(union: OutputUnit, failure: Failure): string | undefined {
  const holder = schemaAt(parentOf(union.keywordLocation), failure);
  const discriminator = isRecord(holder) ? holder["discriminator"] : undefined;
  const branches = isRecord(holder) ? holder[union.keyword] : undefined;
  if (!isRecord(discriminator) || !Array.isArray(branches)) return undefined;
  const value = valueAt(union.instanceLocation, failure);
  const given = isRecord(value) ? value[String(discriminator["propertyName"])] : undefined;
  if (typeof given !== "string") return undefined;
  const mapping = isRecord(discriminator["mapping"]) ? discriminator["mapping"] : {};
  const target = Object.hasOwn(mapping, given) ? String(mapping[given]) : given;
  const index = branches.findIndex((branch) => isRecord(branch) && namesBranch(target, branch["$ref"]));
  return index === -1 ? "unknown" : String(index);
}
