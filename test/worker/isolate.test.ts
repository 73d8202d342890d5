import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { callTool, post, run } from "./tool-call.ts";
import { startUpstream, upstreamDocument } from "./upstream.ts";

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: TestTwofold;
beforeAll(async () => {
  upstream = await startUpstream();
  // A program may keep the processor 1 s there, not 3, which the corpus sits out.
  const main = join(import.meta.dirname, "short-waits.ts");
  twofold = await startTestTwofold({ document: upstreamDocument, baseUrl: `${upstream.url}/base`, main });
});
afterAll(async () => {
  await twofold?.stop();
  await upstream?.stop();
});

describe("a program", () => {
  test.each([
    ["fetch", `globalThis.fetch("URL/x")`],
    [
      "WebSocket",
      `new Promise((resolve, reject) => { const s = new globalThis.WebSocket("URL/x"); s.onopen = () => resolve("open"); s.onerror = () => reject(new Error("no socket")); })`,
    ],
    [
      "EventSource",
      `new Promise((resolve, reject) => { const s = new globalThis.EventSource("URL/x"); s.onopen = () => resolve("open"); s.onerror = () => reject(new Error("no source")); })`,
    ],
    [
      "a TCP socket",
      `import("cloudflare:sockets").then(async ({ connect }) => { const s = connect("HOST"); await s.opened; return "open"; })`,
    ],
    [
      "node:http",
      `import("node:http").then(({ get }) => new Promise((resolve, reject) => get("URL/x", resolve).on("error", reject)))`,
    ],
  ])("reaches no network by %s", async (_, expression) => {
    const before = upstream.received.length;
    const code = expression.replaceAll("URL", upstream.url).replaceAll("HOST", upstream.url.slice(7));
    const answer = await callTool(twofold.url, "execute", { code: `async () => String(await ${code})` });
    expect(answer.isError).toBe(true);
    expect(upstream.received).toHaveLength(before);
  });

  test("reaches the API by its capability (the control of the above)", async () => {
    expect(
      await run(twofold.url, "execute", `(await api.request({ method: "GET", path: "/nothing" })).status`),
    ).toBe(204);
  });

  test.each(["Function", "Object"])(
    "does not say that it wants bodies by a mark on %s.prototype",
    async (name) => {
      const count = `${name}.prototype.wanted = true; return Object.keys(spec.paths).length;`;
      expect(await run(twofold.url, "search", `async () => { ${count} }`)).toBeGreaterThan(0);
    },
  );

  test("sees no Node, no eval and no modules", async () => {
    const seen = await run(
      twofold.url,
      "execute",
      `async () => {
        const evil = (make) => { try { make(); return "worked"; } catch (error) { return error.name; } };
        return [typeof process, typeof require, typeof Buffer, evil(() => (0, globalThis.eval)("1")), evil(() => new Function("return 1"))];
      }`,
    );
    expect(seen).toEqual(["undefined", "undefined", "undefined", "EvalError", "EvalError"]);
    for (const name of ["cloudflare:workers", "./main.guest.js", "program.js", "bodies.bin"]) {
      const answer = await callTool(twofold.url, "execute", { code: `const x = await import("${name}"); x` });
      expect(answer.text).toContain("import is not available: there are no modules here");
    }
  });

  test("calls nothing after its run, neither from a timer nor a kept reference", async () => {
    const late = `({ method: "DELETE", path: "/items/{id}", params: { id: "late" } })`;
    const answer = await callTool(twofold.url, "execute", {
      code: `async () => {
        const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms)).then(() => api.request(${late}));
        later(300); later(200); globalThis.kept = api;
        setTimeout(() => globalThis.kept.request(${late}), 100);
        return 1;
      }`,
    });
    expect(answer.text).toBe("1");
    await sleep(900);
    expect(upstream.received.filter(({ url }) => url.includes("late"))).toEqual([]);
  });

  test("that waits for the API is not taken for an endless loop", async () => {
    const code = `let n = 0; for (let i = 0; i < 2; i += 1) { const { data } = await api.request({ method: "GET", path: "/slow" }); n += [...data].map((x) => x).length; } n`;
    expect(await run(twofold.url, "execute", code)).toBe(8);
  });

  test("keeps nothing for the next run of the same code", async () => {
    const code = `async () => { const before = globalThis.kept ?? 0; globalThis.kept = before + 1; return before; }`;
    expect([await run(twofold.url, "execute", code), await run(twofold.url, "execute", code)]).toEqual([
      0, 0,
    ]);
  });

  test("that changes the document changes it for nobody else", async () => {
    const code = `async () => { const before = spec.paths["/echo"].post.summary; spec.paths["/echo"].post.summary = "changed"; delete spec.info; return before; }`;
    expect((await callTool(twofold.url, "search", { code })).text).toBe("The operation echo");
    expect((await callTool(twofold.url, "search", { code })).text).toBe("The operation echo");
  });

  test.each([
    ["the index alone", `Object.values(spec.paths).flatMap((item) => Object.keys(item)).length`, "20"],
    [
      "a body by a name it makes up",
      `const key = ["para", "meters"].join(""); spec.paths["/items/{id}"].get[key][0].name`,
      "id",
    ],
    [
      "a body it catches the lack of",
      `let got = "nothing"; try { got = Object.entries(spec.paths["/items/{id}"].get).length } catch {} got`,
      "4",
    ],
    ["a component", `Object.keys(spec["compo" + "nents"].schemas)[0]`, "Node"],
  ])("reads %s, however it asks", async (_, code, expected) => {
    expect((await callTool(twofold.url, "search", { code })).text).toBe(expected);
  });

  test("that asks for chance or the clock is answered anew, any other from what is known", async () => {
    const twice = async (code: string) => [
      await run(twofold.url, "search", code),
      await run(twofold.url, "search", code),
    ];
    const [chance, other] = await twice("Math.random()");
    expect(chance).not.toBe(other);
    const [first, again] = await twice("Object.keys(spec.paths).length + 0 * [].length");
    expect(again).toBe(first);
  });

  test.each([
    "for (;;) {}",
    "while (true);",
    "const f = async () => { await 0; return f(); }; f()",
    "async () => { for (;;) await 0 }",
    "for (;;) { try { for (;;) {} } catch {} }",
    "const \\u0074ick = () => 0; for (;;) {}",
  ])("that never ends is ended, and the server answers others: %s", async (code) => {
    const answer = await callTool(twofold.url, "search", { code });
    expect(answer).toMatchObject({ isError: true });
    expect(answer.text).toMatch(/kept the processor busy for 1 s.*\nat line 1, column/);
    expect(await run(twofold.url, "search", "1 + 1")).toBe(2);
  });

  test("that patches built-in objects cannot forge more than its own result", async () => {
    const answer = await callTool(twofold.url, "execute", {
      code: `async () => { JSON.parse = () => ({ status: 1 }); Array.prototype.push = () => 0; Promise.prototype.then = () => { throw 1 }; return 1; }`,
    });
    expect(answer.notes).toMatch(/run r_\w{10} · 0 calls/);
    expect(await run(twofold.url, "search", "1 + 1")).toBe(2);
  });
});

describe("bad input", () => {
  test.each<[string, unknown, RegExp]>([
    ["no code", {}, /"code" is missing/],
    ["an empty program", { code: " \n" }, /"code" is empty/],
    ["a number", { code: 1 }, /"code" is a number/],
    ["null", { code: null }, /"code" is null/],
    ["64 KB + 1", { code: " ".repeat(65_536) + "1" }, /65537 bytes long; at most 65536/],
    [
      "a syntax error",
      { code: "const a = 1;\nconst b = ;" },
      /SyntaxError: Unexpected ;\.\nat line 2, column 11:\n   1 \| const a = 1;\n   2 \| const b = ;\n {17}\^/,
    ],
    ["an import", { code: 'import fs from "fs";' }, /import is not available/],
    [
      "a throw",
      { code: 'async () => {\n  throw new TypeError("boom");\n}' },
      /TypeError: boom\nat line 2, column 9/,
    ],
    [
      "a throw of a non-error",
      { code: "throw { reason: 1 }" },
      /threw \{"reason":1\}, which is not an Error/,
    ],
    [
      "fetch",
      { code: 'await fetch("https://example.com")' },
      /fetch is not available: there is no network.*api\.request/,
    ],
    ["a brace that would close our code", { code: "1 }); globalThis.x = (() => {" }, /SyntaxError/],
  ])("%s is answered with what to do", async (_, args, expected) => {
    for (const tool of ["search", "execute"]) {
      const answer = await callTool(twofold.url, tool, args);
      expect(answer.isError).toBe(true);
      expect(answer.text).toMatch(expected);
    }
  });

  test("api in search is answered with the tool that has it", async () => {
    const answer = await callTool(twofold.url, "search", {
      code: `api.request({ method: "GET", path: "/nothing" })`,
    });
    expect(answer).toMatchObject({ isError: true });
    expect(answer.text).toContain(
      "api is not available in search, which calls nothing. Use the execute tool.",
    );
  });

  test("a program of exactly 64 KB runs", async () => {
    expect(await run(twofold.url, "search", `${" ".repeat(65_535)}1`)).toBe(1);
  });

  test("an unknown tool is named", async () => {
    expect((await callTool(twofold.url, "delete_all", {})).text).toContain(
      "The tools are search and execute",
    );
  });

  const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
  test.each<[string, string, Record<string, string>, number, string]>([
    ["evil Origin", ping, { origin: "https://evil.example" }, 403, "Origin"],
    [
      "an Origin that only begins like ours",
      ping,
      { origin: "http://localhost.evil.example" },
      403,
      "Origin",
    ],
    ["the Origin null", ping, { origin: "null" }, 403, "Origin"],
    ["evil Host", ping, { host: "evil.example" }, 403, "Host"],
    ["a Host that only ends like ours", ping, { host: "evil-localhost" }, 403, "Host"],
    ["wrong content type", ping, { "content-type": "text/plain" }, 415, "application/json"],
    ["a JSON-RPC batch", `[${ping},${ping}]`, {}, 400, "batches"],
    ["no JSON", "{", {}, 400, "not JSON"],
    ["a body that is too large", `"${"x".repeat(600_000)}"`, {}, 413, "larger than"],
  ])("%s is refused with one sentence", async (_, body, headers, status, words) => {
    for (const path of ["/mcp", "/"]) {
      const answered = await post(twofold.url + path, body, headers);
      expect(answered.status).toBe(status);
      expect((JSON.parse(answered.text) as { error: { message: string } }).error.message).toContain(words);
    }
  });

  test("the same requests without the fault are answered (the control of the above)", async () => {
    for (const origin of [twofold.url, "http://localhost:6274"]) {
      expect((await post(`${twofold.url}/mcp`, ping, { origin })).status).toBe(200);
    }
    expect((await post(`${twofold.url}/`, ping)).status).toBe(200);
  });

  // The last: it takes the API away.
  test("an API that is down is said to be down", async () => {
    await upstream.stop();
    const answer = await callTool(twofold.url, "execute", {
      code: `api.request({ method: "GET", path: "/nothing" })`,
    });
    expect(answer).toMatchObject({ isError: true });
    expect(answer.text).toContain("did not answer GET /nothing");
  });
});
