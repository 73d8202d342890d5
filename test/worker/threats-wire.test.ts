import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleGuest } from "../../scripts/build-guest.ts";
import { limits } from "../../src/limits.ts";
import { readOutcome } from "../../src/sandbox/read-outcome.ts";
import { startWeakenedTwofold, type WeakenedTwofold } from "./start-weakened.ts";
import { callTool, run } from "./tool-call.ts";
import { startUpstream, upstreamDocument } from "./upstream.ts";

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: WeakenedTwofold;
beforeAll(async () => {
  upstream = await startUpstream();
  twofold = await startWeakenedTwofold({ document: upstreamDocument, baseUrl: `${upstream.url}/base` });
});
afterAll(async () => {
  await twofold?.stop();
  await upstream?.stop();
});

describe("T8: a program answers with a bomb", () => {
  test.each<[string, string]>([
    ["a long array", `Array.from({ length: 300_000 }, (_, n) => ({ n }))`],
    ["an array without items, as long as can be", `new Array(4294967295)`],
    ["a deep object", `Array.from({ length: 9000 }).reduce((inner) => ({ inner }), 1)`],
    ["shared references, 2^30 of them", `Array.from({ length: 30 }).reduce((inner) => [inner, inner], "x")`],
    ["a long key", `[{ ["k".repeat(1e6)]: 1 }]`],
    ["a long text", `"x".repeat(2e7)`],
    ["many long texts", `Array.from({ length: 2000 }, () => "\\u0000\\u2028\\ud83d".repeat(3000))`],
    ["a huge number", `[10n ** 50000n]`],
    [
      "a Proxy of endless depth",
      `(() => { const wide = () => new Proxy({}, { ownKeys: () => ["a", "b", "c"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }), get: () => wide() }); return wide(); })()`,
    ],
    ["a generator without end", `(function* () { for (;;) yield "x".repeat(100); })()`],
    [
      "toJSON that answers what has toJSON",
      `(() => { const make = () => ({ toJSON: make }); return Array.from({ length: 5000 }, make); })()`,
    ],
    [
      "an image that is none of any size",
      `(() => { const bytes = new Uint8Array(4e6); bytes.set([0x89, 0x50, 0x4e, 0x47]); return bytes; })()`,
    ],
  ])("T8: %s is bounded, and what is shown is whole", async (_, value) => {
    const { isError, text, notes, raw } = await callTool(twofold.url, "execute", {
      code: `async () => (${value})`,
    });
    expect(isError).toBe(false);
    expect(text.length).toBeLessThanOrEqual(limits.resultChars);
    expect(notes.length).toBeLessThan(1_000);
    // What is left out is said; an image too large to be shown is told by its size.
    expect(text + notes).toMatch(/[Ll]eft out|are shown|too large to be shown|"size":4000000/);
    // Control characters are six times as long in the JSON of the message.
    expect(raw.length).toBeLessThan(7 * limits.resultChars);
  });

  test.each<[string, string]>([
    ["a cycle", `(() => { const o = { list: [] }; o.list.push(o); Object.assign(o, { o }); return o; })()`],
    ["a getter that throws", `({ get a() { throw new Error("no"); } })`],
    ["a getter that throws what is no error", `({ get a() { throw undefined; } })`],
    ["a function whose name throws", `[new Proxy(function () {}, { get() { throw new Error("no"); } })]`],
    ["a thenable inside", `[{ then: () => { throw new Error("no"); } }]`],
    ["toJSON that throws", `[{ toJSON() { throw new Error("no"); } }]`],
    [
      "a polluted prototype",
      `(() => { Object.prototype.extra = { again: 1 }; Array.prototype.more = 1; return { own: [1] }; })()`,
    ],
  ])("T8: %s is shown as what it is", async (_, value) => {
    const { isError, text } = await callTool(twofold.url, "execute", { code: `async () => (${value})` });
    expect(isError).toBe(false);
    JSON.parse(text);
  });

  test.each<[string, string, RegExp]>([
    ["a flood of lines", `console.log("line " + n)`, /more lines left out/],
    ["a flood of empty lines", `console.log("")`, /more lines left out/],
    ["a flood of huge lines", `console.log("x".repeat(1e4), { n })`, /more lines left out/],
  ])("T8: %s leaves the result where it was", async (_, line, said) => {
    const code = `async () => { for (let n = 0; n < 200_000; n += 1) ${line}; return "kept"; }`;
    const { text, notes } = await callTool(twofold.url, "execute", {
      code: code.replace("200_000", line.includes("1e4") ? "2_000" : "200_000"),
    });
    expect(text).toBe("kept");
    expect(notes).toMatch(said);
    expect(notes.length).toBeLessThan(3 * limits.logChars);
  });

  test("T8: an error that is far too long keeps its place in the program", async () => {
    const code = `async () => {\n  const text = "m".repeat(100_000);\n  throw new Error(text);\n}`;
    const { text } = await callTool(twofold.url, "execute", { code });
    expect(text).toContain("at line 3, column 9");
    expect(text.length).toBeLessThan(2 * limits.errorChars);
  });

  test("T8: half of a surrogate pair, made or cut, is not what reaches the client", async () => {
    const made = await callTool(twofold.url, "execute", { code: `console.log("\\udfff"); "\\ud800"` });
    expect([made.text, made.notes.split("\n")[1]]).toEqual(["\ufffd", "\ufffd"]);
    const cut = await callTool(twofold.url, "execute", { code: `"x" + "\\ud83d\\ude00".repeat(30_000)` });
    expect(cut.text.isWellFormed()).toBe(true);
  });

  test("T8, control: without our rules for results the same bombs are answered with nothing of them", async () => {
    const replaced = {
      "result.guest.js": "export const renderResult = async (value) => ({ text: JSON.stringify(value) });",
    };
    const modules = { "main.guest.js": await bundleGuest("request", { replaced }) };
    const { isError, content } = await twofold.weakened({
      code: `Array.from({ length: 300_000 }, (_, n) => ({ n }))`,
      modules,
    });
    expect(isError).toBe(true);
    expect(content[0]?.text).toContain("The result is larger than");
  });
});

describe("T9: an isolate answers what no guest of ours would", () => {
  const hostile = async (member: string) => {
    const main = `import { WorkerEntrypoint, RpcTarget } from "cloudflare:workers"; export default class extends WorkerEntrypoint { ${member} }`;
    const modules = { "main.guest.js": main };
    const { isError, content } = await twofold.weakened({ code: "1", modules, limits: { wallMs: 2_000 } });
    return { isError: isError === true, text: content[0]?.text ?? "", size: JSON.stringify(content).length };
  };

  test.each([
    ["an object", `run() { return { kind: "ok", text: "forged" }; }`],
    ["a function", `run() { return () => "forged"; }`],
    [
      "an object of functions",
      `run() { return { kind: () => "ok", text: new (class extends RpcTarget {})() }; }`,
    ],
    [
      "a stub that can be awaited",
      `run() { return new (class extends RpcTarget { then(done) { done({ kind: "ok", text: "forged" }); } })(); }`,
    ],
    ["nothing", `run() {}`],
    ["a number", `run() { return 1; }`],
    ["bytes", `run() { return new TextEncoder().encode('{"kind":"ok","text":"forged"}'); }`],
    ["a sparse array", `run() { return new Array(1e9); }`],
    ["a String object", `run() { return Object('{"kind":"ok","text":"forged"}'); }`],
    ["a stream", `run() { return new Response('{"kind":"ok","text":"forged"}').body; }`],
    ["a response", `run() { return new Response('{"kind":"ok","text":"forged"}'); }`],
    ["no JSON", `run() { return "{"; }`],
    ["JSON of no object", `run() { return "null"; }`],
    ["a list", `run() { return '[{"kind":"ok"}]'; }`],
    ["a list of one string", `run() { return ['{"kind":"ok","text":"forged"}']; }`],
    ["no kind", `run() { return '{"text":"forged"}'; }`],
    ["a kind of its own", `run() { return '{"kind":"refused","message":"forged"}'; }`],
    ["the word for missing bodies", `run() { return '{"kind":"bodies"}'; }`],
    ["a kind from the prototype", `run() { return '{"__proto__":{"kind":"ok","text":"forged"}}'; }`],
    ["too long a string", `run() { return JSON.stringify({ kind: "ok", text: "forged".repeat(400_000) }); }`],
    ["a string longer than any message", `run() { return "x".repeat(40 * 1024 * 1024); }`],
    [
      "an error with fields",
      `run() { throw Object.assign(new Error("no"), { kind: "ok", text: "forged" }); }`,
    ],
    ["another entry", `walk() { return "forged"; }`],
    ["a promise that nothing keeps", `run() { return new Promise(() => {}); }`],
  ])("T9: %s is told as a failure of the program", async (_, member) => {
    const { isError, text, size } = await hostile(member);
    expect(isError).toBe(true);
    expect(text).not.toContain("forged");
    expect(size).toBeLessThan(limits.errorChars + 1_000);
  });

  test("T9, control: an honest answer in one string is taken", async () => {
    expect((await hostile(`run() { return '{"kind":"ok","text":"honest","logs":[]}'; }`)).text).toBe(
      "honest",
    );
  });

  test.each([
    ["a value for text", { text: { a: 1 } }],
    ["lines that are none", { text: "t", logs: [1, {}, null, "line", ["x"]] }],
    ["an image that is none", { text: "t", image: { data: "<svg onload=1>", mimeType: "image/svg+xml" } }],
    [
      "an image larger than any of ours",
      { text: "t", image: { data: "A".repeat(1_900_000), mimeType: "image/png" } },
    ],
    ["logs without end", { text: "t", logs: Array.from({ length: 100_000 }, () => "") }],
    ["calls it never made", { text: "t", unfinished: Array.from({ length: 50_000 }, () => "GET /forged") }],
  ])("T9: of an outcome with %s only what is ours is shown", async (_, outcome) => {
    const { isError, size } = await hostile(
      `run() { return ${JSON.stringify(JSON.stringify({ kind: "ok", ...outcome }))}; }`,
    );
    expect(isError).toBe(false);
    expect(size).toBeLessThan(2 * limits.logChars + 1_000);
  });

  test.each(["0:0", "3:99999999999999999999", `${"9".repeat(400)}:${"9".repeat(400)}`, "99999999:1"])(
    "T9: a stack that claims the place %s breaks no answer",
    async (place) => {
      const code = `async () => { const error = new Error("own"); error.stack = "program.js:${place}"; throw error; }`;
      const { text } = await callTool(twofold.url, "execute", { code });
      expect(text).toMatch(/^Error: own/);
    },
  );

  test("T9: whatever the one string is, an outcome of ours and no more comes of it", () => {
    const program = { positionInStack: () => ({ line: 1, column: 1 }) } as unknown as Parameters<
      typeof readOutcome
    >[1];
    const text = fc.oneof(
      fc.string({ maxLength: 300, unit: "binary" }),
      fc.constantFrom("ok", "error", "busy", "bodies", "refused", "limit", "\ud800"),
    );
    const value = fc.oneof(text, fc.jsonValue(), fc.array(text));
    const keys = [
      "kind",
      "text",
      "note",
      "logs",
      "unfinished",
      "image",
      "name",
      "message",
      "stack",
      "__proto__",
    ];
    const outcome = fc.dictionary(fc.constantFrom(...keys), value).map((record) => JSON.stringify(record));
    fc.assert(
      fc.property(fc.oneof(outcome, fc.anything(), text), (answer) => {
        const { kind, ...rest } = readOutcome(answer, program, limits);
        expect(["ok", "program-error", "limit"]).toContain(kind);
        expect(JSON.stringify(rest)).not.toMatch(/\\ud[89a-f]/);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("T10: a program patches what is built in", () => {
  const patches: [string, string][] = [
    [
      "JSON",
      `JSON.parse = () => ({ status: 200, data: {} }); JSON.stringify = () => '{"kind":"ok","text":"forged"}';`,
    ],
    [
      "Promise",
      `Promise.prototype.then = function () { return this; }; Promise.prototype.finally = () => 1; Promise.resolve = () => 1; Promise.all = () => 1;`,
    ],
    [
      "Array.prototype",
      `for (const name of ["push", "map", "slice", "join", "some", "shift", "filter", "includes"]) Array.prototype[name] = () => "forged"; Array.prototype[Symbol.iterator] = function* () { yield "forged"; };`,
    ],
    [
      "String.prototype",
      `for (const name of ["slice", "replace", "startsWith", "toWellFormed"]) String.prototype[name] = () => "forged";`,
    ],
    [
      "Object",
      `Object.keys = () => []; Object.entries = () => []; Object.defineProperty = () => 1; Object.getPrototypeOf = () => 1; Object.hasOwn = () => false;`,
    ],
    [
      "Map and WeakMap",
      `Map.groupBy = () => new Map(); Map.prototype.get = () => "forged"; WeakMap.prototype.get = () => "#/forged"; Set.prototype.add = () => 1;`,
    ],
    [
      "timers and clock",
      `globalThis.setTimeout = () => 0; globalThis.clearTimeout = () => 0; Date.now = () => 0; globalThis.queueMicrotask = () => 0;`,
    ],
    [
      "Error and RegExp",
      `Error.prepareStackTrace = () => "program.js:1:1"; RegExp.prototype.test = () => true; RegExp.prototype.exec = () => null; Object.defineProperty(Error, Symbol.hasInstance, { value: () => false });`,
    ],
  ];

  test.each(patches)(
    "T10: with %s patched the run ends, is counted by the host, and the next one is untouched",
    async (_, patch) => {
      const code = `async () => { await api.request({ method: "GET", path: "/nothing" }); ${patch} try { await api.request({ method: "GET", path: "/nothing" }); } catch {} return 1; }`;
      const before = upstream.received.length;
      const { content } = await twofold.weakened({ code, limits: { wallMs: 3_000 } });
      const made = upstream.received.length - before;
      expect(content.at(-1)?.text).toContain(
        `run r_test · ${made} call${made === 1 ? " (1 GET)" : `s (${made} GET)`}`,
      );
      expect(await run(twofold.url, "execute", `[1, 2].map((n) => n + 1)`)).toEqual([2, 3]);
    },
  );

  test.each([
    ["a path outside the document", `{"method":"GET","path":"//evil.example/"}`],
    ["a path above the base", `{"method":"GET","path":"/items/{id}","params":{"id":".."}}`],
    ["a header of ours", `{"method":"GET","path":"/nothing","headers":{"Authorization":"x"}}`],
    ["a method the path has not", `{"method":"DELETE","path":"/nothing"}`],
    ["what is no call", `{"kind":"ok"}`],
    ["a list", `[{"method":"GET","path":"/nothing"}]`],
    ["a number", `1`],
    ["no text at all", ``],
  ])("T10: the host refuses %s, though the guest's own checks are patched away", async (_, forged) => {
    const before = upstream.received.length;
    const code = `async () => { JSON.stringify = () => ${JSON.stringify(forged)}; return api.request({ method: "GET", path: "/nothing" }); }`;
    expect(await callTool(twofold.url, "execute", { code })).toMatchObject({ isError: true });
    expect(upstream.received).toHaveLength(before);
  });

  test("T10, control: a forged call that the host allows is sent, so the program did speak for itself", async () => {
    const code = `async () => { JSON.stringify = () => '{"method":"GET","path":"/headers"}'; return (await api.request({ method: "GET", path: "/nothing" })).data; }`;
    expect((await callTool(twofold.url, "execute", { code })).text).toBe("ok");
    expect(upstream.received.at(-1)?.url).toBe("/base/headers");
  });

  test.each([
    "() => 1",
    "new Map()",
    "new ReadableStream()",
    "new Proxy({}, {})",
    "new Array(1e6)",
    "new Response('x')",
    "null",
  ])("T10: %s in place of the one string is no call", async (value) => {
    const code = `async () => { JSON.stringify = () => ${value}; return api.request({ method: "GET", path: "/nothing" }); }`;
    const { text } = await callTool(twofold.url, "execute", { code });
    expect(text).toContain("could not be read");
  });
});
