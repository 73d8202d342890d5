import { describe, expect, test } from "vitest";
import { cutDocument } from "../../scripts/spec/cut-document.ts";
import { applyPolicy } from "../../scripts/spec/policy.ts";
import { createGateway } from "../../src/gateway/gateway.ts";
import type { GatewayOptions } from "../../src/gateway/gateway.ts";
import type { CallRecord, Recorder } from "../../src/gateway/call-record.ts";
import { systemClock } from "../../src/gateway/clock.ts";
import { limits } from "../../src/limits.ts";
import { Operations } from "../../src/spec/operations.ts";
import { encodePieces } from "../../src/spec/pieces.ts";

const answers = { responses: { default: { description: "anything" } } };
const body = { requestBody: { content: { "application/json": {} } } };
const key = { name: "Idempotency-Key", in: "header", required: true, schema: { type: "string" } };
const jobId = { name: "id", in: "path", required: true, schema: { type: "string" } };
const document = {
  openapi: "3.1.0",
  paths: {
    "/things": { get: answers, post: { ...body, ...answers }, put: { ...body, ...answers }, delete: answers },
    "/keyed": { post: { parameters: [key], ...body, ...answers } },
    "/search": { post: { operationId: "search", ...body, ...answers } },
    "/run": { get: { operationId: "run", ...answers } },
    "/jobs/{id}": { get: { ...answers, parameters: [jobId] } },
    "/jobs/run": { get: { operationId: "runJob", ...answers } },
    "/clear": { put: { operationId: "clear", ...body, ...answers } },
  },
};
const { index, pieces } = cutDocument(structuredClone(document));
applyPolicy(index, { reads: ["search"], writes: ["run", "runJob"] }, "policy");
const operations = new Operations(index, encodePieces(pieces).buffer as ArrayBuffer, limits);

type Sent = { url: string; method: string; headers: Record<string, string>; body: string };

/** A gateway over an API that does as told at each attempt, the last for ever; nothing waits in real time. */
function start(script: (number | Error)[], options: Partial<GatewayOptions> = {}) {
  const sent: Sent[] = [];
  const sleeps: number[] = [];
  let now = 1_000_000;
  const gateway = createGateway({
    operations,
    baseUrl: new URL("https://api.example/v1"),
    credential: { kind: "query", name: "key", value: "canary-4f1c9d7be2" },
    fetch: (async (url: URL, init: RequestInit) => {
      const bytes =
        init.body === undefined ? "" : new TextDecoder().decode(init.body as Uint8Array<ArrayBuffer>);
      sent.push({
        url: String(url),
        method: init.method ?? "",
        headers: Object.fromEntries(new Headers(init.headers)),
        body: bytes,
      });
      const next = script[Math.min(sent.length, script.length) - 1];
      if (next instanceof Error) throw next;
      return Response.json({ attempt: sent.length }, { status: next ?? 200 });
    }) as typeof fetch,
    limits,
    runId: "r_test",
    access: "write",
    redact: [],
    clock: {
      now: () => now,
      random: () => 0.5,
      uuid: () => `uuid-${sent.length}`,
      sleep: async (milliseconds) => {
        sleeps.push(milliseconds);
        now += milliseconds;
      },
    },
    deadline: 1_000_000 + limits.wallMs,
    ...options,
  });
  const call = async (method: string, path: string, more: object = {}) =>
    JSON.parse(await gateway.request(JSON.stringify({ method, path, ...more }))) as Record<string, unknown>;
  return { gateway, call, sent, sleeps };
}
const reset = new Error("connection reset by 10.0.0.1 with ?key=canary-4f1c9d7be2");

describe("an attempt that fails", () => {
  test.each([
    ["GET", "/things", 4],
    ["PUT", "/things", 4],
    ["DELETE", "/things", 4],
    ["POST", "/things", 1],
    ["POST", "/keyed", 4],
    ["POST", "/search", 4],
    ["GET", "/run", 1],
  ])("%s %s is made %i times in all", async (method, path, times) => {
    const { call, sent, gateway } = start([reset]);
    const more = method === "POST" || method === "PUT" ? { body: { json: { a: 1 } } } : {};
    expect(await call(method, path, more)).toMatchObject({ error: { kind: "network" } });
    expect(sent).toHaveLength(times);
    expect(gateway.ledger).toEqual([
      {
        method,
        path,
        effect: expect.any(String),
        status: "failed",
        ...(times === 1 ? {} : { attempts: times }),
      },
    ]);
  });

  test("is repeated with the same body, credential and key", async () => {
    const { call, sent } = start([reset, 503, 201]);
    expect(await call("POST", "/keyed", { body: { json: { a: "é" } } })).toMatchObject({
      status: 201,
      ok: true,
    });
    expect(sent).toHaveLength(3);
    expect(sent[1]).toEqual(sent[0]);
    expect(sent[2]).toEqual(sent[0]);
    expect(sent[0]).toMatchObject({ body: '{"a":"é"}', headers: { "idempotency-key": "uuid-0" } });
    expect(sent[0]?.url).toBe("https://api.example/v1/keyed?key=canary-4f1c9d7be2");
  });

  test("has a key of its own in the next call", async () => {
    const { call, sent } = start([201]);
    await call("POST", "/keyed", { body: { json: 1 } });
    await call("POST", "/keyed", { body: { json: 1 } });
    expect(sent.map(({ headers }) => headers["idempotency-key"])).toEqual(["uuid-0", "uuid-1"]);
  });

  test("leaves a doubt that the answer to the next one carries", async () => {
    const { call } = start([reset, 404]);
    expect(await call("DELETE", "/things")).toMatchObject({
      status: 404,
      hint: "This is the answer to attempt 2. An earlier one got no answer and may have been carried out: read the state before calling it a failure.",
    });
    expect(await start([502]).call("POST", "/things", { body: { json: 1 } })).toMatchObject({
      status: 502,
      hint: "POST may have been carried out all the same: read the state before trying it again.",
    });
    expect(await start([reset, 404]).call("GET", "/things")).not.toHaveProperty("hint");
  });

  test("says nothing of what the network said", async () => {
    const text = JSON.stringify(await start([reset]).call("GET", "/things"));
    expect(text).not.toMatch(/canary|10\.0\.0\.1|reset/);
  });

  test("is not repeated without end over many calls", async () => {
    const { call, sent } = start([reset], { limits: { ...limits, retries: 5 } });
    for (let n = 0; n < 4; n += 1) await call("GET", "/things");
    expect(sent).toHaveLength(4 + 5);
  });
});

test("what is made of a refusal holds no credential, however long the API's words", async () => {
  for (const echo of [
    "canary-4f1c9d7be2",
    btoa("canary-4f1c9d7be2"),
    `${"x".repeat(90)} canary-4f1c9d7be2`,
  ]) {
    const headers = { "www-authenticate": `Bearer scope="${echo}"`, "x-oauth-scopes": echo };
    const { call } = start([], { fetch: async () => new Response(null, { status: 403, headers }) });
    const { hint } = await call("GET", "/things");
    expect(hint).toContain("it lacks what this operation needs");
    expect(hint).toContain("[redact");
    expect(hint).not.toMatch(/canary-4|Y2FuYXJ5LT/);
  }
});

test("policy is told before what is wrong with a call: mending it would be for nothing", async () => {
  const { call, sent, gateway } = start([200], { access: "read" });
  const wrong = { headers: { authorization: "x" } };
  expect(await call("POST", "/things", wrong)).toMatchObject({ error: { kind: "policy" } });
  expect(await call("GET", "/things", wrong)).toMatchObject({ error: { kind: "header" } });
  expect([sent, gateway.ledger]).toEqual([[], []]);
});

describe("the end of a run", () => {
  test("ends a wait between attempts, and nothing is sent afterwards", async () => {
    const { gateway, call, sent } = start([reset], {
      clock: { ...systemClock, random: () => 1 },
      deadline: Date.now() + 50_000,
    });
    const waiting = call("GET", "/things");
    await expect.poll(() => sent.length).toBe(1);
    gateway.close();
    expect(await waiting).toMatchObject({ error: { kind: "time" } });
    expect(await call("GET", "/things")).toMatchObject({ error: { kind: "time" } });
    expect(sent).toHaveLength(1);
    expect(gateway.ledger).toEqual([{ method: "GET", path: "/things", effect: "read", status: "failed" }]);
  });

  test("after the end of a run nothing is sent", async () => {
    const { gateway, call, sent } = start([200]);
    gateway.close();
    expect(await call("GET", "/things")).toMatchObject({ error: { kind: "time" } });
    expect(sent).toEqual([]);
  });

  test("ends a call under way", async () => {
    const { gateway, call } = start([], {
      fetch: ((_: URL, { signal }: RequestInit) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason as Error)),
        )) as typeof fetch,
    });
    const waiting = call("GET", "/things");
    await expect.poll(() => gateway.ledger.length).toBe(1);
    gateway.close();
    expect(await waiting).toMatchObject({
      error: { kind: "time", message: "The run has ended; nothing is sent any more." },
    });
  });
});

test("a call that takes too long is ended, not repeated, and says so", async () => {
  let sent = 0;
  const { call } = start([], {
    limits: { ...limits, callMs: 20 },
    fetch: ((_: URL, { signal }: RequestInit) => {
      sent += 1;
      return new Promise((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason as Error)),
      );
    }) as typeof fetch,
  });
  expect(await call("GET", "/things")).toMatchObject({
    error: {
      kind: "time",
      message:
        "The API did not finish answering GET /things within 0.02 s. Ask for less: a filter or a page.",
    },
  });
  expect(sent).toBe(1);
});

test("a fault of our own is told without a word of it, and logged without the credential", async () => {
  const logged: unknown[] = [];
  const original = console.error;
  console.error = (...words: unknown[]) => logged.push(...words);
  try {
    const { call } = start([200], {
      onCall: () => {
        throw new Error("our fault, near canary-4f1c9d7be2");
      },
    });
    expect(await call("GET", "/things")).toEqual({
      error: {
        kind: "internal",
        message: "Twofold failed on this call; it is a fault of the server, not of the program.",
      },
    });
  } finally {
    console.error = original;
  }
  expect(logged.join(" ")).toContain("our fault, near [redacted]");
});

describe("a run's share, counted where calls pass", () => {
  const refusal = (kind: string, words: string) => ({
    error: { kind, message: expect.stringContaining(words) as string },
  });

  test("of bytes sent: the body that would pass it stays here", async () => {
    const { call, sent } = start([200], { limits: { ...limits, bytesOut: 20 } });
    const given = { json: { text: "0123" } };
    expect(await call("POST", "/things", { body: given })).toMatchObject({ status: 200 });
    expect(await call("POST", "/things", { body: given })).toMatchObject(
      refusal("limit", "sent 15 bytes, and 15 more"),
    );
    expect(sent).toHaveLength(1);
  });

  test("of bytes read: after the answer that reaches it nothing is asked", async () => {
    const { call, sent } = start([200], { limits: { ...limits, bytesIn: 10 } });
    expect(await call("GET", "/things")).toMatchObject({ status: 200 });
    expect(await call("GET", "/things")).toMatchObject(refusal("limit", "bytes of answers, of 10 it may"));
    expect(sent).toHaveLength(1);
  });

  test("of mistakes: after so many, reasons are looked for no more, not even for a call that is none", async () => {
    const { call, sent } = start([200], { limits: { ...limits, refusals: 2 } });
    for (let n = 0; n < 2; n += 1)
      expect(await call("GET", "/nowhere")).toMatchObject(refusal("unknown-operation", "Nearest"));
    expect(await call("GET", "/things")).toMatchObject(refusal("limit", "2 calls of this run were refused"));
    expect(sent).toHaveLength(0);
  });
});

describe("in read-only", () => {
  test("a value does not turn a read into its neighbour that acts", async () => {
    const { call, sent } = start([200], { access: "read" });
    const get = (id: string) => call("GET", "/jobs/{id}", { params: { id } });
    expect(await get("run")).toMatchObject({ error: { kind: "policy" } });
    expect(sent).toEqual([]);
    expect(await get("7")).toMatchObject({ status: 200 });
  });

  test.each<[string, object]>([
    ["a body", { body: { json: { _method: "DELETE" } } }],
    ["a form", { body: { form: [{ name: "_METHOD", value: "DELETE" }] } }],
    ["a text", { body: { text: "q=1&_method=DELETE" } }],
    ["a text after a semicolon", { body: { text: "q=1;_method=DELETE" } }],
    ["an encoded text", { body: { text: "q=1&%5Fm%65thod=DELETE" } }],
    ["a text of JSON", { body: { text: '{"\\u005fmethod":"DELETE"}' } }],
    ["a list", { body: { json: [{ _method: "DELETE" }] } }],
    ["a text of UTF-16", { body: { text: [..."_method=DELETE"].join("\0") } }],
    [
      "a multipart text",
      {
        body: { text: '--b\r\ncontent-disposition: form-data; name="_method"\r\n\r\nDELETE\r\n--b--' },
        headers: { "content-type": "multipart/form-data; boundary=b" },
      },
    ],
    ["the query", { body: { json: {} }, query: { _method: "DELETE" } }],
  ])("a field that makes another method of a POST stays here: in %s", async (_, more) => {
    const unchecked = { ...more, validate: false };
    const { call, sent } = start([200], { access: "read" });
    const answer = await call("POST", "/search", unchecked);
    expect(sent).toEqual([]);
    expect(answer).toMatchObject({
      error: { message: expect.stringMatching(/^The field _method/i) as string },
    });
    const harmless = { payment_method: "card", a: "my_method", b: "_methods", c: "method", d: "100%" };
    expect(await call("POST", "/search", { body: { json: harmless }, validate: false })).toMatchObject({
      status: 200,
    });
  });

  test("a body that cannot be looked into stays here too", async () => {
    const { call, sent } = start([200], { access: "read" });
    const packed = {
      body: { text: "anything" },
      headers: { "content-encoding": "gzip" },
      validate: false,
    };
    expect(await call("POST", "/search", packed)).toMatchObject({
      error: { kind: "policy", message: expect.stringContaining("cannot be looked into") as string },
    });
    expect(sent).toEqual([]);
  });

  test("where everybody may write, a POST may name its method, unless some operation is denied", async () => {
    const override = { body: { json: { _method: "PUT" } }, validate: false };
    expect(await start([200]).call("POST", "/things", override)).toMatchObject({ status: 200 });
    const some = cutDocument(structuredClone(document));
    applyPolicy(some.index, { deny: [{ operations: "clear", reason: "Kept." }] }, "policy");
    const denying = new Operations(some.index, encodePieces(some.pieces).buffer as ArrayBuffer, limits);
    const { call, sent } = start([200], { operations: denying });
    expect(await call("POST", "/things", override)).toMatchObject({ error: { kind: "policy" } });
    expect(sent).toEqual([]);
  });
});

describe("a call is recorded", () => {
  const recording = (refusal?: string) => {
    const before: CallRecord[] = [];
    const record: Recorder = {
      before: async (call) => {
        before.push({ ...call });
        return refusal;
      },
      after: () => undefined,
    };
    return { before, record };
  };

  test("and what is recorded of a call holds no credential, ours or one that the program put there", async () => {
    const { before, record } = recording();
    const { call, sent } = start([200], { record });
    await call("GET", "/things", { query: { q: "canary-4f1c9d7be2" }, validate: false });
    expect(sent[0]?.url).toContain("canary-4f1c9d7be2");
    expect(before.map(({ path }) => path)).toEqual(["/v1/things?q=[redacted]"]);
  });

  test("and what cannot be recorded is not sent", async () => {
    const { record } = recording("The journal cannot be written now.");
    const { call, sent, gateway } = start([200], { record });
    expect(await call("DELETE", "/things")).toMatchObject({ error: { kind: "journal" } });
    expect(sent).toEqual([]);
    expect(gateway.ledger).toMatchObject([{ method: "DELETE", status: "not sent" }]);
  });
});

test("a write that its principal has no room for is not sent; a read is", async () => {
  const { call, sent } = start([200], { beforeWrite: async () => "Too many writes an hour." });
  expect(await call("DELETE", "/things")).toMatchObject({
    error: { kind: "limit", message: "Too many writes an hour." },
  });
  expect(sent).toEqual([]);
  expect(await call("GET", "/things")).toMatchObject({ status: 200 });
});

test("a field that policy hides is hidden, and its marker does not come back", async () => {
  const { call } = start([], {
    redact: ["password"],
    fetch: async () => Response.json({ user: { name: "a", password: "p" } }),
  });
  const { data } = (await call("GET", "/things")) as { data: { json: { user: object } } };
  expect(data.json.user).toEqual({ name: "a", password: "[redacted]" });
  expect(await call("PUT", "/things", { body: { json: data.json } })).toMatchObject({
    error: { kind: "redacted" },
  });
});
