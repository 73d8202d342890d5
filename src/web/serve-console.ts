// The console: a page for people, at the address of the MCP endpoint. Never holds anything of anybody: what it shows, it asks
// for as any client would, so it is served to everybody and before anybody is known.

/** Where the page's files lie; each has a digest in its name, so it never changes. */
const filesPath = "/console/";

// Trusted types with no policy: no text can become markup or script, in our code or in a library's.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  // Programs may answer with an image; it is shown from its bytes and fetched from nowhere.
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

export type ConsoleEnv = {
  /** The page's files, as `assets` in wrangler.jsonc binds them; without it there is no page, and all else is as it is. */
  ASSETS?: Fetcher;
};

/** Undefined when the request is none of a browser that opens the page, or when the page was not built. */
export async function serveConsole(
  request: Request,
  { ASSETS: assets }: ConsoleEnv,
): Promise<Response | undefined> {
  if (assets === undefined || (request.method !== "GET" && request.method !== "HEAD")) return undefined;
  const { pathname, origin } = new URL(request.url);
  const isPage = pathname === "/" && (request.headers.get("accept") ?? "").includes("text/html");
  if (!isPage && !pathname.startsWith(filesPath)) return undefined;
  // Not the request itself: its query may hold an authorization code, which is the page's alone.
  const asked = new URL(isPage ? "/index.html" : pathname, origin);
  const etag = request.headers.get("if-none-match");
  const found = await assets.fetch(
    new Request(asked, { method: request.method, headers: etag === null ? {} : { "if-none-match": etag } }),
  );
  if (found.status !== 200 && found.status !== 304)
    return isPage ? undefined : new Response("There is no such file.\n", { status: 404, headers: always });
  const headers = new Headers(found.headers);
  for (const [name, value] of Object.entries(always)) headers.set(name, value);
  headers.set("cache-control", isPage ? "no-cache" : "public, max-age=31536000, immutable");
  if (isPage) headers.set("vary", "accept");
  return new Response(found.body, { status: found.status, headers });
}

const always = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
};
