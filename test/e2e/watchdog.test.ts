import { readFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NpmStart, npmStart, untilReady } from "../worker/npm-start.ts";
import { descendants, survivors } from "../worker/process-tree.ts";
import { startTestTwofold } from "../worker/start-twofold.ts";
import { callTool, post, run } from "../worker/tool-call.ts";

/** Some 2^40 steps in one call of the engine, where no guard can look at a clock. */
const endlessRegex = `/(a+)+$/.test("a".repeat(40) + "b")`;

/** Without a turn of a loop or function of its own, at which the guard would end it. */
const memoryBomb = `Array.from({ length: 1e5 }, Array.from.bind(Array, { length: 1e6 }, Math.random))`;

const value = { namespace_id: "shop-settings", key_name: "watchdog" };
const kv = (method: string, body?: string) =>
  `await api.request(${JSON.stringify({
    method,
    path: "/storage/kv/namespaces/{namespace_id}/values/{key_name}",
    params: value,
    body,
  })})`;

// Windows has neither signals nor process groups; the fixture that ends npm start needs both.
describe.skipIf(process.platform === "win32")("the watchdog of npm start", () => {
  let state: string;
  let started: NpmStart;
  let base: string;
  const read = () => run(base, "execute", `async () => [(${kv("GET")}).data]`);
  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), "twofold-watchdog-"));
    started = await npmStart(state);
    base = `http://127.0.0.1:${started.port}`;
    await untilReady(started);
  });
  afterAll(async () => {
    const processes = descendants(started.npm.pid);
    process.kill(-started.npm.pid, "SIGINT");
    await started.exited;
    for (const { pid } of await survivors(processes, 3_000)) process.kill(pid, "SIGKILL");
    await rm(state, { recursive: true, force: true });
  });

  test("a regular expression without end is answered, others are served again, and what it wrote stands", async () => {
    const wedged = callTool(base, "execute", {
      code: `async () => { ${kv("PUT", "kept")}; return ${endlessRegex}; }`,
    });
    // Sent while nothing can run: it waits, and is run by the next runtime.
    await sleep(3_000);
    const other = run(base, "search", "6 * 7");
    const { isError, text } = await wedged;
    expect(isError).toBe(true);
    expect(text).toMatch(/stopped answering for \d s and is being restarted/);
    expect(text).toContain("It was the only program under way, so it most likely did this.");
    // The row is written before the call, and what became of it behind: there was no time for that.
    expect(text).toMatch(
      /What it called stands, and is not undone:\nPUT \S+\/watchdog(: in flight, so it may have been carried out| → 200)\n/,
    );
    expect(await other).toBe(42);
    expect(await read()).toEqual(["kept"]);
    const told = /stopped answering for \d s and was ended; 1 tool call was cut short and told so\./;
    expect(started.output()).toMatch(told);
    const log = await readFile(join(state, "twofold.log"), "utf8");
    expect(log).toMatch(told);
    // The watchdog asks the Worker every half second, and each of wrangler's lines about that is left out.
    expect(log).not.toContain("watchdog ");
  });

  test("several programs under way are each told, and each answer carries its caller's id", async () => {
    const slow = post(`${base}/mcp`, body("slow", "await new Promise((done) => setTimeout(done, 20_000))"));
    await sleep(500);
    const wedged = post(`${base}/mcp`, body(0, endlessRegex));
    for (const [id, { status, headers, text }] of [
      ["slow", await slow],
      [0, await wedged],
    ] as const) {
      expect([status, headers["content-type"]]).toEqual([200, "text/event-stream"]);
      const [, data = ""] = /^data: (.*)$/m.exec(text) ?? [];
      expect(JSON.parse(data)).toMatchObject({ id, result: { isError: true } });
      expect(data).toContain("2 programs were under way and one of them did this");
      expect(data).toContain("If it has none, send it again as it is.");
    }
  });

  test("a runtime that dies is known at once", async () => {
    const slow = callTool(base, "execute", {
      code: `async () => { ${kv("PUT", "begun")}; await new Promise((done) => setTimeout(done, 30_000)); }`,
    });
    await expect.poll(read, { timeout: 10_000 }).toEqual(["begun"]);
    const wrangler = processOf(started.npm.pid, /serve-worker\.ts .*artifact\/wrangler\.dev\.json/);
    // Of wrangler's two, the one that does not listen on the port runs the Worker.
    const command = descendants(started.npm.pid).find(({ pid }) => pid === wrangler)?.command ?? "";
    const [, front = ""] = /"port":(\d+)/.exec(command) ?? [];
    const running = new RegExp(`workerd serve.*entry=127\\.0\\.0\\.1:(?!${front} )`);
    process.kill(processOf(wrangler, running), "SIGKILL");
    const { isError, text } = await slow;
    expect(isError).toBe(true);
    expect(text).toContain("ended by itself (signal SIGKILL)");
    expect(await run(base, "search", "6 * 7")).toBe(42);
  });

  test("a program that fills all memory is answered, also to the official client, and the next one runs", async () => {
    const client = new Client({ name: "watchdog-test", version: "1.0.0" });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${base}/mcp`)));
    const result = await client.callTool({ name: "search", arguments: { code: memoryBomb } });
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result.content)).toContain("The program was cut short");
    expect(await run(base, "search", "6 * 7")).toBe(42);
    await client.close();
  });

  test("one huge step is answered, and the state is as it was", async () => {
    const before = await read();
    const { isError, text } = await callTool(base, "search", { code: "Array(1e9).fill()" });
    expect(isError).toBe(true);
    // A fast machine finds out by itself that there is no such array.
    expect(text).toMatch(/was cut short|Invalid array length/);
    expect(await read()).toEqual(before);
  });

  test("a query without end fails its own call, and the playground serves others again", async () => {
    const sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    const query = { method: "POST", path: "/d1/database/{database_id}/raw", body: { sql } };
    const call = JSON.stringify({ ...query, params: { database_id: "shop" } });
    const before = await read();
    // A status of wrangler's, or no answer at all: either way the program hears of it.
    const failed = await callTool(base, "execute", { code: `async () => [(await api.request(${call})).ok]` });
    expect(failed.isError || failed.text === "[false]").toBe(true);
    await expect.poll(read, { timeout: 10_000 }).toEqual(before);
    expect(started.output()).toMatch(/The playground stopped answering for \d s and was restarted/);
  });

  test("the playground comes back when its runtime dies, and when the next one dies while it starts", async () => {
    const before = await read();
    const serving = processOf(started.npm.pid, /playground\/serve\.ts/);
    const runtimes = () => descendants(serving).filter(({ command }) => command.includes("workerd serve"));
    const [first] = runtimes();
    process.kill(first?.pid ?? 0, "SIGKILL");
    let next = first;
    for (const deadline = Date.now() + 10_000; next === undefined || next.pid === first?.pid;) {
      if (Date.now() > deadline) throw new Error("no other runtime was started");
      [next] = runtimes();
      await sleep(5);
    }
    process.kill(next.pid, "SIGKILL");
    await expect.poll(() => read().catch(() => "none"), { timeout: 20_000, interval: 500 }).toEqual(before);
  });

  test("a body longer than any message reaches the Worker, which refuses it in its own words", async () => {
    const { status, text } = await post(`${base}/mcp`, "x".repeat(600 * 1024));
    expect(status).toBe(413);
    expect(text).toContain("The request is larger than");
  });

  test("Host and Origin arrive as the client sent them", async () => {
    const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
    const rebound = await post(`${base}/mcp`, ping, { host: "evil.example" });
    expect([rebound.status, rebound.text]).toEqual([403, expect.stringContaining('Host \\"evil.example\\"')]);
    const crossed = await post(`${base}/mcp`, ping, { origin: "http://evil.example" });
    expect([crossed.status, crossed.text]).toEqual([403, expect.stringContaining("Origin")]);
    const named = await post(`${base}/mcp`, ping, { host: "localhost:9", origin: "http://localhost:9" });
    expect(named.status).toBe(200);
  });
});

test("the control: without the watchdog the runtime stays wedged", async () => {
  const document = { openapi: "3.1.0", info: { title: "None", version: "1" }, paths: {} };
  const twofold = await startTestTwofold({ document, baseUrl: "http://127.0.0.1:9" });
  try {
    const wedged = fetch(`${twofold.url}/mcp`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: body(1, endlessRegex),
      // Longer than the watchdog would have taken.
      signal: AbortSignal.timeout(8_000),
    });
    await expect(wedged).rejects.toThrow("timeout");
    await expect(fetch(twofold.url, { signal: AbortSignal.timeout(1_000) })).rejects.toThrow("timeout");
  } finally {
    await twofold.stop();
  }
});

/** The one process below another whose command line matches. */
function processOf(root: number, command: RegExp): number {
  const found = descendants(root).filter((one) => command.test(one.command));
  expect(found).toHaveLength(1);
  return found[0]?.pid ?? -1;
}

const body = (id: string | number, code: string) =>
  JSON.stringify({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name: "search", arguments: { code } },
  });
