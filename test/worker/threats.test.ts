import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { startWeakenedTwofold, type WeakenedTwofold } from "./start-weakened.ts";
import { callTool, run } from "./tool-call.ts";
import { startUpstream, upstreamDocument } from "./upstream.ts";

const canary = "canary-7d10c2e8f4";

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: WeakenedTwofold;
beforeAll(async () => {
  upstream = await startUpstream();
  twofold = await startWeakenedTwofold({
    document: upstreamDocument,
    baseUrl: `${upstream.url}/base`,
    auth: { type: "bearer" },
    secrets: { API_TOKEN: canary },
  });
});
afterAll(async () => {
  await twofold?.stop();
  await upstream?.stop();
});
beforeEach(() => {
  upstream.received.length = 0;
});

const textOf = ({ content }: { content: { text: string }[] }) => content[0]?.text ?? "";

describe("T1: a program reaches the network", () => {
  const waysOut: [string, string][] = [
    ["fetch", `globalThis.fetch("URL/x")`],
    ["fetch of a Request", `globalThis.fetch(new Request("URL/x", { method: "POST", body: "b" }))`],
    ["fetch taken off the prototype", `Object.getPrototypeOf(globalThis).fetch.call(globalThis, "URL/x")`],
    ["an upgrade", `globalThis.fetch("URL/x", { headers: { upgrade: "websocket" } })`],
    ["a beacon", `globalThis.navigator.sendBeacon("URL/x", "b")`],
    ["a WebSocket", `new globalThis.WebSocket("WSURL/x")`],
    ["an EventSource", `new globalThis.EventSource("URL/x")`],
  ];
  // The program waits, so that what it began in the background has time to leave.
  const attempt = (expression: string) =>
    `async () => { try { await (${expression.replace("WSURL", upstream.url.replace("http", "ws")).replace("URL", upstream.url)}); } catch {} await new Promise((done) => setTimeout(done, 300)); return 1; }`;

  test.each(waysOut)("T1: not by %s", async (_, expression) => {
    await twofold.weakened({ code: attempt(expression) });
    expect(upstream.received).toHaveLength(0);
  });

  test.each(waysOut)("T1, control: by %s where the network is open", async (_, expression) => {
    await twofold.weakened({ code: attempt(expression), without: "closed network" });
    expect(upstream.received).toHaveLength(1);
  });

  const socket = {
    "main.guest.js": `import { WorkerEntrypoint } from "cloudflare:workers";
import { connect } from "cloudflare:sockets";
export default class extends WorkerEntrypoint {
  async run() {
    const { port } = new URL("URL");
    let text = "closed";
    try { await connect({ hostname: "127.0.0.1", port: Number(port) }).opened; text = "open"; } catch {}
    return JSON.stringify({ kind: "ok", text, logs: [] });
  }
}`,
  };
  test("T1: not by a TCP socket, even for code that can import one", async () => {
    const modules = {
      "main.guest.js": socket["main.guest.js"].replace('URL("URL")', `URL("${upstream.url}")`),
    };
    expect(textOf(await twofold.weakened({ code: "1", modules }))).toBe("closed");
    const open = await twofold.weakened({ code: "1", modules, without: "closed network" });
    expect(textOf(open)).toBe("open");
  });

  test("T1, T5: whatever is loaded has no network, no environment, no Node and a limit of CPU", async () => {
    const { loaded } = await twofold.weakened({ code: "find('x').length + Object.keys(spec).length" });
    expect(loaded).toEqual([
      {
        globalOutbound: null,
        env: {},
        limits: { cpuMs: limits.cpuMs, subRequests: 0 },
        compatibilityFlags: [
          "no_nodejs_compat",
          "no_nodejs_compat_v2",
          "disallow_importable_env",
          "disallow_eval_during_startup",
        ],
      },
    ]);
  });
});

describe("T2: a program looks for the credential", () => {
  /** Everything that can be reached from the roots by own keys, prototypes and getters, as texts. */
  const look = `async () => {
    const found = new Set();
    const forms = ["${canary}", btoa("${canary}"), encodeURIComponent("${canary}"), [..."${canary}"].reverse().join("")];
    const check = (text, path) => { if (forms.some((form) => text.includes(form)) && !path.startsWith("root.own")) found.add(path); };
    const seen = new Set();
    let places = 0;
    const visit = (value, path, depth) => {
      if (typeof value === "string" || typeof value === "symbol") return check(String(value), path);
      if (value === null || (typeof value !== "object" && typeof value !== "function") || depth > 9 || seen.has(value)) return;
      seen.add(value);
      places += 1;
      if (typeof value === "function") try { check(Function.prototype.toString.call(value), path); } catch {}
      let keys = [];
      try { keys = Reflect.ownKeys(value); } catch {}
      for (const key of keys) {
        const next = path + "." + String(key);
        check(String(key), next);
        let inner;
        try { inner = value[key]; } catch (error) { visit(error, next, depth + 1); continue; }
        visit(inner, next, depth + 1);
      }
      try { visit(Object.getPrototypeOf(value), path + ".__proto__", depth + 1); } catch {}
    };
    Error.prepareStackTrace = (error, sites) => sites.map((site) => [site.getThis(), site.getFunction(), site.getFileName(), site.getEvalOrigin()]);
    const caught = [];
    const attempt = async (make) => { try { caught.push(await make()); } catch (error) { caught.push(error, error.stack, error.cause); } };
    await attempt(() => api.request({ method: "GET", path: "/headers" }));
    for (const path of ["/reset", "/redirect", "/bad-gateway", "/nowhere", "/items/%2e%2e"]) await attempt(() => api.request({ method: "GET", path }));
    await attempt(() => api.request({ method: "GET", path: "/nothing", headers: { authorization: "x" } }));
    await attempt(() => api.request(Object.create({ toJSON: () => 1 })));
    await attempt(() => { throw new Error("own"); });
    JSON.stringify = () => 5n;
    await attempt(() => api.request({ method: "GET", path: "/nothing" }));
    visit({ globalThis, api, spec, console, caught, notes: (function () { return arguments; })(api) }, "root", 0);
    for (const key of ["env", "ctx", "process", "API_TOKEN", "MCP_TOKEN"]) if (globalThis[key] !== undefined) found.add(key);
    return { found: [...found], enough: places > 500 };
  }`;

  test("T2: it is in nothing a program can reach, in any spelling", async () => {
    const answer = await callTool(twofold.url, "execute", { code: look });
    expect(answer).toMatchObject({ isError: false, text: '{"found":[],"enough":true}' });
    expect(answer.raw + twofold.output()).not.toContain(canary);
    // What is searched for did go to the API in this very run.
    expect(upstream.received.map(({ headers }) => headers.authorization)).toContain(`Bearer ${canary}`);
  });

  test.each([
    ["a global", `globalThis.deep = { list: [{ token: "${canary}" }] };`],
    [
      "a getter of a prototype",
      `class Hidden { get token() { return btoa("${canary}"); } } globalThis.deep = new Hidden();`,
    ],
    ["the text of a function", `globalThis.deep = { call: () => "${canary}" };`],
  ])("T2, control: the same program finds one that stands in %s", async (_, prelude) => {
    const { found } = JSON.parse(textOf(await twofold.weakened({ code: look, prelude }))) as {
      found: string[];
    };
    expect(found.some((path) => path.startsWith("root.globalThis.deep"))).toBe(true);
  });
});

describe("T3: a program calls after its run", () => {
  const call = `api.request({ method: "GET", path: "/nothing" })`;
  const ways: [string, string][] = [
    ["a timer", `setTimeout(() => ${call}, 50)`],
    ["an interval", `setInterval(() => ${call}, 50)`],
    ["scheduler.wait", `globalThis.scheduler.wait(50).then(() => ${call})`],
    [
      "a kept reference",
      `globalThis.kept = api.request; setTimeout(() => globalThis.kept({ method: "GET", path: "/nothing" }), 50)`,
    ],
    [
      "a race it lost",
      `Promise.race([1, (async () => { await new Promise((done) => setTimeout(done, 50)); return ${call}; })()])`,
    ],
    [
      "an async iterator",
      `(async () => { for await (const _ of (async function* () { for (;;) { await new Promise((done) => setTimeout(done, 50)); yield 1; } })()) await ${call}; })()`,
    ],
    [
      "a stream",
      `new ReadableStream({ async pull(controller) { await new Promise((done) => setTimeout(done, 50)); await ${call}; controller.enqueue(1); } }).pipeTo(new WritableStream({}))`,
    ],
    ["an aborted signal", `AbortSignal.timeout(50).addEventListener("abort", () => ${call})`],
    [
      "a message",
      `const { port1, port2 } = new MessageChannel(); port1.onmessage = () => ${call}; setTimeout(() => port2.postMessage(1), 50)`,
    ],
  ];
  const ends: [string, string][] = [
    ["a result", "return 1;"],
    ["an error", `throw new Error("end");`],
    ["the limit of time", "await new Promise((done) => setTimeout(done, 30_000));"],
  ];
  const program = (way: string, end: string) => `async () => { ${way}; ${end} }`;
  const limit = { wallMs: 400 };

  test.each(
    ways.flatMap(([way, code]) => ends.map(([end, last]) => [way, end, program(code, last)] as const)),
  )("T3: not from %s, after %s", async (_way, _end, code) => {
    const { asked, sent } = await twofold.weakened({ code, limits: limit, holdMs: 300 });
    expect([asked.later, sent.later]).toEqual([asked.atEnd, sent.atEnd]);
  });

  test.each(ways)("T3, control: %s calls after a result where nothing is closed", async (_, way) => {
    const { sent } = await twofold.weakened({
      code: program(way, "return 1;"),
      without: "closing",
      holdMs: 300,
    });
    expect(sent.atEnd).toBe(0);
    expect(sent.later).toBeGreaterThan(0);
  });

  test("T3: what is in flight when the run ends is let go of", async () => {
    const code = `async () => { ${call.replace("/nothing", "/slow")}; await new Promise((done) => setTimeout(done, 100)); return 1; }`;
    const answer = await callTool(twofold.url, "execute", { code });
    expect(answer.notes).toContain("GET /slow → in flight");
  });
});

describe("T4: one run finds what another left", () => {
  /** Leaves a mark wherever something can be left, waits for the others, and says what it found and whether its own stayed. */
  const marks = `async () => {
    const places = [globalThis, Object.prototype, Array.prototype, Function.prototype, Promise.prototype, Math, JSON, Intl, Reflect, globalThis.navigator, globalThis.performance, globalThis.crypto, globalThis.console, console, api.request, Error, globalThis.Cloudflare];
    const read = () => places.map((place) => place.left).concat(/left-(\\w+)/.exec(Symbol.for("s").description) ?? [], RegExp.$1, typeof spec === "object" ? [spec.info.left, spec.paths["/nothing"].get.left] : []).filter((one) => one !== undefined && one !== "");
    const before = read();
    const mine = crypto.randomUUID();
    for (const place of places) try { Object.defineProperty(place, "left", { value: mine, writable: true, configurable: true }); } catch {}
    spec.info.left = spec.paths["/nothing"].get.left = mine;
    await api.request({ method: "GET", path: "/busy" });
    await api.request({ method: "GET", path: "/nothing" });
    return { before, others: read().filter((one) => one !== mine).length, own: read().filter((one) => one === mine).length > 10 };
  }`;
  const clean = { before: [], others: 0, own: true };

  test("T4: runs of the same code at once, interleaved, and once more after them, see nothing of each other", async () => {
    const at = Array.from({ length: 8 }, () => run(twofold.url, "execute", marks));
    expect(await Promise.all(at)).toEqual(at.map(() => clean));
    expect(await run(twofold.url, "execute", marks)).toEqual(clean);
  });

  test("T4, control: in an isolate that is kept the second run finds what the first left", async () => {
    const code = `async () => { const before = globalThis.left; globalThis.left = "mark"; return before ?? "nothing"; }`;
    const kept = async () => textOf(await twofold.weakened({ code, without: "new isolate" }));
    expect([await kept(), await kept()]).toEqual(["nothing", "mark"]);
    expect(textOf(await twofold.weakened({ code }))).toBe("nothing");
  });

  test("T4: there is no cache to leave something in", async () => {
    const code = `async () => { await (await globalThis.caches.open("c")).put("http://c/", new Response("left")); return 1; }`;
    expect(await twofold.weakened({ code })).toMatchObject({ isError: true });
  });
});

describe("T7: a program hangs", () => {
  const slow = `await api.request({ method: "GET", path: "/nothing" });`;
  test.each([
    ["a timer", `await new Promise((done) => setTimeout(done, 40_000));`],
    ["an answer that is late", `await api.request({ method: "GET", path: "/slow" });`],
    [
      "an iterator without end",
      `for await (const _ of (async function* () { for (;;) { await new Promise((done) => setTimeout(done, 20)); yield 1; } })());`,
    ],
    [
      "a stopped clock",
      `Date.now = () => 0; globalThis.setTimeout = () => 0; globalThis.performance.now = () => 0; await globalThis.scheduler.wait(40_000);`,
    ],
    [
      "patched promises",
      `setInterval(() => 1, 100); Promise.prototype.then = () => new Promise(() => {}); await { then() {} };`,
    ],
    ["its own getter", `return { get a() { return 1; }, then() { setInterval(() => 1, 100); } };`],
  ])("T7: %s: the host's deadline answers, with the calls that were made", async (_, hang) => {
    const code = `async () => { ${slow} ${hang} return "came to its end"; }`;
    const { isError, content } = await twofold.weakened({ code, limits: { wallMs: 600 } });
    expect(isError).toBe(true);
    expect(content[0]?.text).toContain("The program ran longer than 0.6 s and was ended.");
    expect(content[1]?.text).toContain("GET /nothing → 204");
  });

  test("T7: an isolate whose guest never answers is left at the deadline as well", async () => {
    const main = `import { WorkerEntrypoint } from "cloudflare:workers"; export default class extends WorkerEntrypoint { run() { setInterval(() => 1, 10); return new Promise(() => {}); } }`;
    const how = { code: "1", modules: { "main.guest.js": main }, limits: { wallMs: 600 } };
    expect(textOf(await twofold.weakened(how))).toContain("ran longer than 0.6 s");
  });

  test("T7, control: the same wait under a later deadline comes to its end", async () => {
    const code = `async () => { ${slow} await api.request({ method: "GET", path: "/slow" }); return "came to its end"; }`;
    expect(textOf(await twofold.weakened({ code, limits: { wallMs: 20_000 } }))).toBe("came to its end");
  });
});
