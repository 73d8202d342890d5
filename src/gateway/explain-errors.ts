// The validator's errors → findings a program can act on. Pure.

import type { OutputUnit } from "@cfworker/json-schema";
import { isRecord } from "../spec/document.ts";
import type { Json } from "../spec/document.ts";
import { follow, nameOf, parentOf, schemaAt, tokensOf, valueAt } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { member, showGiven } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { meantName } from "./nearest-name.ts";
import { pickErrors } from "./pick-errors.ts";

export function explainErrors(failure: Failure): Finding[] {
  const findings = new Map<string, Finding>();
  for (const error of pickErrors(failure)) {
    const finding = explain(error, failure);
    // The first says enough of a field: what has the wrong type is in no list of values either.
    if (!findings.has(finding.where)) findings.set(finding.where, finding);
  }
  return [...findings.values()];
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
function declaredNames(schema: Json, failure: Failure, seen = new Set<Json>()): string[] {
  if (seen.has(schema) || seen.size > 100) return [];
  seen.add(schema);
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((key) =>
    Array.isArray(schema[key]) ? (schema[key] as unknown[]) : [],
  );
  if (typeof schema["$ref"] === "string") parts.push({ $ref: schema["$ref"] });
  const own = isRecord(schema["properties"]) ? Object.keys(schema["properties"]) : [];
  const others = parts.slice(0, 30).flatMap((part) => {
    return declaredNames(follow(part, failure), failure, seen);
  });
  return [...new Set([...own, ...others])];
}

function typeText({ type }: Json): string {
  const names = Array.isArray(type) ? (type as string[]) : [String(type)];
  const article = (name: string) =>
    name === "null" ? "null" : /^[aio]/.test(name) ? `an ${name}` : `a ${name}`;
  return names.map(article).join(" or ");
}
