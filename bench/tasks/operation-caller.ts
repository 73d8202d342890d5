// One tool an operation, really carried out: arguments as operation-tools.ts declares them → an HTTP call → what a model reads.
// Checks nothing and repeats nothing: what comes back is the API's own answer.

import { httpMethods } from "../../src/spec/format.ts";
import type { CallAnswer } from "./task.ts";

type Json = Record<string, unknown>;

interface Target {
  /** The document that the tools were made of. */
  document: Json;
  url: string;
  /** The credential. */
  headers: Record<string, string>;
  /** Operations that are no tools, so that a model cannot call them. */
  without?: (method: string, path: string) => boolean;
}

/** A file is a text in a tool's arguments, or `{base64}` where it is no text; so it is in an answer, without the braces. */
export function operationCaller(target: Target) {
  const { document, url, headers, without = () => false } = target;
  return async (operationId: string, args: Json): Promise<CallAnswer> => {
    const { method, path, operation, parameters } = find(document, operationId);
    if (without(method, path)) throw new Error(`${operationId} is no tool of this server.`);
    const at = (place: string) =>
      parameters.filter((one) => one["in"] === place && String(one["name"]) in args);
    const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
      if (args[name] === undefined) throw new Error(`${operationId} needs ${name}.`);
      return encodeURIComponent(String(args[name]));
    });
    const query = new URLSearchParams(
      at("query").map(({ name }) => [String(name), String(args[String(name)])]),
    );
    const sent: Record<string, string> = { ...headers };
    for (const { name } of at("header")) sent[String(name)] = String(args[String(name)]);
    const { body } = args;
    const content = (operation["requestBody"] as { content?: Json } | undefined)?.content ?? {};
    const isFile = Object.keys(content)[0] === "application/octet-stream";
    if (body !== undefined) sent["content-type"] ??= isFile ? "application/octet-stream" : "application/json";
    const text = query.size === 0 ? "" : `?${query}`;
    const response = await fetch(`${url}${filled}${text}`, {
      method: method.toUpperCase(),
      headers: sent,
      body: body === undefined ? null : isFile ? fileOf(body) : JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    return toAnswer(response);
  };
}

function fileOf(body: unknown): string | Buffer {
  if (typeof body === "string") return body;
  return Buffer.from((body as { base64: string }).base64, "base64");
}

async function toAnswer(response: Response): Promise<CallAnswer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isText = Buffer.from(bytes.toString()).equals(bytes) && !bytes.includes(0);
  const shown = isText ? bytes.toString() : bytes.toString("base64");
  const text = response.ok ? shown : `HTTP ${response.status} ${shown}`;
  return { ok: response.ok, status: response.status, text, json: <T>() => JSON.parse(shown) as T };
}

function find(document: Json, operationId: string) {
  for (const [path, item] of Object.entries(document["paths"] as Record<string, Json>)) {
    for (const method of httpMethods) {
      const operation = item[method] as Json | undefined;
      if (operation?.["operationId"] !== operationId) continue;
      const given = [...list(item["parameters"]), ...list(operation["parameters"])];
      return { method, path, operation, parameters: given.map((one) => resolved(one, document)) };
    }
  }
  throw new Error(`There is no operation ${operationId}.`);
}

function resolved(value: Json, document: Json): Json {
  if (typeof value["$ref"] !== "string") return value;
  const steps = value["$ref"].slice(2).split("/");
  return steps.reduce<unknown>((holder, step) => (holder as Json)[step], document) as Json;
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
