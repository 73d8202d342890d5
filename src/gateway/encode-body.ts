// The program's body → bytes and a content type the operation takes.

import type { Limits } from "../limits.ts";
import type { Operation } from "../spec/operations.ts";
import type { ApiCall } from "./call.ts";
import { CallRefused } from "./call.ts";

/** Sets `content-type` on `headers` unless the program did. `undefined` means no body. */
export function encodeBody(
  call: ApiCall,
  operation: Operation,
  headers: Headers,
  limits: Limits,
): Uint8Array | undefined {
  if (call.body === undefined) return undefined;
  if (operation.method === "GET" || operation.method === "HEAD") {
    throw new CallRefused(
      "body",
      `${operation.method} ${operation.path} cannot carry a body. Use query for its parameters.`,
    );
  }
  const { bytes, fallback } = toBytes(call.body, headers.get("content-type"));
  if (bytes.length > limits.requestBodyBytes) {
    throw new CallRefused(
      "limit",
      `The body is ${bytes.length} bytes; at most ${limits.requestBodyBytes} can be sent in one call.`,
    );
  }
  if (!headers.has("content-type"))
    headers.set("content-type", pickContentType(operation.contentTypes, fallback));
  return bytes;
}

function toBytes(
  body: NonNullable<ApiCall["body"]>,
  declared: string | null,
): { bytes: Uint8Array; fallback: string } {
  if ("bytes" in body) {
    try {
      return { bytes: Uint8Array.fromBase64(body.bytes), fallback: "application/octet-stream" };
    } catch {
      throw new CallRefused("body", "The bytes of the body could not be read. Give a Uint8Array.");
    }
  }
  const encoder = new TextEncoder();
  if ("text" in body) return { bytes: encoder.encode(body.text), fallback: "text/plain;charset=UTF-8" };
  if (declared !== null && !isJson(declared)) {
    throw new CallRefused(
      "body",
      `The body is an object, but content-type is ${declared}. Give a string or a Uint8Array, or leave content-type out.`,
    );
  }
  return { bytes: encoder.encode(JSON.stringify(body.json)), fallback: "application/json" };
}

/** The operation's own type of the same family, so that JSON goes out as `application/merge-patch+json` where that is asked. */
function pickContentType(accepted: string[], fallback: string): string {
  if (isJson(fallback)) return accepted.find((type) => isJson(type)) ?? fallback;
  const exact = accepted.find((type) => essence(type) === essence(fallback));
  if (exact !== undefined) return fallback;
  const concrete = accepted.filter((type) => !type.includes("*") && !type.startsWith("multipart/"));
  // A string may well be the text of any type; a JSON body written by hand goes out as what it is.
  return concrete[0] ?? fallback;
}

export function isJson(contentType: string): boolean {
  return /^application\/(.+\+)?json$/.test(essence(contentType));
}

export function essence(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}
