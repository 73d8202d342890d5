// What a program asked for, read from the one string it sent. Never trusts its shape.

/** One field of a form: text, or bytes (base64) of a file. */
export type FormPart = { name: string; value?: string; bytes?: string; filename?: string; type?: string };

export type CallBody =
  | { text: string }
  | { bytes: string }
  | { json: unknown }
  | { form: FormPart[]; multipart?: boolean };

export type ApiCall = {
  method: string;
  path: string;
  params: Record<string, unknown>;
  query: Record<string, unknown>;
  headers: Record<string, unknown>;
  body?: CallBody;
};

/** Why a call was not sent, or got no answer. `kind` is for programs, `message` for whoever reads it. */
export class CallRefused extends Error {
  readonly kind:
    | "call"
    | "unknown-operation"
    | "parameter"
    | "header"
    | "body"
    | "limit"
    | "network"
    | "time"
    | "response";

  constructor(kind: CallRefused["kind"], message: string) {
    super(message);
    this.name = "CallRefused";
    this.kind = kind;
  }
}

export function readCall(text: string): ApiCall {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CallRefused(
      "call",
      "The call could not be read. Use api.request({method, path, params, query, headers, body}).",
    );
  }
  if (!isRecord(value))
    throw new CallRefused(
      "call",
      "api.request takes one object: {method, path, params, query, headers, body}.",
    );
  const { method, path, body } = value;
  if (typeof method !== "string" || method === "") {
    throw new CallRefused("call", `method is ${show(method)}. Give an HTTP method, e.g. "GET".`);
  }
  if (typeof path !== "string" || path === "") {
    throw new CallRefused(
      "call",
      `path is ${show(path)}. Give a path of the document, e.g. "/items/{id}" with params {id}.`,
    );
  }
  return {
    method,
    path,
    params: record(value, "params"),
    query: record(value, "query"),
    headers: record(value, "headers"),
    ...(isBody(body) ? { body } : {}),
  };
}

/** A value as it may stand in an error: JSON, short. */
export function show(value: unknown): string {
  const text = value === undefined ? "missing" : (JSON.stringify(value) ?? String(value));
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function record(call: Record<string, unknown>, key: "params" | "query" | "headers"): Record<string, unknown> {
  const value = call[key];
  if (value === undefined || value === null) return {};
  if (!isRecord(value))
    throw new CallRefused("call", `${key} is ${show(value)}. Give an object of names and values.`);
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isBody(value: unknown): value is CallBody {
  if (!isRecord(value)) return false;
  if ("json" in value || typeof value["text"] === "string" || typeof value["bytes"] === "string") return true;
  return Array.isArray(value["form"]) && value["form"].every(isPart);
}

function isPart(part: unknown): part is FormPart {
  if (!isRecord(part) || typeof part["name"] !== "string") return false;
  return ["value", "bytes", "filename", "type"].every((key) =>
    ["string", "undefined"].includes(typeof part[key]),
  );
}
