// Which operations of a document are a GraphQL endpoint, and one where api.jsonc names what the document has not. Pure.

import { type ArtifactIndex, operationsOf } from "../../src/spec/format.ts";
import { mergeReference } from "./json-pointer.ts";
import type { ApiGraphql } from "./settings-schema.ts";

type Json = Record<string, unknown>;

/** The document with a POST operation at the endpoint that api.jsonc names, if it describes none there. */
export function withGraphql(document: Json, settings: ApiGraphql | undefined): Json {
  if (settings === undefined) return document;
  const paths = isObject(document["paths"]) ? document["paths"] : {};
  const item = mergeReference(paths[settings.path], document);
  if (isObject(item) && isObject(item["post"])) return document;
  return {
    ...document,
    paths: { ...paths, [settings.path]: { ...(isObject(item) ? item : {}), post: endpoint } },
  };
}

const endpoint = {
  operationId: "graphql",
  summary: "The GraphQL endpoint: api.graphql(query, variables)",
  requestBody: {
    required: true,
    content: {
      "application/json": {
        schema: {
          type: "object",
          required: ["query"],
          properties: {
            query: { type: "string" },
            variables: { type: "object" },
            operationName: { type: "string" },
          },
        },
      },
    },
  },
  responses: {
    200: {
      description: "Data, errors, or both",
      content: {
        "application/json": {
          schema: {
            type: "object",
            properties: { data: {}, errors: { type: "array", items: { type: "object" } } },
          },
        },
      },
    },
  },
};

/**
 * Numbers the operations that take GraphQL, the one for api.graphql first. A POST counts only when its body is described
 * as a query, since queries may then leave in read-only; a GET at such a path always does, since that makes it stricter.
 */
export function markGraphql(index: ArtifactIndex, document: Json, settings: ApiGraphql | undefined): void {
  const found: { number: number; rank: number }[] = [];
  const paths = document["paths"] as Json;
  let number = -1;
  for (const [path, summaries] of Object.entries(index.paths)) {
    const isNamed = path === settings?.path;
    const isUsual = /\/graphql\/?$/i.test(path);
    for (const [method] of operationsOf(summaries)) {
      number += 1;
      if (!isNamed && !isUsual) continue;
      const operation = (mergeReference(paths[path], document) as Json)[method];
      const takes =
        method === "post" || method === "query" ? isNamed || takesQuery(operation, document) : true;
      if (!takes || !["post", "query", "get", "head"].includes(method)) continue;
      found.push({ number, rank: (method === "post" ? 0 : 2) + (isNamed ? 0 : 1) });
    }
  }
  if (found.length > 0) index.graphql = found.toSorted((a, b) => a.rank - b.rank).map((one) => one.number);
}

function takesQuery(operation: unknown, document: Json): boolean {
  const body = isObject(operation) ? mergeReference(operation["requestBody"], document) : undefined;
  const content = isObject(body) && isObject(body["content"]) ? body["content"] : {};
  return Object.entries(content).some(([type, media]) => {
    if (/^application\/graphql\b/i.test(type)) return true;
    return /json/i.test(type) && isObject(media) && hasQuery(media["schema"], document, 0);
  });
}

function hasQuery(schema: unknown, document: Json, depth: number): boolean {
  const merged = mergeReference(schema, document);
  if (!isObject(merged) || depth > 3) return false;
  if (isObject(merged["properties"]) && Object.hasOwn(merged["properties"], "query")) return true;
  return ["allOf", "oneOf", "anyOf"].some((key) => {
    const branches = merged[key];
    return Array.isArray(branches) && branches.some((branch) => hasQuery(branch, document, depth + 1));
  });
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
