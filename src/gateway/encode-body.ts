// The program's body → bytes and a content type the operation takes. Nothing of a body is ever dropped silently.

import type { Limits } from "../limits.ts";
import type { Operation } from "../spec/operations.ts";
import type { ApiCall, FormPart } from "./call.ts";
import { CallRefused, show } from "./call.ts";

type Encoded = { bytes: Uint8Array; contentType: string };

/** Sets `content-type` on `headers`. `undefined` means no body. */
export async function encodeBody(
  call: ApiCall,
  operation: Operation,
  headers: Headers,
  limits: Limits,
): Promise<Uint8Array | undefined> {
  if (call.body === undefined) return undefined;
  if (operation.method === "GET" || operation.method === "HEAD") {
    throw new CallRefused(
      "body",
      `${operation.method} ${operation.path} cannot carry a body. Use query for its parameters.`,
    );
  }
  const { bytes, contentType } = await encode(call.body, operation.contentTypes, headers.get("content-type"));
  if (bytes.length > limits.requestBodyBytes) {
    throw new CallRefused(
      "limit",
      `The body is ${bytes.length} bytes; at most ${limits.requestBodyBytes} can be sent in one call.`,
    );
  }
  headers.set("content-type", contentType);
  return bytes;
}

async function encode(
  body: NonNullable<ApiCall["body"]>,
  accepted: string[],
  declared: string | null,
): Promise<Encoded> {
  if ("form" in body) return encodeForm(body.form, body.multipart === true, accepted, declared);
  if ("json" in body) return encodeJson(body.json, accepted, declared);
  if ("bytes" in body) {
    return {
      bytes: fromBase64(body.bytes),
      contentType: declared ?? plainType(accepted, "application/octet-stream"),
    };
  }
  const bytes = new TextEncoder().encode(body.text);
  return { bytes, contentType: declared ?? plainType(accepted, "text/plain;charset=UTF-8") };
}

/** An object goes as JSON, unless the operation or the program says it is a form. */
function encodeJson(json: unknown, accepted: string[], declared: string | null): Promise<Encoded> | Encoded {
  const wanted = declared ?? accepted.find(isJson) ?? accepted.find(isForm) ?? "application/json";
  if (isForm(wanted)) {
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      throw new CallRefused(
        "body",
        `body is ${show(json)}, but ${essence(wanted)} takes an object of fields. Give one, or a string or bytes.`,
      );
    }
    const parts = Object.entries(json).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value])
        .filter((item) => item !== undefined && item !== null)
        .map((item) => ({ name, value: typeof item === "object" ? JSON.stringify(item) : String(item) })),
    );
    return encodeForm(parts, essence(wanted) === "multipart/form-data", accepted, declared);
  }
  if (!isJson(wanted)) {
    throw new CallRefused(
      "body",
      `The body is an object, but content-type is ${wanted}. Give a string or a Uint8Array, or leave content-type out.`,
    );
  }
  return { bytes: new TextEncoder().encode(JSON.stringify(json)), contentType: wanted };
}

/** Files need multipart; fields alone go as the operation takes them. */
async function encodeForm(
  parts: FormPart[],
  multipart: boolean,
  accepted: string[],
  declared: string | null,
): Promise<Encoded> {
  const types = (declared === null ? accepted : [declared]).map(essence);
  const takesUrlencoded = types.includes("application/x-www-form-urlencoded");
  const hasFile = parts.some(({ bytes }) => bytes !== undefined);
  if (!hasFile && (!multipart || (takesUrlencoded && !types.includes("multipart/form-data")))) {
    if (!multipart && types.includes("multipart/form-data") && !takesUrlencoded) return toMultipart(parts);
    const fields = new URLSearchParams(parts.map(({ name, value }) => [name, value ?? ""]));
    return {
      bytes: new TextEncoder().encode(fields.toString()),
      contentType: "application/x-www-form-urlencoded",
    };
  }
  return toMultipart(parts);
}

async function toMultipart(parts: FormPart[]): Promise<Encoded> {
  const form = new FormData();
  for (const { name, value, bytes, filename, type } of parts) {
    if (bytes === undefined) form.append(name, value ?? "");
    else
      form.append(
        name,
        new File([fromBase64(bytes)], filename ?? name, { type: type ?? "application/octet-stream" }),
      );
  }
  // The runtime's own serializer chooses a boundary that occurs in no part.
  const response = new Response(form);
  const contentType = response.headers.get("content-type") ?? "multipart/form-data";
  return { bytes: new Uint8Array(await response.arrayBuffer()), contentType };
}

/** The operation's own type for text or bytes. A string may well be the text of any type, JSON written by hand included. */
function plainType(accepted: string[], fallback: string): string {
  if (accepted.some((type) => essence(type) === essence(fallback))) return fallback;
  return accepted.find((type) => !type.includes("*") && !isForm(type)) ?? fallback;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(text) as Uint8Array<ArrayBuffer>;
  } catch {
    throw new CallRefused("body", "The bytes of the body could not be read. Give a Uint8Array.");
  }
}

function isForm(contentType: string): boolean {
  return ["multipart/form-data", "application/x-www-form-urlencoded"].includes(essence(contentType));
}

export function isJson(contentType: string): boolean {
  return /^application\/(.+\+)?json$/.test(essence(contentType));
}

export function essence(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}
