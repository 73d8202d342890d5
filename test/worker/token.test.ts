import { afterEach, expect, test } from "vitest";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { post } from "./tool-call.ts";

const document = {
  openapi: "3.1.0",
  info: { title: "Token", version: "1" },
  paths: { "/things": { get: { responses: { default: { description: "anything" } } } } },
};
const token = "t".repeat(32);
const hosted = { host: "twofold.example.workers.dev" };

let twofold: TestTwofold | undefined;
afterEach(() => twofold?.stop());
const start = async (secrets: Record<string, string>) => {
  const started = await startTestTwofold({
    document,
    baseUrl: "http://127.0.0.1:9",
    secrets,
    vars: { ALLOWED_ORIGINS: "https://inspector.example" },
  });
  twofold = started;
  const message = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  return (headers: Record<string, string> = {}) => post(`${started.url}/mcp`, message, headers);
};

test("a token that is not the deployment's opens nothing; the deployment's does", async () => {
  const ask = await start({ MCP_TOKEN: token });
  for (const authorization of [
    `Bearer ${"u".repeat(32)}`,
    `Bearer ${token}t`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${token.toUpperCase()}`,
    "Bearer",
    `Basic ${token}`,
    token,
  ])
    expect((await ask({ authorization })).status).toBe(401);
  const none = await ask();
  expect([none.status, none.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
  // The control.
  expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(200);
  expect((await ask({ authorization: `Bearer ${token}`, ...hosted })).status).toBe(200);
});

test("a token that could be guessed opens nothing, not even to who knows it", async () => {
  const ask = await start({ MCP_TOKEN: token.slice(1) });
  const { status, text } = await ask({ authorization: `Bearer ${token.slice(1)}` });
  expect([status, text]).toEqual([503, expect.stringContaining("is shorter than 32 characters")]);
});

test("off localhost nobody is served without authentication", async () => {
  const ask = await start({});
  const { status, text } = await ask(hosted);
  expect([status, text]).toEqual([503, expect.stringContaining("it serves nobody")]);
  // The control: on localhost everybody is.
  expect((await ask()).status).toBe(200);
});

test("a page that is named may read the endpoint's answers, refusals too, and nothing else; others read nothing", async () => {
  await start({ MCP_TOKEN: token });
  const { url = "" } = twofold ?? {};
  const ask = async (path: string, origin: string, method = "POST", authorization = `Bearer ${token}`) => {
    const { status, headers } = await fetch(url + path, {
      method,
      headers: {
        origin,
        authorization,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
      },
      ...(method === "POST" && { body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }) }),
      signal: AbortSignal.timeout(20_000),
    });
    return [status, headers.get("access-control-allow-origin"), headers.get("access-control-allow-headers")];
  };
  const named = "https://inspector.example";
  expect(await ask("/mcp", named)).toEqual([200, named, null]);
  expect(await ask("/mcp", named, "OPTIONS")).toEqual([204, named, "authorization, *"]);
  expect(await ask("/mcp", named, "POST", "Bearer wrong")).toEqual([401, named, null]);
  expect(await ask("/runs", named, "GET")).toEqual([200, null, null]);
  expect(await ask("/mcp", "https://evil.example")).toEqual([403, null, null]);
  expect(await ask("/mcp", "https://evil.example", "OPTIONS")).toEqual([403, null, null]);
  // Another tool's page on this machine.
  expect(await ask("/mcp", "http://localhost:6274")).toEqual([200, null, null]);
  expect((await ask("/mcp", "http://localhost:6274", "OPTIONS"))[1]).toBeNull();
});

test("behind the front of npm start nobody is served but the front, whatever Host and token", async () => {
  const ask = await start({ FRONT_TOKEN: "right", MCP_TOKEN: token });
  const authorization = `Bearer ${token}`;
  for (const given of [{}, { "twofold-front": "" }, { "twofold-front": "rights" }]) {
    const refused = await ask({ authorization, ...given });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("for npm start itself")]);
  }
  expect((await ask({ authorization, "twofold-front": "right" })).status).toBe(200);
});
