// OpenAPI Overlay 1.0: a list of changes to a document, each at the places a JSONPath selects.

import { query } from "jsonpath-rfc9535";
import type { JsonValue } from "jsonpath-rfc9535";
import { DocumentRefused, type Finding } from "./document-refused.ts";

type Json = Record<string, unknown>;

/** Changes `document`, a plain tree, in place. `place` is the overlay's file, for messages. */
export function applyOverlay(document: Json, overlay: unknown, place: string): Finding[] {
  const { overlay: version, actions } = (overlay ?? {}) as { overlay?: unknown; actions?: unknown };
  if (!/^1(\.|$)/.test(String(version))) {
    throw new DocumentRefused(place, 'is not an OpenAPI Overlay: "overlay" must say its version, 1.0.0.');
  }
  if (!Array.isArray(actions)) throw new DocumentRefused(place, '"actions" must be a list.');
  const findings: Finding[] = [];
  for (const [index, action] of (actions as unknown[]).entries()) {
    const at = `${place}#/actions/${index}`;
    const { target, update, remove } = (action ?? {}) as Json;
    if (typeof target !== "string")
      throw new DocumentRefused(at, '"target" must be a JSONPath, such as $.paths["/users"].get.');
    const selected = select(document, target, at);
    if (selected.length === 0)
      findings.push({ place: at, message: `the target ${target} selects nothing; the action did nothing.` });
    if (remove === true) removeAll(document, new Set(selected));
    else if (update !== undefined) for (const value of selected) merge(value, update, at);
  }
  return findings;
}

function select(document: Json, target: string, at: string): object[] {
  let values: unknown[];
  try {
    values = query(document as JsonValue, target);
  } catch (error) {
    throw new DocumentRefused(
      at,
      `the target ${target} is not a JSONPath by RFC 9535: ${(error as Error).message}`,
    );
  }
  if (values.every((value): value is object => typeof value === "object" && value !== null)) return values;
  throw new DocumentRefused(
    at,
    `the target ${target} selects a single value; Overlay 1.0 changes objects and lists.`,
    "Select what holds it.",
  );
}

/** Objects merge key by key, a list takes the update as one more element. */
function merge(value: object, update: unknown, at: string): void {
  if (Array.isArray(value)) {
    value.push(structuredClone(update));
    return;
  }
  if (!isObject(update)) throw new DocumentRefused(at, '"update" of an object must be an object.');
  mergeObjects(value as Json, update);
}

function mergeObjects(value: Json, update: Json): void {
  for (const [key, change] of Object.entries(update)) {
    const present = Object.hasOwn(value, key) ? value[key] : undefined;
    if (isObject(present) && isObject(change)) mergeObjects(present, change);
    else if (Array.isArray(present) && Array.isArray(change))
      present.push(...(structuredClone(change) as unknown[]));
    else value[key] = structuredClone(change);
  }
}

function removeAll(value: object, selected: Set<object>): void {
  if (Array.isArray(value)) {
    const kept = value.filter((element: object) => !selected.has(element));
    value.splice(0, value.length, ...kept);
  }
  for (const [key, child] of Object.entries(value)) {
    if (typeof child !== "object" || child === null) continue;
    if (selected.has(child)) delete (value as Json)[key];
    else removeAll(child, selected);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
