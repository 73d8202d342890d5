import { describe, expect, test } from "vitest";
import { Budget } from "../../src/gateway/budget.ts";
import type { Effect } from "../../src/spec/effect.ts";
import { limits } from "../../src/limits.ts";

/** How many of so many are let through. */
function letThrough(budget: Budget, effect: Effect, count: number): number {
  let through = 0;
  for (let n = 0; n < count; n += 1) {
    try {
      budget.spend(effect, 0);
      through += 1;
    } catch {
      // Counted by what is missing.
    }
  }
  return through;
}

describe("a run's share", () => {
  test("of calls, writes and deletes is what limits.ts says, each for itself", () => {
    const budget = new Budget(limits);
    expect(letThrough(budget, "write", 150)).toBe(100);
    expect(letThrough(budget, "delete", 150)).toBe(25);
    expect(letThrough(budget, "read", 1_000)).toBe(500 - 125);
  });
  test("is what a deployment sets", () => {
    const budget = new Budget({ ...limits, calls: 5, writes: 2, deletes: 0 });
    expect([
      letThrough(budget, "write", 3),
      letThrough(budget, "delete", 1),
      letThrough(budget, "read", 9),
    ]).toEqual([2, 0, 3]);
  });
  test.each<[Effect, string]>([
    ["read", "made its 1 API calls. Return what you have and go on in another run."],
    ["write", "made its 0 writing calls. Reading goes on."],
    ["delete", "made its 0 deleting calls. Reading goes on."],
  ])("of %s ends with its own words", (effect, words) => {
    const budget = new Budget({ ...limits, calls: 1, writes: 0, deletes: 0 });
    if (effect === "read") budget.spend("read", 0);
    expect(() => budget.spend(effect, 0)).toThrow(words);
  });
  test("of bytes sent ends before the body that would pass it, and a smaller one still goes", () => {
    const budget = new Budget({ ...limits, bytesOut: 10 });
    budget.spend("write", 6);
    expect(() => budget.spend("write", 5)).toThrow("sent 6 bytes, and 5 more would pass its 10");
    budget.spend("write", 4);
    expect(() => budget.spend("write", 1)).toThrow("sent 10 bytes");
  });
  test("of bytes read ends with the answer that reaches it", () => {
    const budget = new Budget({ ...limits, bytesIn: 10 });
    budget.received(9);
    budget.spend("read", 0);
    budget.received(1);
    expect(() => budget.spend("read", 0)).toThrow("read 10 bytes of answers, of 10 it may");
  });
  test("of refused calls ends the looking for reasons", () => {
    const budget = new Budget({ ...limits, refusals: 2 });
    for (let n = 0; n < 2; n += 1) {
      budget.checkRefusals();
      budget.refused();
    }
    expect(() => budget.checkRefusals()).toThrow("2 calls of this run were refused");
  });
  test("of retries is counted over all calls", () => {
    const budget = new Budget({ ...limits, retries: 2 });
    expect([budget.takeRetry(), budget.takeRetry(), budget.takeRetry()]).toEqual([true, true, false]);
  });
});
