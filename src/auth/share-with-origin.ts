// Which pages of other origins may read what they are answered: those named in ALLOWED_ORIGINS, and of the MCP endpoint and the
// metadata of its resource alone. What the authorization server answers it shares by itself. Opens nothing: there are no cookies,
// and a page sends the token it has.

import { metadataPath } from "./challenge.ts";
import { namedOrigins } from "./check-request.ts";
import type { AuthEnv } from "./wiring.ts";

const shared = new Set(["/", "/mcp", metadataPath, `${metadataPath}/mcp`]);

/** A page of this machine that nobody named may ask, as ever, and reads nothing: any other tool's page could. */
export async function shareWithOrigin(
  request: Request,
  env: AuthEnv,
  answer: () => Promise<Response>,
): Promise<Response> {
  const origin = request.headers.get("origin");
  if (origin === null || !namedOrigins(env).includes(origin) || !shared.has(new URL(request.url).pathname))
    return answer();
  const headers = new Headers({ "access-control-allow-origin": origin, vary: "origin" });
  if (request.method === "OPTIONS") {
    headers.set("access-control-allow-methods", "GET, POST, DELETE");
    // The star does not stand for Authorization.
    headers.set("access-control-allow-headers", "authorization, *");
    headers.set("access-control-max-age", "86400");
    return new Response(null, { status: 204, headers });
  }
  const answered = await answer();
  const readable = new Response(answered.body, answered);
  for (const [name, value] of headers) readable.headers.append(name, value);
  readable.headers.set("access-control-expose-headers", "www-authenticate, retry-after, mcp-session-id");
  return readable;
}
