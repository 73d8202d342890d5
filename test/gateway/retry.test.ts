import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withIdempotencyKey } from "../../src/gateway/idempotency-key.ts";
import { askedWait, withRetry } from "../../src/gateway/retry.ts";
import type { Outcome, RetryRule } from "../../src/gateway/retry.ts";
import type { Parameter } from "../../src/spec/operation-details.ts";

const bounds = { attempts: 4, baseMs: 300, waitMs: 20_000 };
const start = Date.parse("2026-11-21T12:00:00Z");
const reads = { reads: true, idempotent: false };
const idempotent = { reads: false, idempotent: true };
const once = { reads: false, idempotent: false };

type Scripted = number | "lost" | [status: number, headers: Record<string, string>];

/** Runs a call against an API that answers as scripted, the last answer for ever; time passes only while it sleeps. */
async function run(
  script: Scripted[],
  rule: RetryRule,
  options: { deadline?: number; retries?: number; random?: number } = {},
) {
  let now = start;
  let retries = options.retries ?? 100;
  const sleeps: number[] = [];
  let sent = 0;
  const attempt = async (): Promise<Outcome<number>> => {
    const said = script[Math.min(sent, script.length - 1)] ?? 200;
    sent += 1;
    if (said === "lost") return { kind: "lost", error: new Error("reset") };
    const [status, headers] = typeof said === "number" ? [said, {}] : said;
    return { kind: "answered", answer: status, status, headers: new Headers(headers) };
  };
  const result = await withRetry(attempt, rule, bounds, {
    now: () => now,
    random: () => options.random ?? 0.5,
    sleep: async (milliseconds) => {
      sleeps.push(milliseconds);
      now += milliseconds;
    },
    deadline: start + (options.deadline ?? 50_000),
    takeRetry: () => (retries -= 1) >= 0,
  });
  return { ...result, sent, sleeps, took: now - start };
}

describe("what is sent again", () => {
  test.each<[string, Scripted, RetryRule, boolean]>([
    ["a read that was lost", "lost", reads, true],
    ["a read that got 502", 502, reads, true],
    ["a read that got 503", 503, reads, true],
    ["a read that got 504", 504, reads, true],
    ["a read that got 500", 500, reads, false],
    ["a read that got 404", 404, reads, false],
    ["a PUT or DELETE that was lost", "lost", idempotent, true],
    ["a PUT or DELETE that got 503", 503, idempotent, true],
    ["a POST that was lost", "lost", once, false],
    ["a POST that got 502", 502, once, false],
    ["a POST that got 503, even when told when to come back", [503, { "retry-after": "1" }], once, false],
    ["a POST that got 504", 504, once, false],
    ["a POST that got 429", 429, once, true],
    ["a read that got 429", 429, reads, true],
  ])("%s", async (_, said, rule, again) => {
    expect((await run([said, 200], rule)).sent).toBe(again ? 2 : 1);
  });

  test("never a call that may have been carried out and does harm twice, whatever the API says", async () => {
    const header = fc.constantFrom(
      "retry-after",
      "ratelimit-reset",
      "x-ratelimit-reset",
      "ratelimit",
      "date",
    );
    const value = fc.oneof(fc.string(), fc.integer().map(String), fc.constant("0"), fc.constant("1"));
    const latin = value.map((text) => text.replaceAll(/[^\x20-\x7e]/g, "").trim());
    const said = fc.oneof(
      fc.constant<Scripted>("lost"),
      fc.tuple(fc.integer({ min: 200, max: 599 }), fc.dictionary(header, latin)),
    );
    let repeated = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 6 }), async (script) => {
        const { sent, took } = await run(script, once);
        // Every attempt but the last was refused with 429.
        for (const each of script.slice(0, sent - 1)) expect(Array.isArray(each) && each[0]).toBe(429);
        expect(sent).toBeLessThanOrEqual(bounds.attempts);
        expect(took).toBeLessThan(50_000);
        if (sent > 1) repeated += 1;
      }),
      // 429 is one status of 400: forced in for every third script, so that the rule is seen to work.
      {
        numRuns: 10_000,
        examples: Array.from({ length: 50 }, () => [[[429, {}], "lost"] as Scripted[]]) as never,
      },
    );
    expect(repeated).toBeGreaterThan(50);
  });

  test("says when an earlier attempt may have been carried out", async () => {
    expect(await run(["lost", 404], idempotent)).toMatchObject({ sent: 2, unsure: true });
    expect(await run([429, 404], idempotent)).toMatchObject({ sent: 2, unsure: false });
    expect(await run(["lost", 404], reads)).toMatchObject({ sent: 2, unsure: false });
  });

  test("at most four times, each wait longer, and the last answer is the one given", async () => {
    const { sent, sleeps, last } = await run([502], reads);
    expect({ sent, sleeps, last }).toMatchObject({ sent: 4, sleeps: [225, 450, 900], last: { status: 502 } });
    expect((await run([502], reads, { random: 0 })).sleeps).toEqual([150, 300, 600]);
  });

  test("not when the run has no retries left", async () => {
    expect((await run(["lost"], reads, { retries: 2 })).sent).toBe(3);
    expect((await run(["lost"], reads, { retries: 0 })).sent).toBe(1);
  });

  test("not when the run would end before the answer", async () => {
    expect((await run([503], reads, { deadline: 1_100 })).sent).toBe(1);
    expect(await run([[429, { "retry-after": "3" }], 200], once, { deadline: 4_000 })).toMatchObject({
      sent: 1,
      askedMs: 3_000,
    });
    expect((await run([[429, { "retry-after": "3" }], 200], once, { deadline: 4_200 })).sent).toBe(2);
  });

  test("the end of the run ends the wait", async () => {
    const ended = withRetry(async () => ({ kind: "lost" as const, error: 0 }), reads, bounds, {
      now: () => start,
      random: () => 0,
      sleep: () => Promise.reject(new Error("the run has ended")),
      deadline: start + 50_000,
      takeRetry: () => true,
    });
    await expect(ended).rejects.toThrow("the run has ended");
  });
});

describe("how long the API asks to wait", () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ["seconds", { "retry-after": "3" }, 3_000],
    ["part of a second", { "retry-after": "0.5" }, 500],
    ["none", { "retry-after": "0" }, 0],
    ["a date", { "retry-after": "Sat, 21 Nov 2026 12:00:07 GMT" }, 7_000],
    [
      "a date by the API's own clock",
      { "retry-after": "Sat, 21 Nov 2026 15:00:07 GMT", date: "Sat, 21 Nov 2026 15:00:00 GMT" },
      7_000,
    ],
    ["a date that is over", { "retry-after": "Sat, 21 Nov 2020 12:00:00 GMT" }, 0],
    ["milliseconds", { "retry-after-ms": "250", "retry-after": "1" }, 250],
    ["nothing a clock can mean", { "retry-after": "soon" }, undefined],
    ["a negative time", { "retry-after": "-1" }, undefined],
    ["the draft's RateLimit", { ratelimit: '"default";r=0;t=30' }, 30_000],
    ["the older RateLimit", { ratelimit: "limit=10, remaining=0, reset=5" }, 5_000],
    ["RateLimit-Reset", { "ratelimit-reset": "2" }, 2_000],
    ["X-RateLimit-Reset in seconds since 1970", { "x-ratelimit-reset": String(start / 1_000 + 9) }, 9_000],
    ["X-RateLimit-Reset in milliseconds since 1970", { "x-ratelimit-reset": String(start + 4_000) }, 4_000],
    ["X-Rate-Limit-Reset as a date", { "x-rate-limit-reset": "2026-11-21T12:00:06Z" }, 6_000],
    ["not at all", {}, undefined],
  ])("%s", (_, headers, expected) => {
    expect(askedWait(new Headers(headers), 429, start)).toBe(expected);
  });

  test("a rate limit in passing does not delay a 503", () => {
    expect(askedWait(new Headers({ "x-ratelimit-reset": "3600" }), 503, start)).toBeUndefined();
  });

  test.each(["86400", "99999999999999999999", "Sat, 21 Nov 2099 12:00:00 GMT"])(
    "%s is not waited for, not even in part, and said",
    async (value) => {
      const { sent, sleeps, askedMs } = await run([[429, { "retry-after": value }]], once);
      expect({ sent, sleeps }).toEqual({ sent: 1, sleeps: [] });
      expect(askedMs).toBeGreaterThan(20_000);
    },
  );

  test("at most twenty seconds are waited for at once, whatever is left of the run", async () => {
    const asked = (seconds: number) =>
      run([[429, { "retry-after": String(seconds) }], 200], once, { random: 0 });
    expect(await asked(20)).toMatchObject({ sent: 2, sleeps: [20_000] });
    expect(await asked(21)).toMatchObject({ sent: 1, sleeps: [], askedMs: 21_000 });
  });

  test("nonsense is answered with our own pauses", async () => {
    expect((await run([[429, { "retry-after": "1e9" }]], once)).sleeps).toEqual([225, 450, 900]);
  });

  test("never comes back before the time it was told", async () => {
    const { sleeps } = await run([[429, { "retry-after": "2" }], 200], once, { random: 0 });
    expect(sleeps).toEqual([2_000]);
  });
});

describe("the idempotency key", () => {
  const header = (name: string, schema: unknown = { type: "string" }): Parameter[] => [
    { name, in: "header", required: false, style: "simple", explode: false, allowReserved: false, schema },
  ];
  const add = (parameters: Parameter[], given: Record<string, string> = {}) => {
    return withIdempotencyKey(given, parameters, () => "00000000-0000-4000-8000-000000000000");
  };
  test.each(["Idempotency-Key", "idempotency-key", "X-Idempotency-Key", "PayPal-Request-Id"])(
    "%s is sent where it is documented",
    (name) => {
      expect(add(header(name))).toEqual({
        keyed: true,
        headers: { [name]: "00000000-0000-4000-8000-000000000000" },
      });
    },
  );
  test("the program's own is kept", () => {
    expect(add(header("Idempotency-Key"), { "idempotency-key": "order-7" })).toEqual({
      keyed: true,
      headers: { "idempotency-key": "order-7" },
    });
  });
  test.each<[string, Parameter[]]>([
    ["no such header", []],
    ["another header", header("X-Request-Id")],
    ["one that takes no UUID for its length", header("Idempotency-Key", { type: "string", maxLength: 32 })],
    ["one of a fixed set", header("Idempotency-Key", { enum: ["a"] })],
    ["one of a pattern", header("Idempotency-Key", { type: "string", pattern: "^[0-9]+$" })],
    ["a number", header("Idempotency-Key", { type: "integer" })],
    ["a query parameter of that name", [{ ...header("Idempotency-Key")[0]!, in: "query" }]],
  ])("is never invented: %s", (_, parameters) => {
    expect(add(parameters)).toEqual({ keyed: false, headers: {} });
  });
  test("one the document does not know makes nothing safe to repeat", () => {
    expect(add([], { "idempotency-key": "mine" }).keyed).toBe(false);
  });
});
