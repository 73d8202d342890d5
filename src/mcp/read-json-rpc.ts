// The body of a POST, as one JSON-RPC message; what is none is answered here, each with its own sentence.

import type { Limits } from "../limits.ts";
import { readBounded } from "../read-bounded.ts";

/** The parsed message; a refusal as a Response; undefined when the method has no body to read. */
export async function readJsonRpc(request: Request, limits: Limits): Promise<unknown> {
  if (request.method !== "POST") return undefined;
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    return refusal(
      415,
      -32_000,
      `Content-Type is ${type === "" ? "missing" : JSON.stringify(type.slice(0, 80))}; send application/json.`,
    );
  }
  const text = await readBounded(request, limits.requestBytes);
  if (text === undefined)
    return refusal(413, -32_000, `The request is larger than ${limits.requestBytes} bytes.`);
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return refusal(400, -32_700, "The request body is not JSON.");
  }
  // One batch could start as many isolates as it has messages; the current protocol has no batches.
  if (Array.isArray(message))
    return refusal(400, -32_600, "JSON-RPC batches are not taken. Send one message per request.");
  return message;
}

function refusal(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status });
}
