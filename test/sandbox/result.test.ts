import { describe, expect, test } from "vitest";
import { renderResult } from "../../src/sandbox/result.guest.js";

const render = (value: unknown, resultChars = 48_000) =>
  renderResult(value, new WeakMap(), { resultChars, imageBytes: 1024 });
const shown = async (value: unknown) => JSON.parse((await render(value)).text) as unknown;

describe("every value has one way to be shown", () => {
  class Point {
    x = 1;
    #hidden = 2;
    get sum() {
      return this.x + this.#hidden;
    }
  }
  const shared = { a: 1 };
  test.each<[string, unknown, unknown]>([
    ["null", null, null],
    ["undefined in an object and an array", { a: undefined, b: [undefined] }, { b: [null] }],
    ["NaN and infinities", [Number.NaN, Infinity, -Infinity], ["NaN", "Infinity", "-Infinity"]],
    ["BigInt", { n: 12n }, { n: "12n" }],
    ["Date, good and bad", [new Date(0), new Date("x")], ["1970-01-01T00:00:00.000Z", "Invalid Date"]],
    ["Map with names", new Map([["a", 1]]), { a: 1 }],
    ["Map with other keys", new Map([[1, "a"]]), [[1, "a"]]],
    ["Set", new Set([1, 2]), [1, 2]],
    [
      "Error with fields",
      Object.assign(new TypeError("t"), { status: 4 }),
      { name: "TypeError", message: "t", status: 4 },
    ],
    [
      "bytes inside",
      { file: new Uint8Array(3), buffer: new ArrayBuffer(2) },
      { file: { type: "bytes", size: 3 }, buffer: { type: "bytes", size: 2 } },
    ],
    ["a class instance", new Point(), { x: 1 }],
    [
      "functions and symbols",
      [() => 1, function named() {}, Symbol("s")],
      ["[function]", "[function named]", "[Symbol(s)]"],
    ],
    ["a promise nobody awaited", { p: Promise.resolve(1) }, { p: "[promise: await it]" }],
    ["a class", Point, "[class Point]"],
    ["an iterator", new Map([["a", 1]]).entries(), [["a", 1]]],
    ["numbers in a typed array", { list: new Float64Array([1.5]) }, { list: [1.5] }],
    ["RegExp and URL", [/a/g, new URL("http://x/")], ["/a/g", "http://x/"]],
    [
      "Headers and parameters",
      [new Headers({ a: "b" }), new URLSearchParams("c=d")],
      [{ a: "b" }, { c: "d" }],
    ],
    ["toJSON", { toJSON: () => ({ made: true }) }, { made: true }],
    ["what is shared but no cycle", [shared, shared], [{ a: 1 }, { a: 1 }]],
    ["a key named __proto__", JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}')],
    ["a sparse array", Object.assign([], { 2: "c" }), [null, null, "c"]],
    [
      "a getter that throws",
      Object.defineProperty({ ok: 1 }, "bad", {
        enumerable: true,
        get: () => {
          throw new Error("no");
        },
      }),
      { ok: 1, bad: "[unreadable: no]" },
    ],
  ])("%s", async (_, value, expected) => {
    expect(await shown(value)).toEqual(expected);
  });

  test("a cycle is a reference to where it leads", async () => {
    const cycle: { list: unknown[] } = { list: [] };
    cycle.list.push({ up: cycle, self: cycle.list });
    expect(await shown(cycle)).toEqual({ list: [{ up: { $ref: "#" }, self: { $ref: "#/list" } }] });
  });

  test("an iterator without an end is shown by its beginning", async () => {
    const endless = (function* () {
      for (let n = 0; ; n += 1) yield n;
    })();
    expect(((await shown(endless)) as number[]).length).toBe(1000);
  });

  test("a promise that became text is said to be one", async () => {
    expect(await render(`${Promise.resolve(1)}21`)).toEqual({
      text: "[object Promise]21",
      format: "text",
      note: expect.stringContaining("await it"),
    });
  });

  test("a string is itself, and nothing at all says what to do", async () => {
    expect(await render('a "b"')).toEqual({ text: 'a "b"', format: "text" });
    expect(await render(undefined)).toMatchObject({
      text: "undefined",
      note: expect.stringContaining("End it with an expression"),
    });
  });
});

describe("what is too large is shrunk, and stays valid", () => {
  test.each([
    ["many rows", Array.from({ length: 1_000 }, (_, id) => ({ id, name: `name of ${id}`.padEnd(100) }))],
    ["rows with long texts", Array.from({ length: 300 }, (_, id) => ({ id, text: "x".repeat(500) }))],
    ["very many numbers", Array.from({ length: 60_000 }, (_, n) => 100_000 + n)],
    ["one long text among others", { a: "x".repeat(60_000), b: [1] }],
    [
      "many keys",
      Object.fromEntries(Array.from({ length: 3_000 }, (_, id) => [`key ${id}`, [id, "x".repeat(40)]])),
    ],
    [
      "rows of rows",
      Array.from({ length: 60 }, () => Array.from({ length: 60 }, (_, id) => ({ id, name: "x".repeat(40) }))),
    ],
  ])("to little less than may be shown: %s", async (_, value) => {
    const { text } = await render(value);
    expect(text.length).toBeGreaterThan(36_000);
    expect(text.length).toBeLessThanOrEqual(48_000);
    expect(() => JSON.parse(text)).not.toThrow();
  });

  const deep = (levels: number): unknown =>
    Array.from({ length: levels }).reduce<unknown>((inner) => ({ inner }), 1);
  const bomb = () => Array.from({ length: 30 }).reduce<unknown>((inner) => [inner, inner], "x");
  test.each<[string, () => unknown]>([
    ["a long array", () => Array.from({ length: 50_000 }, (_, n) => ({ id: n, name: `item ${n}` }))],
    [
      "an array of a thousand million",
      () => Array.from<number>({ length: 0 }).concat(Object.assign([1, 2], { length: 1e9 })),
    ],
    ["long texts", () => Array.from({ length: 100 }, () => "x".repeat(10_000))],
    [
      "an object of many keys",
      () => Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`key${n}`, n])),
    ],
    ["deep nesting", () => deep(5_000)],
    ["one object in a thousand million places", bomb],
    ["a matrix", () => Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => 1.5))],
  ])("%s", async (_, make) => {
    const { text, note } = await render(make());
    expect(text.length).toBeLessThanOrEqual(48_000);
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(note).toContain("Left out, each marked where it was");
  });

  test("keeps the first of everything and says how many follow", async () => {
    const rows = Array.from({ length: 5_000 }, (_, n) => ({ id: n, name: `item ${n}` }));
    const { text, note } = await render({ total: 5_000, rows }, 4_000);
    const result = JSON.parse(text) as { total: number; rows: unknown[] };
    expect(result.total).toBe(5_000);
    expect(result.rows.slice(0, 2)).toEqual([
      { id: 0, name: "item 0" },
      { id: 1, name: "item 1" },
    ]);
    expect(result.rows.at(-1)).toBe(`… ${5_001 - result.rows.length} more of 5000`);
    expect(note).toMatch(/would be \d+ characters long, so it was shrunk to \d+\. .*return less at a time/);
  });

  test("a long text shows its beginning", async () => {
    expect(await render("ab".repeat(100), 50)).toMatchObject({
      text: "ab".repeat(25),
      note: expect.stringContaining("200 characters"),
    });
  });
});

describe("what is kept for later programs", () => {
  const full = async (value: unknown) =>
    (await renderResult(value, new WeakMap(), { resultChars: 100, imageBytes: 1024, keptChars: 1e9 })).full;
  const nested = (depth: number) => Array.from({ length: depth }).reduce<unknown>((inner) => [inner], "x");

  test("is whole, or nothing", async () => {
    const list = Array.from({ length: 1_000 }, (_, n) => n);
    expect(JSON.parse((await full(list)) ?? "")).toEqual(list);
    // More values than are written down, and deeper ones: what is left out is marked, and a mark is no value.
    expect(await full(Array.from({ length: 1_000_100 }, () => 1))).toBeUndefined();
    expect(await full([nested(70), "y".repeat(200)])).toBeUndefined();
  });
});
