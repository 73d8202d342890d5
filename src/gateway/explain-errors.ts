// The validator's errors → what to tell: the deepest of them, one branch of each union, no "anyOf failed". Pure.

import type { OutputUnit } from "@cfworker/json-schema";
import { isRecord } from "../spec/document.ts";
import type { Json } from "../spec/document.ts";
import { member, showGiven } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { meantName } from "./nearest-name.ts";
import { namesBranch } from "./request-schema.ts";

export type Failure = {
  errors: OutputUnit[];
  value: unknown;
  schema: Json;
  label: string;
  resolve: (reference: string) => Json | true;
};

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

export function explainErrors(failure: Failure): Finding[] {
  const findings = new Map<string, Finding>();
  for (const error of leaves(failure.errors, failure)) {
    const finding = explain(error, failure);
    // The first says enough of a field: what has the wrong type is in no list of values either.
    if (!findings.has(finding.where)) findings.set(finding.where, finding);
  }
  return [...findings.values()];
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
    branches.set(index, [...(branches.get(index) ?? []), error]);
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

function explain(error: OutputUnit, failure: Failure): Finding {
  const where = nameOf(error.instanceLocation, failure.label);
  const given = valueAt(error.instanceLocation, failure);
  const location = parentOf(error.keywordLocation);
  const schema = schemaAt(location, failure);
  const part = isRecord(schema) ? schema : {};
  const only = (...keys: string[]) =>
    Object.fromEntries(keys.filter((key) => part[key] !== undefined).map((key) => [key, part[key]]));
  switch (error.keyword) {
    case "required": {
      const names = declaredNames(part, failure);
      const missing = /"(.*)"\.$/s.exec(error.error)?.[1] ?? "";
      const strays = Object.keys(isRecord(given) ? given : {}).filter((name) => !names.includes(name));
      const meant = meantName(missing, strays);
      const property = isRecord(part["properties"]) ? part["properties"][missing] : undefined;
      return {
        where: member(where, missing),
        problem: `is missing, and required${meant === undefined ? "" : `; you gave ${meant}, which is not a property`}`,
        schema: property === undefined ? undefined : follow(property, failure),
      };
    }
    case "not":
      return isForbidden(location, part)
        ? unknownProperty(error, where, failure)
        : { where, problem: `is ${showGiven(given)}, which the document excludes`, schema: part["not"] };
    case "enum": {
      const values = (part["enum"] as unknown[]).filter((each) => typeof each === "string");
      const meant = typeof given === "string" ? meantName(given, values) : undefined;
      return {
        where,
        problem: `is ${showGiven(given)}, which is none of its values${meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`}`,
        schema: only("enum"),
      };
    }
    case "anyOf":
    case "oneOf":
      return { where, ...unionProblem(part, error.keyword, given, failure) };
    case "type":
      return {
        where,
        problem: `is ${showGiven(given)}, not ${typeText(part)}`,
        schema: only("type", "enum", "format", "items", "required"),
      };
    case "const":
      return {
        where,
        problem: `is ${showGiven(given)}, not ${showGiven(part["const"])}`,
        schema: only("const"),
      };
    default:
      return {
        where,
        problem: `is ${showGiven(given)}, against its ${error.keyword}`,
        schema: only(error.keyword, "type", "format"),
      };
  }
}

function unionProblem(part: Json, keyword: string, given: unknown, failure: Failure): Omit<Finding, "where"> {
  const branches = (part[keyword] as unknown[]).slice(0, 30).map((branch) => follow(branch, failure));
  const { discriminator } = part;
  if (isRecord(discriminator) && isRecord(given)) {
    const name = String(discriminator["propertyName"]);
    const mapping = isRecord(discriminator["mapping"])
      ? Object.keys(discriminator["mapping"])
      : (part[keyword] as unknown[]).map(
          (branch) =>
            String(isRecord(branch) ? branch["$ref"] : "")
              .split("/")
              .at(-1) ?? "",
        );
    return {
      problem: `has ${name} ${showGiven(given[name])}, which names none of its kinds`,
      schema: { enum: mapping },
    };
  }
  const values = branches.flatMap(({ enum: listed, const: only }) =>
    Array.isArray(listed) ? (listed as unknown[]) : only === undefined ? [] : [only],
  );
  const shapes = branches.flatMap((branch) =>
    Array.isArray(branch["required"]) ? [{ required: branch["required"] }] : [],
  );
  const types = [...new Set(branches.flatMap((branch) => branch["type"] ?? []))];
  const schema =
    values.length > 0 && !isRecord(given)
      ? { enum: values }
      : isRecord(given) && shapes.length > 0
        ? { type: types, items: undefined, required: shapes.map((shape) => shape.required) }
        : { type: types };
  return {
    problem: `is ${showGiven(given)}, which fits none of its ${branches.length} alternatives`,
    schema,
  };
}

function unknownProperty(error: OutputUnit, where: string, failure: Failure): Finding {
  const location = parentOf(error.keywordLocation);
  const keyword = location.split("/").at(-1) ?? "";
  const holder = /^(additional|unevaluated)Properties$/.test(keyword)
    ? schemaAt(parentOf(location), failure)
    : undefined;
  if (holder === undefined) return { where, problem: "is set by the API itself (readOnly)" };
  const own = valueAt(parentOf(error.instanceLocation), failure);
  const names = declaredNames(isRecord(holder) ? holder : {}, failure);
  const missing = names.filter((name) => !(isRecord(own) && Object.hasOwn(own, name)));
  const name = tokensOf(error.instanceLocation).at(-1) ?? "";
  const meant = meantName(name, missing);
  const list =
    names.length === 0 ? "" : `; it has ${names.slice(0, 15).join(", ")}${names.length > 15 ? ", …" : ""}`;
  return { where, problem: `is not a property${meant === undefined ? list : `; did you mean ${meant}?`}` };
}

function isForbidden(location: string, part: Json): boolean {
  return isRecord(part["not"]) && Object.keys(part["not"]).length === 0 && location !== "#";
}

/** The properties a schema declares, those of its parts included. */
function declaredNames(schema: Json, failure: Failure, depth = 0): string[] {
  if (depth > 6) return [];
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((key) =>
    Array.isArray(schema[key]) ? (schema[key] as unknown[]) : [],
  );
  if (typeof schema["$ref"] === "string") parts.push({ $ref: schema["$ref"] });
  const own = isRecord(schema["properties"]) ? Object.keys(schema["properties"]) : [];
  const others = parts.slice(0, 30).flatMap((part) => {
    const resolved = follow(part, failure);
    return declaredNames(resolved, failure, depth + 1);
  });
  return [...new Set([...own, ...others])];
}

function typeText({ type }: Json): string {
  const names = Array.isArray(type) ? (type as string[]) : [String(type)];
  const article = (name: string) =>
    name === "null" ? "null" : /^[aio]/.test(name) ? `an ${name}` : `a ${name}`;
  return names.map(article).join(" or ");
}

function follow(schema: unknown, failure: Failure): Json {
  let current = schema;
  for (let step = 0; step < 16 && isRecord(current) && typeof current["$ref"] === "string"; step += 1)
    current = failure.resolve(current["$ref"]);
  return isRecord(current) ? current : {};
}

function schemaAt(location: string, failure: Failure): unknown {
  let current: unknown = failure.schema;
  for (const token of tokensOf(location)) {
    if (token === "$ref" && isRecord(current)) current = failure.resolve(String(current["$ref"]));
    else if (typeof current === "object" && current !== null) current = (current as Json)[token];
    else return undefined;
  }
  return current;
}

function valueAt(location: string, failure: Failure): unknown {
  let current: unknown = failure.value;
  for (const token of tokensOf(location))
    current = typeof current === "object" && current !== null ? (current as Json)[token] : undefined;
  return current;
}

function nameOf(location: string, label: string): string {
  return tokensOf(location).reduce(member, label);
}

function parentOf(location: string): string {
  return location.slice(0, Math.max(1, location.lastIndexOf("/")));
}

function tokensOf(location: string): string[] {
  return location
    .split("/")
    .slice(1)
    .map((token) => decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~"));
}
