import type { Socket } from "node:net";
import { join } from "node:path";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type RawRequest, startRawUpstream, wire } from "./raw-upstream.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { callTool, run } from "./tool-call.ts";

const canary = "canary/4f1c9d7be2+0aQ=";
const json = { "content-type": "application/json" };
const chunked = (type: string) =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;

let elsewhere: Awaited<ReturnType<typeof startRawUpstream>>;
let upstream: Awaited<ReturnType<typeof startRawUpstream>>;
let twofold: TestTwofold;
let failures = 0;

const base64 = (text: string) => Buffer.from(text).toString("base64");
const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));

/** How each path misbehaves. */
const faults: Record<string, (socket: Socket, request: RawRequest) => void> = {
  "/endless": (socket) => {
    socket.write(chunked("text/plain"));
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const more = () => {
      while (!socket.destroyed && socket.write(chunk));
      if (!socket.destroyed) socket.once("drain", more);
    };
    more();
  },
  "/drip": (socket) => {
    socket.write(chunked("application/json"));
    const timer = setInterval(() => socket.write("1\r\n \r\n"), 200);
    socket.once("close", () => clearInterval(timer));
  },
  "/drip-header": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    const timer = setInterval(() => socket.write("x-a: b\r\n"), 200);
    socket.once("close", () => clearInterval(timer));
  },
  "/silent": () => {},
  "/bomb": (socket) => void socket.end(wire(200, { ...json, "content-encoding": "gzip" }, bomb)),
  "/reset-in-body": (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"a":');
    setTimeout(() => socket.resetAndDestroy(), 50);
  },
  "/too-long": (socket) => void socket.end(wire(200, { ...json, "content-length": "1000" }, '{"a":1}')),
  "/too-short": (socket) => void socket.end(wire(200, { ...json, "content-length": "7" }, '{"a":1}{"b":2}')),
  "/bad-chunk": (socket) => void socket.end(`${chunked("application/json")}zz\r\n{}\r\n0\r\n\r\n`),
  "/no-http": (socket) => void socket.end("SSH-2.0-OpenSSH_9.9\r\n"),
  "/deep": (socket) => void socket.end(wire(200, json, `${"[".repeat(2_000_000)}${"]".repeat(2_000_000)}`)),
  "/html": (socket) => void socket.end(wire(200, json, "<!doctype html><title>Sign in</title>")),
  "/patient": (socket) =>
    void socket.end(wire(429, { ...json, "retry-after": "999999999" }, '{"error":"slow down"}')),
  "/nonsense-wait": (socket) =>
    void socket.end(failures++ === 0 ? wire(429, { "retry-after": "-1e99" }) : wire(200, json, '{"made":1}')),
  "/busy-once": (socket) =>
    void socket.end(failures++ === 0 ? wire(429, { "retry-after": "1" }) : wire(201, json, '{"made":1}')),
  "/down-once": (socket) => {
    if (failures++ === 0) socket.resetAndDestroy();
    else socket.end(wire(200, json, '{"up":true}'));
  },
  "/conflict": (socket) =>
    void socket.end(wire(409, json, '{"error":{"code":"taken","message":"There is one"}}')),
  "/denied": (socket) =>
    void socket.end(
      wire(
        403,
        { ...json, "www-authenticate": 'Bearer error="insufficient_scope", scope="things:write"' },
        "{}",
      ),
    ),
  "/echo-json": (socket, { headers }) => {
    const sent = headers["authorization"] ?? "";
    const body = {
      plain: sent,
      [sent]: "a key",
      token: sent.slice(7),
      base64: base64(sent),
      shifted: base64(`x${sent}`),
      twice: base64(base64(sent.slice(7))),
      hex: Buffer.from(sent).toString("hex"),
      url: `https://x.example/?token=${encodeURIComponent(sent.slice(7))}`,
      kept: "canary is only a bird",
    };
    const text = JSON.stringify(body)
      .replaceAll("/", "\\/")
      .replaceAll("9d7", String.raw`\u0039d7`);
    socket.end(
      wire(
        200,
        {
          ...json,
          "x-request-id": sent,
          location: `/next?key=${encodeURIComponent(sent.slice(7))}`,
          link: `<${base64(sent)}>`,
        },
        text,
      ),
    );
  },
  ...Object.fromEntries(
    Object.entries({
      gzip: gzipSync,
      br: brotliCompressSync,
      deflate: deflateSync,
      GZIP: gzipSync,
      zstd: zstdCompressSync,
    }).map(([coding, compress]) => [
      `/coded/${coding}`,
      (socket: Socket, { headers }: RawRequest) =>
        void socket.end(
          wire(
            200,
            { ...json, "content-encoding": coding },
            compress(JSON.stringify({ sent: headers["authorization"] })),
          ),
        ),
    ]),
  ),
  "/echo-text": (socket, { headers }) =>
    void socket.end(wire(200, { "content-type": "text/html" }, `<p>${headers["authorization"]}</p>`)),
  "/echo-bytes": (socket, { headers }) => {
    const bytes = Buffer.concat([
      Buffer.from([0, 255, 254]),
      Buffer.from(headers["authorization"] ?? ""),
      Buffer.from([255]),
    ]);
    socket.end(wire(200, { "content-type": "application/octet-stream" }, bytes));
  },
  "/echo-error": (socket, { headers }) =>
    void socket.end(wire(500, json, JSON.stringify({ error: headers["authorization"] }))),
};
const redirects = [300, 301, 302, 303, 305, 307, 308];

beforeAll(async () => {
  elsewhere = await startRawUpstream((_, socket) => void socket.end(wire(200, json, '{"stolen":true}')));
  upstream = await startRawUpstream((request, socket) => {
    const status = /^\/redirect\/(\d+)/.exec(request.path)?.[1];
    if (status !== undefined) socket.end(wire(Number(status), { location: `${elsewhere.url}/x` }));
    else faults[request.path.split("?")[0] ?? ""]?.(socket, request);
  });
  const operation = { responses: { default: { description: "anything" } } };
  const both = { get: operation, post: operation };
  twofold = await startTestTwofold({
    document: {
      openapi: "3.1.0",
      info: { title: "Faulty", version: "1" },
      paths: {
        ...Object.fromEntries(Object.keys(faults).map((path) => [path, both])),
        "/redirect/{status}": {
          parameters: [{ name: "status", in: "path", required: true, schema: { type: "integer" } }],
          ...both,
        },
      },
    },
    baseUrl: upstream.url,
    // A call may take 10 s there, not 30.
    main: join(import.meta.dirname, "short-waits.ts"),
    auth: { type: "bearer" },
    secrets: { API_TOKEN: canary },
  });
});
afterAll(async () => {
  await twofold?.stop();
  await upstream?.stop();
  await elsewhere?.stop();
});
beforeEach(() => {
  upstream.received.length = 0;
  failures = 0;
});

/** What became of one call: its answer, or its error's kind and message. The ledger must have it either way. */
async function outcome(method: string, path: string): Promise<Record<string, unknown>> {
  const code = `async () => {
    const call = { method: ${JSON.stringify(method)}, path: ${JSON.stringify(path)} };
    try { const { status, ok, headers, data, hint } = await api.request(call); return { status, ok, headers, data, hint }; }
    catch (error) { return { kind: error.kind, message: error.message }; }
  }`;
  const answer = await callTool(twofold.url, "execute", { code });
  expect(answer.notes).toMatch(new RegExp(`· 1 call \\(1 ${method}[^)]*\\) ·`));
  expect(answer.raw).not.toContain("canary/4f1c");
  return JSON.parse(answer.text) as Record<string, unknown>;
}

describe("a redirect", () => {
  test.each(redirects)("%i is shown, never followed", async (status) => {
    expect(await outcome("GET", `/redirect/${status}`)).toMatchObject({
      status,
      ok: false,
      headers: { location: `${elsewhere.url}/x` },
    });
    expect(await outcome("POST", `/redirect/${status}`)).toMatchObject({ status });
    expect(elsewhere.received).toEqual([]);
    expect(upstream.received).toHaveLength(2);
  });
});

describe("a body", () => {
  test("without an end is cut off at its limit", async () => {
    expect(await outcome("GET", "/endless")).toMatchObject({
      kind: "limit",
      message: expect.stringContaining("larger than 16777216 bytes"),
    });
    await expect.poll(() => upstream.open(), { timeout: 10_000 }).toBe(0);
  });
  test("that unpacks to 200 MB is cut off at its limit too", async () => {
    expect(await outcome("GET", "/bomb")).toMatchObject({ kind: "limit" });
  });
  test("that drips, headers that drip and silence end at the time of a call, and the program goes on", async () => {
    const answer = await callTool(twofold.url, "execute", {
      code: `async () => {
        const paths = ["/drip", "/drip-header", "/silent"];
        const ended = await Promise.allSettled(paths.map((path) => api.request({ method: "GET", path })));
        return ended.map(({ reason }) => [reason?.kind, reason?.message]);
      }`,
    });
    const ended = JSON.parse(answer.text) as [string, string][];
    for (const [n, path] of ["/drip", "/drip-header", "/silent"].entries()) {
      expect(ended[n]).toEqual([
        "time",
        `The API did not finish answering GET ${path} within 10 s. Ask for less: a filter or a page.`,
      ]);
    }
    // Not tried again: what was slow once is slow twice.
    expect(upstream.received).toHaveLength(3);
    await expect.poll(() => upstream.open(), { timeout: 10_000 }).toBe(0);
  });
  test("shorter than announced is no answer; longer is cut where it was to end", async () => {
    expect(await outcome("GET", "/too-long")).toMatchObject({ kind: "network" });
    expect(await outcome("GET", "/too-short")).toMatchObject({ status: 200, data: { a: 1 } });
  });
  test("nested two million deep comes through, and its result is cut to what can be read", async () => {
    const answer = await outcome("GET", "/deep");
    expect(answer).toMatchObject({ status: 200, ok: true, data: expect.any(Array) });
    expect(JSON.stringify(answer).length).toBeLessThan(1_000);
  });
  test("of HTML that claims to be JSON is text", async () => {
    expect(await outcome("GET", "/html")).toMatchObject({
      ok: true,
      data: "<!doctype html><title>Sign in</title>",
    });
  });
});

describe("a broken connection", () => {
  test.each(["/reset-in-body", "/bad-chunk", "/no-http"])(
    "%s: a read is tried four times, a write once, and both say what that means",
    async (path) => {
      expect(await outcome("GET", path)).toEqual({
        kind: "network",
        message: expect.stringMatching(
          /the connection failed, 4 times\. It only reads, so it may be tried again/,
        ),
      });
      expect(upstream.received).toHaveLength(4);
      upstream.received.length = 0;
      expect(await outcome("POST", path)).toEqual({
        kind: "network",
        message: expect.stringMatching(/the connection failed\. It may have been carried out all the same/),
      });
      expect(upstream.received).toHaveLength(1);
    },
  );
  test("that works the second time is an answer", async () => {
    expect(await outcome("GET", "/down-once")).toMatchObject({ status: 200, data: { up: true } });
    expect(upstream.received).toHaveLength(2);
  });
  test("is in the ledger with its attempts when the program fails", async () => {
    const answer = await callTool(twofold.url, "execute", {
      code: `async () => { const call = { method: "GET", path: "/no-http" }; return api.request(call); }`,
    });
    expect(answer.isError).toBe(true);
    expect(answer.notes).toContain("GET /no-http → failed (4 attempts)");
  });
});

describe("429", () => {
  test("with an absurd Retry-After is the answer at once, with what it asks", async () => {
    expect(await outcome("GET", "/patient")).toMatchObject({
      status: 429,
      data: { error: "slow down" },
      hint: expect.stringContaining("asks to wait 999999999 s"),
    });
    expect(upstream.received).toHaveLength(1);
  });
  test.each(["/busy-once", "/nonsense-wait"])("%s is waited for, a POST too", async (path) => {
    expect(await outcome("POST", path)).toMatchObject({ ok: true, data: { made: 1 } });
    expect(upstream.received).toHaveLength(2);
  });
});

test.each(["{ ...call, throw: true }", "call, { throw: true }"])(
  "api.request(%s) throws what is not ok, with all of it",
  async (args) => {
    const code = `async () => {
      const call = { method: "POST", path: "/conflict" };
      try { return await api.request(${args}); }
      catch (error) { const { name, message, kind, status, code, body, operation } = error; return { name, message, kind, status, code, body, operation }; }
    }`;
    expect(await run(twofold.url, "execute", code)).toEqual({
      name: "ApiError",
      message: 'POST /conflict answered 409: {"error":{"code":"taken","message":"There is one"}}',
      kind: "status",
      status: 409,
      code: "taken",
      body: { error: { code: "taken", message: "There is one" } },
      operation: "POST /conflict",
    });
  },
);

test("403 comes with what is missing and who can grant it", async () => {
  expect(await outcome("POST", "/denied")).toMatchObject({
    status: 403,
    hint: expect.stringContaining('it lacks what this operation needs: "things:write"'),
  });
});

describe("the credential that the API sends back", () => {
  test("is out of JSON in every encoding, out of headers, and the rest is as it was", async () => {
    const answer = await outcome("GET", "/echo-json");
    const headers = answer["headers"] as Record<string, string>;
    expect(headers["x-request-id"]).toBe("Bearer [redacted]");
    expect(headers["location"]).toBe("/next?key=[redacted]");
    expect(answer["data"]).toMatchObject({
      plain: "Bearer [redacted]",
      "Bearer [redacted]": "a key",
      token: "[redacted]",
      kept: "canary is only a bird",
    });
    const text = JSON.stringify(answer);
    for (const form of [
      canary,
      base64(canary).slice(0, 20),
      Buffer.from(canary).toString("hex"),
      encodeURIComponent(canary),
    ])
      expect(text).not.toContain(form);
    // The control: the API did get it.
    expect(upstream.received[0]?.headers["authorization"]).toBe(`Bearer ${canary}`);
  });
  test("is out of text, errors and bytes", async () => {
    expect(await outcome("GET", "/echo-text")).toMatchObject({ data: "<p>Bearer [redacted]</p>" });
    expect(await outcome("POST", "/echo-error")).toMatchObject({
      status: 500,
      data: { error: "Bearer [redacted]" },
    });
    const bytes = await run(
      twofold.url,
      "execute",
      `async () => { const { data } = await api.request({ method: "GET", path: "/echo-bytes" }); return [...data]; }`,
    );
    const text = Buffer.from(bytes as number[]).toString("latin1");
    expect(text.startsWith("\0\u00ff\u00feBearer [redacted]*")).toBe(true);
    expect(text.endsWith("*\u00ff")).toBe(true);
  });
  test.each(["gzip", "br"])("is out of what is coded as %s", async (coding) => {
    expect(await outcome("GET", `/coded/${coding}`)).toMatchObject({ data: { sent: "Bearer [redacted]" } });
  });
  test.each(["deflate", "GZIP", "zstd"])(
    "does not come in the coding %s, which nobody here decodes",
    async (coding) => {
      expect(await outcome("GET", `/coded/${coding}`)).toEqual({
        kind: "response",
        message: expect.stringContaining(`in the content coding "${coding}"`) as string,
      });
    },
  );
  test("is in no log of the server", () => {
    expect(twofold.output()).not.toContain(canary);
    expect(twofold.output()).not.toContain(base64(canary).slice(0, 20));
  });
});
