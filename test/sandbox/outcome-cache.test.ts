import { expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { OutcomeCache } from "../../src/sandbox/outcome-cache.ts";

const outcome = (text: string) => ({ kind: "ok" as const, text, logs: [] });

test("keeps outcomes up to its size, the longest unused goes first", () => {
  const cache = new OutcomeCache({ ...limits, cachedChars: 250 });
  for (const name of ["a", "b", "c"]) cache.set(name, outcome("x".repeat(60)));
  expect(cache.get("a")).toBeUndefined();
  expect(cache.get("b")).toEqual(outcome("x".repeat(60)));
  cache.set("d", outcome("x".repeat(60)));
  expect([cache.get("b"), cache.get("c")].map(Boolean)).toEqual([true, false]);
});

test("keeps no failure, and nothing under a key that is no text", () => {
  const cache = new OutcomeCache(limits);
  cache.set("f", { kind: "limit", limit: "time", maximum: 1, logs: [] });
  expect(cache.get("f")).toBeUndefined();
  expect(cache.get(undefined)).toBeUndefined();
});
