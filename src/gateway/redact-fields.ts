// Takes out the fields of an answer that its schema or policy calls secret. Never reads more of the document than the
// answer has fields for.

import type { OperationDetails } from "../spec/operation-details.ts";
import { marker } from "./redact.ts";

type Json = Record<string, unknown>;
type Resolve = (value: unknown) => unknown;

/** What an answer's schema says of one place in it. */
type Place = {
  schemas: Json[];
  secret: boolean;
  fields: Map<string, Place | undefined>;
  items?: Place | undefined;
};

/** Schemas looked at to learn that an answer has no secret fields; where there are more, each answer is looked through. */
const searchedSchemas = 500;
/** Changes `data` in place. `undefined` as schema leaves names alone to decide. */
export function redactFields(
  data: unknown,
  schema: unknown,
  names: readonly string[],
  resolve: Resolve,
): unknown {
  const byName = names.map((name) => name.split("."));
  const longest = Math.max(1, ...byName.map(({ length }) => length));
  const root =
    schema === undefined || !mayHoldSecrets(schema, resolve) ? undefined : placeOf([schema], resolve);
  if (root === undefined && byName.length === 0) return data;
  if (root?.secret === true) return data === null ? null : marker;
  type Step = { value: unknown; place: Place | undefined; path: string[] };
  const open: Step[] = [{ value: data, place: root, path: [] }];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const { value, place, path } = step;
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      const items = place === undefined ? undefined : itemsOf(place, resolve);
      for (const [n, item] of value.entries()) {
        if (items?.secret === true && item !== null) value[n] = marker;
        else open.push({ value: item, place: items, path });
      }
      continue;
    }
    for (const [name, field] of Object.entries(value)) {
      const inner = place === undefined ? undefined : fieldOf(place, name, resolve);
      // As many names as can decide: an answer may be a million levels deep.
      const own = [...path, name].slice(-longest);
      const named = byName.some((end) => end.every((part, n) => own[own.length - end.length + n] === part));
      if ((named || inner?.secret === true) && field !== null) define(value as Json, name, marker);
      // Nothing below can be secret where the schema says no more and no name is asked for.
      else if (inner !== undefined || byName.length > 0) open.push({ value: field, place: inner, path: own });
    }
  }
  return data;
}

/** The schema of an answer with this status and content type, as the document has it. */
export function answerSchema(
  details: Pick<OperationDetails, "responses">,
  status: number,
  contentType: string,
  resolve: Resolve,
): unknown {
  const { responses } = details;
  const range = `${String(status)[0]}XX`;
  const key = [String(status), range, range.toLowerCase(), "default"].find((name) =>
    Object.hasOwn(responses, name),
  );
  const response = key === undefined ? undefined : resolve(responses[key]);
  const content = isObject(response) && isObject(response["content"]) ? response["content"] : {};
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  const media =
    content[Object.keys(content).find((name) => name.split(";")[0]?.trim().toLowerCase() === type) ?? ""];
  // An answer of an undeclared type is most likely the declared one under another name.
  const chosen = resolve(media ?? Object.values(content)[0]);
  return isObject(chosen) ? chosen["schema"] : undefined;
}

const known = new WeakMap<object, boolean>();

export function mayHoldSecrets(schema: unknown, resolve: Resolve): boolean {
  if (!isObject(schema)) return false;
  const before = known.get(schema);
  if (before !== undefined) return before;
  const seen = new Set<unknown>();
  const open: unknown[] = [schema];
  let found = false;
  while (open.length > 0 && !found) {
    const next = open.pop();
    if (!isObject(next) || seen.has(next)) continue;
    seen.add(next);
    found = isSecret(next) || seen.size > searchedSchemas;
    const target = typeof next["$ref"] === "string" ? resolve(next) : undefined;
    if (target !== next) open.push(target);
    open.push(...partsOf(next), ...valuesOf(next["properties"]), ...valuesOf(next["patternProperties"]));
    open.push(...otherFields(next), ...itemSchemas(next));
  }
  known.set(schema, found);
  return found;
}

/** Whether what stands at this place may hold secrets; undefined where the schema has some, and does not know the place. */
export function mayHoldSecretsAt(
  schema: unknown,
  path: readonly string[],
  resolve: Resolve,
): boolean | undefined {
  if (!mayHoldSecrets(schema, resolve)) return false;
  let place = placeOf([schema], resolve);
  for (const part of path) {
    if (place?.secret === true) return true;
    const field = place && fieldOf(place, part, resolve);
    // A number may be a place in a list as well as a name.
    const item = place && /^\d+$/.test(part) ? itemsOf(place, resolve) : undefined;
    place = field && item ? placeOf([...field.schemas, ...item.schemas], resolve) : (field ?? item);
  }
  return place?.schemas.some((one) => mayHoldSecrets(one, resolve));
}

function isSecret(schema: Json): boolean {
  return schema["writeOnly"] === true || schema["format"] === "password";
}

/** A schema with all it refers to and is composed of: whatever one of them calls secret, is. */
function placeOf(schemas: unknown[], resolve: Resolve): Place | undefined {
  const [first, ...others] = schemas.filter(isObject);
  if (first === undefined) return undefined;
  // Kept by the schema: so one that refers to itself has one place, however deep an answer goes.
  const before = others.length === 0 ? places.get(first) : undefined;
  if (before !== undefined) return before;
  const all = new Set<Json>();
  const open: unknown[] = [first, ...others];
  while (open.length > 0) {
    const next = open.pop();
    if (!isObject(next) || all.has(next)) continue;
    all.add(next);
    if (typeof next["$ref"] === "string") open.push(resolve(next));
    open.push(...partsOf(next));
  }
  const place = { schemas: [...all], secret: [...all].some(isSecret), fields: new Map() };
  if (others.length === 0) places.set(first, place);
  return place;
}

const places = new WeakMap<Json, Place>();

function fieldOf(place: Place, name: string, resolve: Resolve): Place | undefined {
  if (place.fields.has(name)) return place.fields.get(name);
  const schemas = place.schemas.flatMap((schema) => {
    const { properties, patternProperties } = schema;
    const own = isObject(properties) && Object.hasOwn(properties, name) ? [properties[name]] : [];
    const matching = Object.entries(isObject(patternProperties) ? patternProperties : {})
      .filter(([pattern]) => matches(pattern, name))
      .map(([, one]) => one);
    return [...own, ...matching, ...(own.length + matching.length === 0 ? otherFields(schema) : [])];
  });
  const found = placeOf(schemas, resolve);
  // Names of a map are without number: what they share is not kept for each.
  if (place.fields.size < 1_000) place.fields.set(name, found);
  return found;
}

function itemsOf(place: Place, resolve: Resolve): Place | undefined {
  if ("items" in place) return place.items;
  place.items = placeOf(place.schemas.flatMap(itemSchemas), resolve);
  return place.items;
}

function partsOf(schema: Json): unknown[] {
  return [
    ...listOf(schema["allOf"]),
    ...listOf(schema["anyOf"]),
    ...listOf(schema["oneOf"]),
    schema["if"],
    schema["then"],
    schema["else"],
    ...valuesOf(schema["dependentSchemas"]),
    ...valuesOf(schema["dependencies"]),
  ];
}

/** What a schema says of fields that it does not name. */
function otherFields(schema: Json): unknown[] {
  return [schema["additionalProperties"], schema["unevaluatedProperties"]];
}

function itemSchemas(schema: Json): unknown[] {
  return [schema["items"], ...listOf(schema["prefixItems"]), schema["contains"], schema["unevaluatedItems"]];
}

/** The document's own pattern, on a name of the answer: a pattern that does not compile or takes long text matches nothing. */
function matches(pattern: string, name: string): boolean {
  if (name.length > 200) return false;
  try {
    return new RegExp(pattern, "u").test(name);
  } catch {
    return false;
  }
}

function valuesOf(value: unknown): unknown[] {
  return isObject(value) ? Object.values(value) : [];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function define(object: Json, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
