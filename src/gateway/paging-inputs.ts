// The parameters by which an operation takes a page, as the document names them. Pure.

import type { SpecDocument } from "../spec/document.ts";
import { isRecord } from "../spec/document.ts";
import type { OperationDetails } from "../spec/operation-details.ts";
import { isJson } from "./content-type.ts";
import { asks, plainName } from "./paging-names.ts";
import { schemaPart, schemaTypes } from "./schema-types.ts";

export type PagingInput = {
  in: "query" | "body";
  /** The parameter, and the field of it where it is an object: `page[number]`. */
  name: string;
  field?: string;
  plain: string;
  /** It takes a number, as far as the document tells. */
  number: boolean;
  /** It takes a text, as far as the document tells. */
  text: boolean;
  /** The position a call without one has, when the document tells. */
  usual?: number;
};

const all = new Set(Object.values(asks).flat());

export function pagingInputs(details: OperationDetails, document: SpecDocument): PagingInput[] {
  const inputs: PagingInput[] = [];
  const add = (place: "query" | "body", name: string, schema: unknown) => {
    const properties = schemaPart(schema, ["properties"], document);
    const plain = plainName(name);
    if (isRecord(properties) && (plain === "page" || plain === "pagination")) {
      for (const [field, inner] of Object.entries(properties))
        inputs.push({ in: place, name, field, ...readInput(`page${field}`, inner, document) });
    } else if (all.has(plain)) inputs.push({ in: place, name, ...readInput(name, schema, document) });
  };
  for (const { name, in: place, schema } of details.parameters)
    if (place === "query") add("query", name, schema);
  const body = details.requestBody?.content.find(({ type }) => isJson(type))?.schema;
  const fields = body === undefined ? undefined : schemaPart(body, ["properties"], document);
  for (const [name, schema] of Object.entries(isRecord(fields) ? fields : {})) add("body", name, schema);
  return inputs;
}

function readInput(name: string, schema: unknown, document: SpecDocument) {
  const types = schemaTypes(schema, document);
  // Pages that begin at 1 begin there without a default, too.
  const least = schemaPart(schema, ["minimum"], document) === 1 ? 1 : undefined;
  const usual = schemaPart(schema, ["default"], document) ?? least;
  return {
    plain: plainName(name),
    number: types.size === 0 || types.has("integer") || types.has("number"),
    text: types.size === 0 || types.has("string"),
    ...(typeof usual === "number" && { usual }),
  };
}
