import { expect, test } from "vitest";
import { NowAndThen } from "../../src/journal/now-and-then.ts";

test("once in so many, however they come", () => {
  const one = new NowAndThen(10, 0);
  const ones = Array.from({ length: 100 }, () => one.passes(1));
  expect(ones.flatMap((passes, n) => (passes ? [n + 1] : []))).toEqual([
    10, 20, 30, 40, 50, 60, 70, 80, 90, 100,
  ]);
  const some = new NowAndThen(10, 0);
  expect(Array.from({ length: 100 }, () => some.passes(7)).filter(Boolean)).toHaveLength(70);
});

test("and as often where it begins anew long before that", () => {
  const short = Array.from({ length: 1_000 }, (_, n) => new NowAndThen(100, n / 1_000));
  const passed = short.flatMap((one) => Array.from({ length: 5 }, () => one.passes(1))).filter(Boolean);
  expect(passed).toHaveLength((1_000 * 5) / 100);
});
