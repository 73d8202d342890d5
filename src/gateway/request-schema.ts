// A schema of the document → the schema a request is checked against. Pure: what it is given it never changes.
//
// Documents are wrong in a few ways so often that to hold them to the letter would refuse calls the API takes.
// "lenient" decides what is refused; "strict" is asked only for what to say after the API itself has refused.

import { isRecord } from "../spec/document.ts";
import type { Json, SpecDocument } from "../spec/document.ts";
import { typeOf } from "./schema-types.ts";

export type Strictness = "lenient" | "strict";

/** Formats with one well-known spelling. Others (date-time, uri, email, hostname, …) are used too loosely to refuse by. */
const keptFormats = new Set(["uuid", "ipv4", "ipv6"]);
/** Of a date its start: many an API takes the time as well. */
const datePattern = String.raw`^\d{4}-\d\d-\d\d`;
/** Before a reference: the schema without its `additionalProperties: false`, as a part of an `allOf` is meant. */
export const openMark = "open:";
/** Instead of `false`, of which the validator would not say where it stands. */
const never = { not: {} } as const;

const types = new Set(["string", "number", "integer", "boolean", "array", "object", "null"]);
const numbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const counts = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];
const unions = ["allOf", "anyOf", "oneOf"];

/** @param open drops `additionalProperties: false` here and in its `allOf` */
export function requestSchema(
  schema: unknown,
  document: SpecDocument,
  strictness: Strictness,
  open = false,
): Json | true {
  if (schema === false) return never;
  if (!isRecord(schema)) return true;
  const strict = strictness === "strict";
  const within = (part: unknown, opened = false) => requestSchema(part, document, strictness, opened);
  const result: Json = {};
  const { $ref, readOnly, format, pattern } = schema;
  if (typeof $ref === "string") result["$ref"] = open ? `${openMark}${$ref}` : $ref;
  if (readOnly === true && strict) return { not: {}, readOnly: true };

  copyTypes(schema, result);
  for (const key of numbers) if (typeof schema[key] === "number") result[key] = schema[key];
  if (typeof schema["multipleOf"] === "number" && schema["multipleOf"] <= 0) delete result["multipleOf"];
  // OpenAPI 3.0's way, which some 3.1 documents still have.
  for (const bound of ["minimum", "maximum"]) {
    if (schema[`exclusive${bound[0]?.toUpperCase()}${bound.slice(1)}`] !== true) continue;
    result[`exclusive${bound[0]?.toUpperCase()}${bound.slice(1)}`] = result[bound];
    delete result[bound];
  }
  for (const key of counts) if (typeof schema[key] === "number") result[key] = schema[key];
  if (schema["uniqueItems"] === true) result["uniqueItems"] = true;
  if (typeof format === "string" && (strict || keptFormats.has(format))) result["format"] = format;
  if (typeof pattern === "string" && isPattern(pattern)) result["pattern"] = pattern;
  else if (format === "date" && !strict) result["pattern"] = datePattern;

  copyMap(schema, result, "properties", within);
  copyMap(schema, result, "patternProperties", within, isPattern);
  copyMap(schema, result, "dependentSchemas", within);
  for (const key of ["items", "propertyNames", "contains", "if", "then", "else"]) {
    if (isRecord(schema[key]) || typeof schema[key] === "boolean") result[key] = within(schema[key]);
  }
  for (const key of ["minContains", "maxContains"])
    if (typeof schema[key] === "number") result[key] = schema[key];
  if (Array.isArray(schema["prefixItems"]))
    result["prefixItems"] = schema["prefixItems"].map((part) => within(part));
  if (strict && isRecord(schema["not"])) result["not"] = within(schema["not"]);
  copyRequired(schema, result, document);
  copyUnions(schema, result, strict, within);
  copyOthers(schema, result, strict, open, within);
  const { dependentRequired } = schema;
  if (isRecord(dependentRequired) && Object.values(dependentRequired).every(Array.isArray))
    result["dependentRequired"] = dependentRequired;
  return result;
}

function copyTypes(schema: Json, result: Json): void {
  const { type, nullable, enum: values } = schema;
  const listed = (Array.isArray(type) ? type : [type]).filter((each) => types.has(each as string));
  // An empty list, or none that is known, such as Swagger's "file": anything goes.
  if (listed.length > 0) {
    if (nullable === true && !listed.includes("null")) listed.push("null");
    result["type"] = listed.length === 1 ? listed[0] : listed;
  }
  if (Array.isArray(values) && values.length > 0) {
    // Values of which none has the type: a list's own written where the list is described, or `on` read as true by YAML.
    const fits = (value: unknown) =>
      listed.includes(typeOf(value)) || (typeof value === "number" && listed.includes("integer"));
    const misplaced = listed.length > 0 && !values.some(fits);
    const nullToo = (nullable === true || listed.includes("null")) && !values.includes(null);
    if (!misplaced) result["enum"] = nullToo ? [...(values as unknown[]), null] : values;
  }
  if (schema["const"] !== undefined) result["const"] = schema["const"];
}

/**
 * What the API itself sets need not be sent, though `required` in answers; nor need OData's control information, which
 * documents made from an OData model (Microsoft Graph's) require everywhere.
 */
function copyRequired(schema: Json, result: Json, document: SpecDocument): void {
  const { required, properties } = schema;
  if (!Array.isArray(required)) return;
  const isSet = (name: string) => {
    if (name.startsWith("@odata.")) return true;
    const property = isRecord(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (isRecord(property) && property["readOnly"] !== undefined) return property["readOnly"] === true;
    const resolved = document.resolve(property);
    return isRecord(resolved) && resolved["readOnly"] === true;
  };
  const names = required.filter((name): name is string => typeof name === "string" && !isSet(name));
  if (names.length > 0) result["required"] = names;
}

type Within = (part: unknown, opened?: boolean) => Json | true;

function copyUnions(schema: Json, result: Json, strict: boolean, within: Within): void {
  const [all, any, one] = unions.map((key) => (Array.isArray(schema[key]) ? (schema[key] as unknown[]) : []));
  const allOf = (all ?? []).map((part) => within(part, true));
  const anyOf = (any ?? []).map((part) => within(part));
  const oneOf = (one ?? []).map((part) => within(part));
  const told = discriminated(schema, [...anyOf, ...oneOf]);
  if (told !== undefined) allOf.push(told);
  else if (anyOf.length > 0) result["anyOf"] = anyOf;
  if (told === undefined && oneOf.length > 0) {
    // Alternatives that are meant to exclude each other often do not as written: one that fits is enough.
    if (strict) result["oneOf"] = oneOf;
    else if (anyOf.length === 0) result["anyOf"] = oneOf;
    else allOf.push({ anyOf: oneOf });
  }
  if (allOf.length > 0) result["allOf"] = allOf;
  if (schema["nullable"] === true && result["type"] === undefined && typeof schema["$ref"] === "string") {
    const { $ref, ...rest } = result;
    for (const key of Object.keys(result)) delete result[key];
    Object.assign(result, { anyOf: [{ ...rest, $ref }, { type: "null" }] });
  }
}

/** With a discriminator one branch decides, the one the value names: no other is tried, and none fits by accident. */
function discriminated({ discriminator }: Json, branches: (Json | true)[]): Json | undefined {
  const name = isRecord(discriminator) ? discriminator["propertyName"] : undefined;
  if (!isRecord(discriminator) || typeof name !== "string" || branches.length === 0) return undefined;
  const mapping = isRecord(discriminator["mapping"]) ? discriminator["mapping"] : {};
  const named = branches.map((branch) => {
    const $ref = branch === true ? undefined : branch["$ref"];
    const keys = Object.keys(mapping).filter((key) => namesBranch(String(mapping[key]), $ref));
    return { branch, values: typeof $ref === "string" ? [...keys, $ref.split("/").at(-1)] : [] };
  });
  if (named.some(({ values }) => values.length === 0)) return undefined;
  const is = (values: unknown[]) => ({ required: [name], properties: { [name]: { enum: values } } });
  return {
    if: is(named.flatMap(({ values }) => values)),
    // eslint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
    then: { allOf: named.map(({ branch, values }) => ({ if: is(values), then: branch })) },
    else: { anyOf: branches, discriminator },
  };
}

/** Whether a discriminator's value or mapping means the branch of this reference. */
export function namesBranch(target: string, $ref: unknown): boolean {
  return typeof $ref === "string" && ($ref === target || $ref.endsWith(`/${target}`));
}

/** `additionalProperties` beside other schemas means the properties of those as well: in 3.1 that is `unevaluatedProperties`. */
function copyOthers(schema: Json, result: Json, strict: boolean, open: boolean, within: Within): void {
  const { additionalProperties: others, unevaluatedProperties: unevaluated, properties } = schema;
  const beside = typeof schema["$ref"] === "string" || unions.some((key) => Array.isArray(schema[key]));
  if (isRecord(others)) result["additionalProperties"] = within(others);
  else if (others === false && !open)
    result[beside ? "unevaluatedProperties" : "additionalProperties"] = never;
  else if (
    strict &&
    others === undefined &&
    !open &&
    !beside &&
    isRecord(properties) &&
    !("patternProperties" in schema)
  )
    // Allowed as written, and nearly always a slip: worth a word once the API has refused.
    result["additionalProperties"] = never;
  if (unevaluated === false && !open) result["unevaluatedProperties"] = never;
}

function copyMap(
  schema: Json,
  result: Json,
  key: string,
  within: Within,
  takes: (name: string) => boolean = () => true,
): void {
  const map = schema[key];
  if (!isRecord(map)) return;
  const entries = Object.entries(map).filter(([name]) => takes(name));
  result[key] = Object.fromEntries(entries.map(([name, part]) => [name, within(part)]));
}

/** Patterns of other languages than JavaScript's, or written as `/…/`, would refuse everything or throw. */
function isPattern(pattern: string): boolean {
  if (/^\/.*\/[a-z]*$/.test(pattern)) return false;
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
