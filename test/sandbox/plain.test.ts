import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isData, toPlain } from "../../src/sandbox/plain.guest.js";

const written = (value: unknown) => JSON.stringify(toPlain(value, new WeakMap()).data);

test("what counts as plain data is written as toPlain would have it", () => {
  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  let taken = 0;
  fc.assert(
    fc.property(anything, (value) => {
      if (!isData(value)) return;
      taken += 1;
      expect(JSON.stringify(value)).toBe(written(value));
    }),
    { numRuns: 3_000 },
  );
  expect(taken).toBeGreaterThan(300);
});

test.each<[string, unknown]>([
  ["NaN", [Number.NaN]],
  ["a function", { f: () => 1 }],
  ["a date", { at: new Date(0) }],
  [
    "a class instance",
    [
      new (class Point {
        x = 1;
      })(),
    ],
  ],
  ["something with toJSON", { toJSON: () => 1 }],
  ["a list with toJSON", Object.assign([1], { toJSON: () => 2 })],
  [
    "a cycle",
    (() => {
      const ring: unknown[] = [];
      ring.push(ring);
      return ring;
    })(),
  ],
  ["more values than asked for", Array.from({ length: 11 })],
  [
    "a getter that throws",
    Object.defineProperty({}, "bad", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    }),
  ],
])("%s is no plain data", (_, value) => {
  expect(isData(value, 10)).toBe(false);
});

test("a list of many rows is plain data", () => {
  expect(
    isData(Array.from({ length: 1_000 }, (_, n) => ({ n, name: `row ${n}`, none: null, tags: ["a"] }))),
  ).toBe(true);
});
