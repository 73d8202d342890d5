// The words of each operation, in the order of the artifact's index. Pure.

import { methodEffect } from "../../src/spec/effect.ts";
import { httpMethods } from "../../src/spec/format.ts";
import { areCallable } from "./cut-document.ts";
import type { OperationText } from "./find-index.ts";
import { mergeReference } from "./json-pointer.ts";

type Json = Record<string, unknown>;

/** Characters of a description that are searched: what an operation does is said first, its exceptions later. */
const descriptionChars = 300;

export function operationTexts(document: Json): OperationText[] {
  const methods = new Set<string>(httpMethods);
  const resolve = (value: unknown) => asObject(mergeReference(value, document));
  return Object.entries(asObject(document["paths"])).flatMap(([path, pathItem]) => {
    const item = path.startsWith("x-") ? {} : resolve(pathItem);
    const shared = asList(item["parameters"]);
    return Object.entries(item)
      .flatMap(([key, value]): [string, unknown][] => {
        if (key === "additionalOperations" && areCallable(value)) return Object.entries(value);
        return methods.has(key) && isObject(value) ? [[key, value]] : [];
      })
      .map(([method, value]) => {
        const operation = asObject(value);
        const parameters = [...shared, ...asList(operation["parameters"])].map(resolve);
        const body = resolve(operation["requestBody"]);
        const bodySchema = resolve(asObject(Object.values(asObject(body["content"]))[0])["schema"]);
        return {
          summary: text(operation["summary"]),
          operationId: text(operation["operationId"]),
          path: path.replaceAll(/\{[^}]*\}/g, " "),
          placeholders: (path.match(/\{[^}]*\}/g) ?? []).join(" "),
          tags: asList(operation["tags"]).map(text).join(" "),
          parameters: parameters
            .filter((parameter) => parameter["in"] !== "path")
            .map(({ name }) => text(name))
            .join(" "),
          parameterDescriptions: parameters.map(({ description }) => text(description)).join(" "),
          body: propertyNames(bodySchema, resolve).join(" "),
          schemas: responseSchemas(operation, resolve).join(" "),
          description: text(operation["description"]).slice(0, descriptionChars),
          resource: path.split("/").findLast((part) => part !== "" && !part.includes("{")) ?? "",
          nested: nestedNames(bodySchema, resolve).join(" "),
          // What a reading operation answers is told by its name; what one changes is often seen only in its answer.
          answer: methodEffect(method) === "read" ? "" : answerNames(operation, resolve).join(" "),
        };
      });
  });
}

type Resolve = (value: unknown) => Json;

function propertyNames(schema: Json, resolve: Resolve, depth = 0): string[] {
  const parts = depth > 3 ? [] : asList(schema["allOf"]).map(resolve);
  return [
    ...Object.keys(asObject(schema["properties"])),
    ...parts.flatMap((part) => propertyNames(part, resolve, depth + 1)),
  ];
}

/** The fields of an object's fields, or of what they are lists of. */
function nestedNames(schema: Json, resolve: Resolve): string[] {
  return [schema, ...asList(schema["allOf"]).map(resolve)].flatMap((part) =>
    Object.values(asObject(part["properties"])).flatMap((property) => {
      const value = resolve(property);
      return propertyNames(value["items"] === undefined ? value : resolve(value["items"]), resolve);
    }),
  );
}

function answerNames(operation: Json, resolve: Resolve): string[] {
  const [, success] =
    Object.entries(asObject(operation["responses"])).find(([status]) => status.startsWith("2")) ?? [];
  const [media] = Object.values(asObject(resolve(success)["content"]));
  const schema = resolve(asObject(media)["schema"]);
  return [...new Set([...propertyNames(schema, resolve), ...nestedNames(schema, resolve)])];
}

/** Names and titles of what an operation answers with. */
function responseSchemas(operation: Json, resolve: Resolve): string[] {
  return Object.values(asObject(operation["responses"])).flatMap((response) =>
    Object.values(asObject(resolve(response)["content"])).flatMap((media) => {
      const schema = asObject(asObject(media)["schema"]);
      const reference = text(schema["$ref"]) || text(asObject(schema["items"])["$ref"]);
      return [reference.split("/").at(-1) ?? "", text(resolve(schema)["title"])];
    }),
  );
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
