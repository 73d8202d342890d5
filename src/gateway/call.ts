// What a program asked for, read from the one string it sent. Never trusts its shape.

/** One field of a form: a text, any JSON value, or bytes (base64) of a file. */
export type FormPart = {
  name: string;
  value?: string;
  json?: unknown;
  bytes?: string;
  filename?: string;
  type?: string;
};

export type CallBody =
  | { text: string }
  | { bytes: string }
  | { json: unknown }
  | { form: FormPart[]; multipart?: boolean };

/** Which operation: by address, or by the document's own name for it. */
export type CallTarget = { method: string; path: string } | { operation: string };

export type ApiCall = CallTarget & {
  params: Record<string, unknown>;
  query: Record<string, unknown>;
  headers: Record<string, unknown>;
  body?: CallBody;
  /** False sends what the document would refuse; never what would leave the API's address or our headers. */
  validate: boolean;
  /** Of api.paginate: the answer is to tell how to go on. `items` is where the program says the list is. */
  pages?: { items?: string };
  /** Of api.graphql: the API's GraphQL endpoint, whatever the document calls it. */
  graphql?: true;
};

/** Why a call was not sent, or got no answer. `kind` is for programs, `message` for whoever reads it. */
export class CallRefused extends Error {
  readonly kind:
    | "call"
    | "unknown-operation"
    | "policy"
    | "journal"
    | "redacted"
    | "parameter"
    | "header"
    | "body"
    | "invalid"
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

const shape = "{method, path, params, query, headers, body}, or operation instead of method and path";

export function readCall(text: string): ApiCall {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CallRefused("call", `The call could not be read. Use api.request(${shape}).`);
  }
  if (!isRecord(value)) throw new CallRefused("call", `api.request takes one object: ${shape}.`);
  const { body, validate, pages, graphql } = value;
  if (validate !== undefined && typeof validate !== "boolean")
    throw new CallRefused(
      "call",
      `validate is ${show(validate)}. Give false to send unchecked, or leave it out.`,
    );
  return {
    ...readTarget(value),
    params: record(value, "params"),
    query: record(value, "query"),
    headers: record(value, "headers"),
    ...(isBody(body) ? { body } : {}),
    validate: validate !== false,
    ...(isRecord(pages) && {
      pages: typeof pages["items"] === "string" ? { items: pages["items"] } : {},
    }),
    ...(graphql === true && { graphql }),
  };
}

function readTarget({ operation, method, path }: Record<string, unknown>): CallTarget {
  if (operation !== undefined) {
    if (typeof operation !== "string" || operation === "")
      throw new CallRefused("call", `operation is ${show(operation)}. Give an operationId of the document.`);
    if (method !== undefined || path !== undefined)
      throw new CallRefused("call", "operation is given beside method and path. Give one or the other.");
    return { operation };
  }
  if (typeof method !== "string" || method === "") {
    throw new CallRefused("call", `method is ${show(method)}. Give an HTTP method, e.g. "GET".`);
  }
  if (typeof path !== "string" || path === "") {
    throw new CallRefused(
      "call",
      `path is ${show(path)}. Give a path of the document, e.g. "/items/{id}" with params {id}.`,
    );
  }
  return { method, path };
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
