import { setTimeout as sleep } from "node:timers/promises";
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { startUpstream, upstreamDocument } from "./upstream.ts";

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: TestTwofold;
beforeAll(async () => {
  upstream = await startUpstream();
  twofold = await startTestTwofold({ document: upstreamDocument, baseUrl: `${upstream.url}/base` });
});
afterAll(async () => {
  await twofold?.stop();
  await upstream?.stop();
});

const address = () => new URL(`${twofold.url}/mcp`);
const code = `async () => {
  await api.request({ method: "GET", path: "/nothing" });
  console.log("half", { way: true });
  return (await api.request({ method: "GET", path: "/headers" })).data;
}`;
const expected = ["GET /nothing → 204", 'half {"way":true}', "GET /headers → 200"];

test("a client that asks for progress hears of each call and each line as it happens", async () => {
  const client = new ModernClient({ name: "test", version: "1" });
  await client.connect(new ModernTransport(address()));
  try {
    const notes: { progress: number; message?: string | undefined }[] = [];
    const answer = await client.callTool(
      { name: "execute", arguments: { code } },
      { onprogress: (note) => notes.push(note), timeout: 20_000 },
    );
    expect(answer.content[0]).toEqual({ type: "text", text: "ok" });
    expect(notes.map(({ message }) => message)).toEqual(expected);
    expect(notes.map(({ progress }) => progress)).toEqual([1, 2, 3]);
  } finally {
    await client.close();
  }
});

test("so does a client of the 2025 protocol", async () => {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(address()) as never);
  try {
    const notes: (string | undefined)[] = [];
    await client.callTool({ name: "execute", arguments: { code } }, undefined, {
      onprogress: ({ message }) => notes.push(message),
      timeout: 20_000,
    });
    expect(notes).toEqual(expected);
  } finally {
    await client.close();
  }
});

test("one that does not ask gets its answer and nothing else", async () => {
  const params = { name: "execute", arguments: { code } };
  const response = await post(
    { jsonrpc: "2.0", id: 1, method: "tools/call", params },
    AbortSignal.timeout(20_000),
  );
  const messages = [...(await response.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) =>
    JSON.parse(data ?? ""),
  );
  expect(messages).toEqual([expect.objectContaining({ id: 1, result: expect.anything() as unknown })]);
});

const endless = (path: string) => `async () => {
  for (let n = 0; n < 100; n++) await api.request({ method: "GET", path: ${JSON.stringify(path)} });
}`;
const sent = (path: string) => upstream.received.filter(({ url }) => url.endsWith(path)).length;

test.each(["with progress", "without"])(
  "a client that goes away ends its run, %s: nothing more is sent to the API",
  async (how) => {
    upstream.received.length = 0;
    const gone = new AbortController();
    const meta = how === "without" ? {} : { _meta: { progressToken: "p" } };
    const params = { name: "execute", arguments: { code: endless("/busy") }, ...meta };
    const answer = post({ jsonrpc: "2.0", id: 1, method: "tools/call", params }, gone.signal).then(
      (response) => response.text(),
    );
    answer.catch(() => undefined);
    while (sent("/busy") < 3) await sleep(20);
    gone.abort();
    await expect(answer).rejects.toThrow(/abort/i);
    const last = await settled(() => sent("/busy"));
    expect(last).toBeLessThan(80);
  },
);

test("a run whose client stays makes all of its calls (the control of the above)", async () => {
  upstream.received.length = 0;
  const params = { name: "execute", arguments: { code: endless("/nothing") } };
  await (
    await post({ jsonrpc: "2.0", id: 1, method: "tools/call", params }, AbortSignal.timeout(20_000))
  ).text();
  expect(sent("/nothing")).toBe(100);
});

/** A count once it has stopped growing for a second; each call takes a tenth of one. */
async function settled(count: () => number): Promise<number> {
  for (;;) {
    const before = count();
    await sleep(1_000);
    if (count() === before) return before;
  }
}

function post(message: object, signal: AbortSignal): Promise<Response> {
  return fetch(address(), {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify(message),
    signal,
  });
}
