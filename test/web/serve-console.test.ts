import { expect, test } from "vitest";
import { serveConsole } from "../../src/web/serve-console.ts";

const asked: string[] = [];
/** The platform's binding: files by their path. */
const ASSETS = {
  fetch: async (request: Request) => {
    asked.push(request.url);
    return new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
  },
} as unknown as Fetcher;
const open = (path: string) =>
  serveConsole(new Request(`https://twofold.example${path}`, { headers: { accept: "text/html" } }), {
    ASSETS,
  });

test("the page runs its own files and no text that became script, and stands in no frame", async () => {
  const page = await open("/");
  const policy = page?.headers.get("content-security-policy")?.split("; ");
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ])
    expect(policy).toContain(rule);
});

test("an authorization code in the page's address goes no further", async () => {
  asked.length = 0;
  await open("/?code=canary&state=s");
  expect(asked).toEqual(["https://twofold.example/index.html"]);
});
