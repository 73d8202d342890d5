/** Path of the local Cloudflare API of Miniflare and `wrangler dev`; a GET of it returns its OpenAPI document. */
export const localApiPath = "/cdn-cgi/local/explorer/api";

/** One call of the local Cloudflare API. Throws with the API's own words when it refuses. */
export async function callLocalApi(
  base: string,
  method: string,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  contentType = "application/json",
): Promise<void> {
  const response = await fetch(base + path, {
    method,
    headers: { "content-type": contentType },
    body,
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(
      `The playground refused ${method} ${path}: HTTP ${response.status} ${text.slice(0, 300)}`,
    );
  }
}
