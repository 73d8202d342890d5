/** Path of the local Cloudflare API of `wrangler dev`; a GET of it returns its OpenAPI document. */
export const localApiPath = "/cdn-cgi/local/explorer/api";

/** One call of the local Cloudflare API. Throws with the API's own words when it refuses. */
export async function callLocalApi(base: string, method: string, path: string, body?: string | Uint8Array) {
  const headers = new Headers();
  if (typeof body === "string") headers.set("content-type", "application/json");
  if (body instanceof Uint8Array) headers.set("content-type", "application/octet-stream");
  const response = await fetch(base + path, {
    method,
    headers,
    ...(body !== undefined && { body: body as Uint8Array<ArrayBuffer> | string }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(
      `The playground refused ${method} ${path}: HTTP ${response.status} ${text.slice(0, 300)}`,
    );
  }
  return text;
}

/** The playground's OpenAPI document. */
export async function fetchDocument(base: string): Promise<object> {
  const text = await callLocalApi(base, "GET", "");
  const document: unknown = JSON.parse(text);
  if (typeof document !== "object" || document === null || !("paths" in document)) {
    throw new Error(`${base} did not answer with an OpenAPI document. Reinstall wrangler: npm ci`);
  }
  return document;
}
