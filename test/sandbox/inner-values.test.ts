import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { innerValues } from "../../src/sandbox/inner-values.guest.js";

async function* cut(text: string, sizes: readonly number[]): AsyncGenerator<string> {
  for (let from = 0, n = 0; from < text.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    yield text.slice(from, from + size);
    from += size;
  }
}

/** The values inside a JSON text that comes in pieces of these sizes. */
const read = (text: string, sizes: number[] = [1], names: string[] = [], most = 1_000) =>
  Array.fromAsync(innerValues(cut(text, sizes), names, most, (message) => new Error(message)));

/** What they should be. */
function inside(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === "object" && value !== null ? Object.entries(value) : [value];
}

test("are an array's items and an object's fields, and of anything else itself, wherever the text is cut", () =>
  fc.assert(
    fc.asyncProperty(
      fc.jsonValue({ depthSize: "small" }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(undefined, 2),
      async (value, sizes, space) => {
        const text = JSON.stringify(value, null, space);
        expect(await read(text, sizes, [], 100_000)).toEqual(inside(JSON.parse(text)));
      },
    ),
    { numRuns: 500 },
  ));

test("lie where names lead to, whatever stands beside them", () =>
  fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string(), fc.jsonValue({ depthSize: "small" })),
      fc.string(),
      fc.string(),
      fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())),
      fc.integer({ min: 1, max: 9 }),
      async (others, outer, inner, wanted, size) => {
        const before = Object.entries(others).filter(([name]) => name !== inner);
        const object = Object.fromEntries([...before, [inner, wanted], ["last", 1]]);
        if (inner === "last") return;
        const text = JSON.stringify(
          Object.fromEntries([
            ["x", [object]],
            [outer, object],
          ]),
        );
        if (outer === "x") return;
        expect(await read(text, [size], [outer, inner], 100_000)).toEqual(
          inside(JSON.parse(JSON.stringify(wanted))),
        );
      },
    ),
    { numRuns: 500 },
  ));

describe("a place that is not there", () => {
  test.each([
    ['{"a":1}', ["b"]],
    ['{"a":1}', ["a"]],
    ['{"a":1,"b":2}', ["a"]],
    ['{"x":{"a":[]}}', ["a"]],
    ['[{"a":[]}]', ["a"]],
    ['{"a":[{"b":[]}]}', ["a", "b"]],
    ["1", ["a"]],
    ["{}", ["a"]],
  ])("%s has nothing at %s, and says so", async (text, names) => {
    const named = names.map((name) => `"${name}"`).join(", ");
    await expect(read(text, [3], names)).rejects.toThrow(`no list or object at ${named}`);
  });
});

test("a value of more characters than may be held is an error that says how to look inside", async () => {
  expect(await read(`[1,"${"x".repeat(8)}"]`, [4], [], 10)).toEqual([1, "x".repeat(8)]);
  await expect(read(`[1,"${"x".repeat(9)}"]`, [4], [], 10)).rejects.toThrow(
    /more than 10 characters\. Look inside it/,
  );
  // What is passed over may be as long as it likes.
  expect(await read(`{"long":"${"x".repeat(500)}","a":[1]}`, [7], ["a"], 10)).toEqual([1]);
});

test("reads no further than where they end", async () => {
  let pieces = 0;
  async function* counted() {
    for (const piece of ['{"a":[1', ",2]", ',"b":', "[3]}"]) {
      pieces += 1;
      yield piece;
    }
  }
  expect(await Array.fromAsync(innerValues(counted(), ["a"], 100, (message) => new Error(message)))).toEqual([
    1, 2,
  ]);
  expect(pieces).toBe(2);
});
