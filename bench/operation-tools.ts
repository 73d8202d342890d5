// A document → one MCP tool per operation, as generators of MCP servers make them. What Twofold spares a model.

import { httpMethods } from "../src/spec/format.ts";

/** `required` keeps the required parameters and, at every level, the required properties. */
export type ToolStyle = "full" | "required";

type Json = Record<string, unknown>;

/** The tools of all operations, each made when called: together they can be larger than memory. */
export function operationTools(document: Json, style: ToolStyle): (() => object)[] {
  return Object.entries(asObject(document["paths"])).flatMap(([path, pathItem]) => {
    const item = asObject(resolve(pathItem, document));
    return httpMethods.flatMap((method) => {
      const operation = item[method];
      return isObject(operation) ? [() => tool(document, { method, path, item, operation }, style)] : [];
    });
  });
}

function tool(
  document: Json,
  { method, path, item, operation }: { method: string; path: string; item: Json; operation: Json },
  style: ToolStyle,
): object {
  const definitions: Json = {};
  const schema = (value: unknown) => rewrite(value, { document, style, definitions });
  const properties: Json = {};
  const required: string[] = [];
  for (const given of [...asList(item["parameters"]), ...asList(operation["parameters"])]) {
    const parameter = asObject(resolve(given, document));
    const name = String(parameter["name"]);
    if (parameter["required"] === true) required.push(name);
    else if (style === "required") continue;
    properties[name] = { ...asObject(schema(parameter["schema"])), description: parameter["description"] };
  }
  const body = asObject(resolve(operation["requestBody"], document));
  const media = asObject(Object.values(asObject(body["content"]))[0]);
  if (media["schema"] !== undefined && (style === "full" || body["required"] === true)) {
    properties["body"] = schema(media["schema"]);
    if (body["required"] === true) required.push("body");
  }
  const { operationId = `${method} ${path}`, summary = "", description = "" } = operation;
  const $defs = Object.keys(definitions).length === 0 ? undefined : definitions;
  return {
    name: operationId,
    description: [summary, description].filter(Boolean).join("\n\n"),
    inputSchema: { type: "object", properties, required, $defs },
  };
}

interface Rewriting {
  document: Json;
  style: ToolStyle;
  /** Schemas referred to, by the name they get under $defs; filled on the way. */
  definitions: Json;
}

/** A schema whose references point into the tool's own $defs; without examples and extensions. */
function rewrite(value: unknown, context: Rewriting): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, context));
  if (!isObject(value)) return value;
  if (typeof value["$ref"] === "string") {
    const name = value["$ref"].split("/").at(-1) ?? "";
    if (!Object.hasOwn(context.definitions, name)) {
      context.definitions[name] = {};
      context.definitions[name] = rewrite(resolve(value, context.document), context);
    }
    return { $ref: `#/$defs/${name}` };
  }
  const kept = new Set(asList(value["required"]));
  const result: Json = {};
  for (const [key, member] of Object.entries(value)) {
    if (key === "example" || key === "examples" || key.startsWith("x-")) continue;
    if (key === "properties" && isObject(member)) {
      const entries = Object.entries(member).filter(([name]) => context.style === "full" || kept.has(name));
      result[key] = Object.fromEntries(entries.map(([name, one]) => [name, rewrite(one, context)]));
    } else result[key] = rewrite(member, context);
  }
  return result;
}

function resolve(value: unknown, document: Json): unknown {
  let at = value;
  for (let hops = 0; hops < 20 && isObject(at) && typeof at["$ref"] === "string"; hops += 1) {
    const tokens = at["$ref"].slice(2).split("/").map(decodeURIComponent);
    at = tokens.reduce<unknown>(
      (holder, token) => asObject(holder)[token.replaceAll("~1", "/").replaceAll("~0", "~")],
      document,
    );
  }
  return at;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
