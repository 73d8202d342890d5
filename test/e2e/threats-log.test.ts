import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWeakenedTwofold, type WeakenedTwofold } from "../worker/start-weakened.ts";
import { callTool, post } from "../worker/tool-call.ts";
import { startUpstream, upstreamDocument } from "../worker/upstream.ts";

const canary = "canary-90b3ad5c17";

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: WeakenedTwofold;
beforeAll(async () => {
  upstream = await startUpstream();
  twofold = await startWeakenedTwofold({
    document: upstreamDocument,
    baseUrl: `${upstream.url}/base`,
    auth: { type: "bearer" },
    secrets: { API_TOKEN: canary },
    // What the operator reads is wrangler's log, with its own lines.
    wrangler: true,
  });
});
afterAll(async () => {
  await twofold?.stop();
  await upstream?.stop();
});

/** Clears the line, colours it, and begins one that looks like wrangler's. */
const forged = `\u001b[2K\u001b[31mFORGED\r\n[wrangler:info] POST /forged 200 OK\u0007\u009b31m`;
const hasForged = (printed: string) =>
  ["\u001b[31mFORGED", "\n[wrangler:info] POST /forged", "\u0007", "\u009b"].some((part) =>
    printed.includes(part),
  );

/** What the operator's terminal was sent since `from`, once it has had time to arrive. */
async function printedSince(from: number): Promise<string> {
  await sleep(500);
  return twofold.output().slice(from);
}

describe("T30: a program writes into the operator's log", () => {
  const text = JSON.stringify(forged);
  test.each<[string, string]>([
    ["the console it was given", `console.log(${text}); console.error(${text});`],
    [
      "the console of the isolate",
      `for (const level of ["log", "error", "warn", "debug", "info", "trace", "table", "dir"]) globalThis.console[level]?.(${text});`,
    ],
    ["what it throws", `throw Object.assign(new Error(${text}), { name: ${text} });`],
    [
      "a promise nobody awaits",
      `Promise.reject(new Error(${text})); Promise.reject(${text}); await new Promise((done) => setTimeout(done, 50));`,
    ],
    [
      "a timer that throws",
      `setTimeout(() => { throw new Error(${text}); }, 5); await new Promise((done) => setTimeout(done, 50));`,
    ],
    [
      "a microtask that throws",
      `queueMicrotask(() => { throw new Error(${text}); }); await new Promise((done) => setTimeout(done, 50));`,
    ],
    ["reportError", `globalThis.reportError(new Error(${text}));`],
    ["a stack of its own making", `const error = new Error("x"); error.stack = ${text}; throw error;`],
    [
      "a getter that throws while the outcome is made",
      `const error = new Error("x"); Object.defineProperty(error, "stack", { get() { throw new Error(${text}); } }); throw error;`,
    ],
    ["a call that is refused", `await api.request({ method: ${text}, path: ${text} });`],
    ["a header", `await api.request({ method: "GET", path: "/nothing", headers: { "x-note": ${text} } });`],
    ["a call that fails", `await api.request({ method: "GET", path: "/reset", query: { text: ${text} } });`],
    ["its result", `return ${text};`],
  ])("T30: nothing of it arrives from %s", async (_, code) => {
    const from = twofold.output().length;
    await callTool(twofold.url, "execute", { code: `async () => { ${code} }` });
    expect(await printedSince(from)).not.toMatch(/FORGED|forged/);
  });

  test("T30, control: what a Worker writes to the console of its isolate does arrive, control characters and all", async () => {
    const from = twofold.output().length;
    const prelude = `globalThis.console.log(${text});`;
    await twofold.weakened({ code: "1", prelude });
    expect(await printedSince(from)).toContain("\u001b[31mFORGED\r\n[wrangler:info] POST /forged");
  });
});

describe("T30: a client writes into the operator's log", () => {
  const request = { jsonrpc: "2.0", id: 1 };
  const call = (params: object) => ({ ...request, method: "tools/call", params });
  const envelope = {
    "io.modelcontextprotocol/protocolVersion": forged,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": { name: forged, version: forged },
  };
  test.each<[string, object]>([
    ["a method", { ...request, method: forged }],
    ["an id", { ...request, id: forged, method: "ping" }],
    ["the version of JSON-RPC", { jsonrpc: forged, id: 1, method: "ping" }],
    ["the name of a tool", call({ name: forged, arguments: { [forged]: forged } })],
    [
      "a name that cannot be made into text",
      call({ name: { toString: forged, valueOf: forged }, arguments: {} }),
    ],
    ["arguments of another kind", call({ name: "search", arguments: forged })],
    ["a program", call({ name: "search", arguments: { code: forged } })],
    [
      "a progress token",
      call({ name: "search", arguments: { code: "1" }, _meta: { progressToken: forged } }),
    ],
    ["a version of the protocol", { ...request, method: "tools/list", params: { _meta: envelope } }],
    [
      "the name of a client",
      {
        ...request,
        method: "initialize",
        params: { protocolVersion: forged, clientInfo: { name: forged, version: forged }, capabilities: {} },
      },
    ],
    ["an answer nobody asked for", { ...request, error: { code: 1, message: forged } }],
    [
      "a cancellation",
      { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: forged, reason: forged } },
    ],
  ])("T30: no control character of it arrives from %s", async (_, message) => {
    const from = twofold.output().length;
    const { status } = await post(`${twofold.url}/mcp`, JSON.stringify(message));
    expect(status).toBeLessThan(500);
    const printed = await printedSince(from);
    expect(printed).toMatch(/POST \/mcp \d+/);
    expect(printed).not.toSatisfy(hasForged);
  });

  test("T30: nor from a path or the Host and Origin of a request", async () => {
    const from = twofold.output().length;
    await post(`${twofold.url}/${encodeURIComponent(forged)}`, "{}");
    await post(`${twofold.url}/mcp`, "{}", { origin: "http://\u009b31mFORGED" });
    await post(`${twofold.url}/mcp`, "{}", { host: "\u009b31mFORGED" });
    expect(await printedSince(from)).not.toSatisfy(hasForged);
  });

  test("T30: the credential is in nothing that was printed", () => {
    expect(twofold.output()).toContain("POST /mcp 200");
    expect(twofold.output()).not.toContain(canary);
  });
});

describe("T31: many clients send the same id", () => {
  /** Not a number of the client, but what its own program alone can answer. */
  const message = (id: unknown, mark: string, tool: string) => {
    const code =
      tool === "search"
        ? `["${mark}", spec.info.title]`
        : `async () => { await api.request({ method: "GET", path: "/busy" }); console.log("${mark}"); return ["${mark}", "Upstream"]; }`;
    return JSON.stringify({
      jsonrpc: "2.0",
      id,
      method: "tools/call",
      params: { name: tool, arguments: { code }, _meta: { progressToken: id } },
    });
  };

  test.each<[string, unknown]>([
    ["a number", 1],
    ["a text", "same"],
    ["zero", 0],
  ])("T31: %s, and each is answered with what is its own", async (_, id) => {
    const clients = Array.from({ length: 40 }, (_none, n) => ({
      mark: `mark-${n}-${crypto.randomUUID()}`,
      tool: n % 2 === 0 ? "search" : "execute",
    }));
    const answers = await Promise.all(
      clients.map(({ mark, tool }) => post(`${twofold.url}/mcp`, message(id, mark, tool))),
    );
    for (const [n, { mark }] of clients.entries()) {
      const { text } = answers[n] ?? { text: "" };
      const marks = new Set(text.match(/mark-\d+-[0-9a-f-]{36}/g));
      expect([...marks]).toEqual([mark]);
      expect(text).toContain(JSON.stringify({ id }).slice(1, -1));
    }
  });

  test("T31: a cancellation ends no run of another client that has the same id", async () => {
    const mark = `mark-0-${crypto.randomUUID()}`;
    const running = post(`${twofold.url}/mcp`, message(7, mark, "execute"));
    const cancelled = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };
    await Promise.all(Array.from({ length: 5 }, () => post(`${twofold.url}/mcp`, JSON.stringify(cancelled))));
    expect((await running).text).toContain(`[\\"${mark}\\",\\"Upstream\\"]`);
  });
});
