// The API's answer → what the program sees: JSON parsed, text as text, everything else as bytes, empty as null.

import type { Limits } from "../limits.ts";
import { CallRefused, show } from "./call.ts";
import { essence, isJson } from "./content-type.ts";
import type { Page } from "./read-page.ts";
import type { Redactor } from "./redact.ts";

/** `data` is `{json}` for JSON, text and null, `{bytes}` (base64) for the rest. */
export type Answer = {
  status: number;
  ok: boolean;
  headers: Record<string, string>;
  data: { json: unknown } | { bytes: string };
  /** What the document says against a call that the API answered with 400 or 422. */
  findings?: string[];
  /** What to make of the answer, in our words: what is missing, whether to wait, whether the call may have been carried out. */
  hint?: string;
  /** How api.paginate goes on from here. */
  page?: Page;
};

/** Response headers a program may see: what paging, caching, rate limits and support requests need. */
const visible =
  /^(content-type|content-length|content-disposition|content-language|content-range|accept-ranges|etag|last-modified|location|link|date|age|cache-control|expires|expiration|vary|allow|retry-after|(x-ms-)?retry-after-ms|deprecation|sunset|warning|x-total(-count)?|x-next.*|x-page.*|x-per-page|x-prev.*|.*rate-?limit.*|.*request-?id|.*correlation-?id|x-trace-id|traceparent|cf-ray|cf-kv-metadata|cf-r2-.*|x-github-.*)$/;

/** @throws CallRefused when the answer is larger than the limit; whatever the reader throws when the connection breaks */
export async function decodeAnswer(
  response: Response,
  limits: Limits,
  redactor: Redactor,
): Promise<{ answer: Answer; bytes: number }> {
  const body = await readBody(response, limits);
  if (body.length > 0) requireDecoded(response.headers.get("content-encoding"));
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    // Names too: an API that echoes what it was sent may make a header's name of it.
    if (visible.test(name)) headers[redactor.text(name)] = redactor.text(value);
  }
  const data = decodeData(body, response.headers.get("content-type"), redactor);
  return { answer: { status: response.status, ok: response.ok, headers, data }, bytes: body.length };
}

/** What fetch has not decoded is bytes in which neither a secret nor a field can be found, and a program can decode it. */
function requireDecoded(coding: string | null): void {
  if (coding === null || /^(gzip|br|identity|)$/.test(coding)) return;
  throw new CallRefused(
    "response",
    `The API sent its answer in the content coding ${show(coding)}, which was not asked for and is not read here. What the call did stands.`,
  );
}

function decodeData(body: Uint8Array, contentType: string | null, redactor: Redactor): Answer["data"] {
  if (body.length === 0) return { json: null };
  const type = contentType ?? "";
  if (isJson(type)) {
    const text = decodeText(body, type);
    try {
      if (text !== undefined) return { json: redactor.parse(text) };
    } catch {
      // Announced as JSON but none: the text says more than an error would.
      return { json: redactor.text(text ?? "") };
    }
  }
  // Without a type it is text when it can be, and never parsed: "1e3" must not come back as 1000.
  if (isText(type) || type === "") {
    const text = decodeText(body, type);
    if (text !== undefined) return { json: redactor.text(text) };
  }
  return { bytes: redactor.bytes(body).toBase64() };
}

/** Undefined when the bytes are not text in the announced charset: they then stay bytes, never U+FFFD. */
export function decodeText(body: Uint8Array, contentType: string): string | undefined {
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    return undefined;
  }
}

export function isText(contentType: string): boolean {
  const type = essence(contentType);
  return (
    type.startsWith("text/") ||
    /^application\/(.+\+)?(xml|yaml|x-yaml|javascript|x-ndjson|jsonl|graphql|x-www-form-urlencoded|sql|toml)$/.test(
      type,
    )
  );
}

async function readBody(response: Response, limits: Limits): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limits.responseBodyBytes) {
      await reader.cancel();
      throw new CallRefused(
        "limit",
        `The API's answer is larger than ${limits.responseBodyBytes} bytes and was cut off. Ask for less: a filter, a page, or a range header.`,
      );
    }
    chunks.push(value);
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}
