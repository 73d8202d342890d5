// A value as its parameter's style wants it, and which names of a query are parts of one. Pure.

import { isRecord } from "../spec/document.ts";
import type { SpecDocument } from "../spec/document.ts";
import type { Parameter } from "../spec/operation-details.ts";
import { schemaPart, schemaTypes } from "./schema-types.ts";

/** A value as the parameter's style wants it: a list where the document has one, also of one, also written with commas. */
export function wireValue(value: unknown, parameter: Parameter, document: SpecDocument): unknown {
  if (value === undefined || value === null || parameter.contentType !== undefined) return value;
  const types = schemaTypes(parameter.schema, document);
  if (typeof value === "string" && schemaPart(parameter.schema, ["format"], document) === "date")
    // A Date of midnight arrives with its time; the format has none.
    return value.replace(/^(\d{4}-\d\d-\d\d)T00:00:00(\.000)?Z$/, "$1");
  if (!types.has("array") || typeof value === "object") return value;
  if (typeof value !== "string") return types.has(typeof value) ? value : [value];
  if (types.has("string")) return value;
  const delimiter = { spaceDelimited: " ", pipeDelimited: "|", tabDelimited: "\t" }[parameter.style] ?? ",";
  return parameter.explode && parameter.in === "query" ? [value] : value.split(delimiter);
}

/** Whether a name of the query is part of an object parameter: `filter[state]`, or a field of one that is spread out. */
export function belongsToObject(name: string, declared: Parameter[], document: SpecDocument): boolean {
  return declared.some((parameter) => {
    if (parameter.contentType !== undefined) return false;
    if (name.startsWith(`${parameter.name}[`)) return true;
    if (parameter.style !== "form" || !parameter.explode) return false;
    if (!schemaTypes(parameter.schema, document).has("object")) return false;
    const properties = schemaPart(parameter.schema, ["properties"], document);
    if (isRecord(properties) && Object.hasOwn(properties, name)) return true;
    const others = schemaPart(parameter.schema, ["additionalProperties"], document);
    return others === undefined ? !isRecord(properties) : others !== false;
  });
}
