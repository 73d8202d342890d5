// What can take a whole runtime down, each in a runtime of its own. What a watchdog has to end is in watchdog.test.ts.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { tsPlugin } from "@sveltejs/acorn-typescript";
import * as acorn from "acorn";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bundleGuest } from "../../scripts/build-guest.ts";
import { repositoryRoot } from "../../scripts/repository-root.ts";
import { limits } from "../../src/limits.ts";
import { startWeakenedTwofold, type WeakenedTwofold } from "./start-weakened.ts";
import { callTool, run } from "./tool-call.ts";
import { startUpstream, upstreamDocument } from "./upstream.ts";

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: WeakenedTwofold;
function eachInItsOwnRuntime(): void {
  beforeEach(async () => {
    upstream = await startUpstream();
    twofold = await startWeakenedTwofold({ document: upstreamDocument, baseUrl: `${upstream.url}/base` });
  });
  afterEach(async () => {
    await twofold?.stop();
    await upstream?.stop();
  });
}

const nested = (open: string, close: string, times: number) => open.repeat(times) + "1" + close.repeat(times);

describe("T5: a program that the host reads without end", () => {
  eachInItsOwnRuntime();
  const texts: [string, string][] = [
    ["readings of types within readings", nested("<T>(", ")", 40)],
    ["arrow functions with types within each other", nested("(a: number = ", ") => 1", 60)],
    ["conditions that could be arrow functions", nested("1 ? (a) : b => ", "", 200)],
    ["calls that could be comparisons", nested("f<T, ", ">(1)", 500)],
    ["parentheses", nested("(", ")", 30_000)],
    ["templates", nested("`${", "}`", 12_000)],
    ["statements within statements", nested("if (1) ", "", 8_000)],
    ["members of members", `globalThis${".a".repeat(30_000)}`],
    ["operators before operators", nested("!", "", 60_000)],
    ["types within types", `let x: ${"Array<".repeat(9_000)}1${">".repeat(9_000)}; 1`],
    ["fences", "```js\n".repeat(10_000)],
    ["escapes", `"${"\\n\\".repeat(20_000)}`],
  ];
  // The first of them alone would take the runtime longer than any test may.
  test("T5: is answered, and so is the next caller, whatever it is made of", async () => {
    for (const [what, code] of texts) {
      await callTool(twofold.url, "search", { code });
      expect(await run(twofold.url, "search", `"${what}".length`)).toBe(what.length);
    }
  });
});

test("T5, control: the parser of types alone needs twice as long for each level of such nesting, and more", () => {
  const tokens = (levels: number) => {
    let count = 0;
    const Typed = acorn.Parser.extend(tsPlugin()) as unknown as new (...given: unknown[]) => Counted;
    interface Counted {
      nextToken(): void;
      parse(): unknown;
    }
    class Counting extends Typed {
      override nextToken(): void {
        count += 1;
        super.nextToken();
      }
    }
    new Counting({ ecmaVersion: "latest", locations: true }, nested("<T>(", ")", levels)).parse();
    return count;
  };
  expect(tokens(12)).toBeGreaterThan(16 * tokens(8));
});

describe("T6: a program that fills the memory all runs share", () => {
  eachInItsOwnRuntime();
  /** Two hundred calls at once, all of one text: the isolate holds it once, the host would hold it two hundred times. */
  const code = `async () => {
    const text = JSON.stringify({ method: "GET", path: "/busy" });
    JSON.stringify = () => text;
    const calls = Array.from({ length: 200 }, () => api.request({ method: "GET", path: "/busy" }));
    return (await Promise.all(calls)).length;
  }`;

  const noGate = async () => ({
    "main.guest.js": await bundleGuest("request", {
      replaced: { "gate.guest.js": "export const createGate = (capability) => capability;" },
    }),
  });

  test("T6: no more of its calls cross to the host than are let out at once, and all are made", async () => {
    const { content, crossed, sent } = await twofold.weakened({ code });
    expect([content[0]?.text, sent.atEnd, crossed]).toEqual(["200", 200, limits.concurrentCalls]);
  });

  test("T6: nor when it patches what a queue might be made of, with the control", async () => {
    const patches = `Array.prototype.push = () => 0; Array.prototype.shift = () => ({ resolve() {} }); Map.prototype.get = () => 0;
      Promise.withResolvers = () => ({ promise: 1, resolve() {} });
      globalThis.Promise = class { constructor(begin) { begin(() => 0, () => 0); return Object.assign(this, { then: (done) => done() }); } static all = (list) => list[0]; };`;
    const patched = code.replace("const calls", `${patches} const calls`);
    const how = { code: patched, limits: { wallMs: 3_000 } };
    expect((await twofold.weakened(how)).crossed).toBe(limits.concurrentCalls);
    expect((await twofold.weakened({ ...how, modules: await noGate() })).crossed).toBe(200);
  });

  test("T6: nor when it ends waits before their time", async () => {
    // An await asks a promise for its constructor, and calls `then` where that is another: so a program can end it.
    const patches = `const own = Promise, { then } = Promise.prototype, ended = new Set();
      Object.defineProperty(Promise.prototype, "constructor", { get() {
        if (ended.size > 1_000 || !new Error().stack.includes("gate.guest.js")) return own;
        ended.add(this);
        return Object;
      } });
      Promise.prototype.then = function (...next) { return ended.has(this) ? next[0]() : then.apply(this, next); };`;
    const patched = code.replace("const calls", `${patches} const calls`);
    // Beside the others, so that its places in a stack can be told from theirs.
    const modules = {
      "main.guest.js": await bundleGuest("request", { apart: ["gate.guest.js"] }),
      "gate.guest.js": await readFile(join(repositoryRoot, "src/sandbox/gate.guest.js"), "utf8"),
    };
    const { crossed } = await twofold.weakened({ code: patched, modules, limits: { wallMs: 3_000 } });
    expect(crossed).toBe(limits.concurrentCalls);
  });

  test("T6, control: without the gate all of them cross at once", async () => {
    expect((await twofold.weakened({ code, modules: await noGate() })).crossed).toBe(200);
  });
});
