// What the 2.0 to 3.0 upgrade would lose or trip over, said the way it understands.

import { pointerTo } from "./component-homes.ts";
import type { Finding } from "./document-refused.ts";
import { mendItems } from "./mend-three-zero.ts";

type Json = Record<string, unknown>;
const formTypes = ["multipart/form-data", "application/x-www-form-urlencoded"];
const methods = ["get", "put", "post", "delete", "options", "head", "patch"];

export function mendSwagger(document: Json, scheme: "http" | "https"): Finding[] {
  const findings = mendItems(document);
  if (document["schemes"] === undefined && document["host"] !== undefined) document["schemes"] = [scheme];
  dropEmptyTypes(document);
  const shared = (document["parameters"] ?? {}) as Json;
  for (const parameter of Object.values(shared)) mendParameter(parameter);
  for (const [path, item] of Object.entries((document["paths"] ?? {}) as Json)) {
    if (!isObject(item)) continue;
    dropShapeless(item, ["paths", path], findings);
    const common = parametersOf(item, shared);
    const bodies = common.filter(isBody);
    if (Array.isArray(item["parameters"]))
      item["parameters"] = common.filter((parameter) => !isBody(parameter));
    for (const method of methods) {
      const operation = item[method];
      if (!isObject(operation)) continue;
      dropEmptyTypes(operation);
      dropShapeless(operation, ["paths", path, method], findings);
      const own = parametersOf(operation, shared);
      // A body belongs to an operation; one written for the whole path belongs to each that has none.
      const added = bodies.filter(
        (body) =>
          !own.some((mine) => (isForm(mine) && isForm(body) ? mine["name"] === body["name"] : isBody(mine))),
      );
      if (own.length > 0 || added.length > 0) operation["parameters"] = [...own, ...structuredClone(added)];
      nameFormType(operation, document);
    }
  }
  return findings;
}

/** Parameters without a place and responses that are nothing, on which the upgrade would stop. */
function dropShapeless(holder: Json, place: string[], findings: Finding[]): void {
  const parameters = holder["parameters"];
  if (Array.isArray(parameters)) {
    holder["parameters"] = parameters.filter((parameter: unknown, index) => {
      if (
        isObject(parameter) &&
        (typeof parameter["$ref"] === "string" || typeof parameter["in"] === "string")
      )
        return true;
      findings.push({
        place: pointerTo([...place, "parameters", `${index}`]),
        message: 'a parameter without "in" was left out.',
      });
      return false;
    });
  }
  const responses = holder["responses"];
  for (const [status, response] of Object.entries(isObject(responses) ? responses : {})) {
    if (!isObject(response) && !status.startsWith("x-")) (responses as Json)[status] = { description: "" };
  }
}

/** The parameters with the shared bodies among them written out: in OpenAPI 3 a body is no parameter. */
function parametersOf(holder: Json, shared: Json): Json[] {
  const list = Array.isArray(holder["parameters"])
    ? (holder["parameters"] as unknown[]).filter(isObject)
    : [];
  return list.map((parameter) => {
    const name =
      typeof parameter["$ref"] === "string"
        ? /^#\/parameters\/([^/]+)$/.exec(parameter["$ref"])?.[1]
        : undefined;
    const target = name === undefined ? undefined : shared[decodeName(name)];
    if (isObject(target) && isBody(target)) return structuredClone(target);
    mendParameter(parameter);
    return parameter;
  });
}

function mendParameter(parameter: unknown): void {
  if (!isObject(parameter) || parameter["$ref"] !== undefined) return;
  const { collectionFormat } = parameter;
  if (parameter["type"] === "array") {
    // Comma-separated is 2.0's default and not 3.0's.
    if (collectionFormat === undefined && parameter["in"] === "formData")
      parameter["collectionFormat"] = "csv";
    const kept =
      parameter["in"] === "query" || parameter["in"] === "formData"
        ? collectionFormat !== "tsv"
        : collectionFormat === "csv";
    if (typeof collectionFormat === "string" && !kept) parameter["x-collectionFormat"] = collectionFormat;
  }
  const example = parameter["x-example"];
  if (
    example === undefined ||
    (isObject(example) && Object.keys(example).length > 0 && parameter["in"] !== "body")
  )
    return;
  if (parameter["in"] === "body") {
    if (isObject(example) && Object.keys(example).some((key) => key.includes("/"))) return;
    parameter["x-examples"] ??= { default: { value: example } };
  } else parameter["example"] = example;
  delete parameter["x-example"];
}

/** A form without a form type is urlencoded, unless it carries a file. */
function nameFormType(operation: Json, document: Json): void {
  const forms = ((operation["parameters"] ?? []) as Json[]).filter(isForm);
  if (forms.length === 0) return;
  const consumes = operation["consumes"] ?? document["consumes"];
  if (Array.isArray(consumes) && consumes.some((type) => formTypes.includes(type as string))) return;
  operation["consumes"] = [forms.some((form) => form["type"] === "file") ? formTypes[0] : formTypes[1]];
}

/** An empty list would leave the body or response without a content type, and so without its schema. */
function dropEmptyTypes(holder: Json): void {
  for (const key of ["consumes", "produces"]) {
    const types = holder[key];
    if (types !== undefined && (!Array.isArray(types) || types.length === 0)) delete holder[key];
  }
}

function isForm(parameter: Json): boolean {
  return parameter["in"] === "formData";
}

function isBody(parameter: Json): boolean {
  return parameter["in"] === "formData" || parameter["in"] === "body";
}

function decodeName(name: string): string {
  return decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
