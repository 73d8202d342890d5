import { describe, expect, test } from "vitest";
import type { CompiledProgram } from "../../src/compile/compile-program.ts";
import { limits } from "../../src/limits.ts";
import { readOutcome } from "../../src/sandbox/read-outcome.ts";

const program = { positionInStack: () => undefined } as unknown as CompiledProgram;
const read = (answer: unknown, bounds: Partial<typeof limits> = {}) =>
  readOutcome(answer, program, { ...limits, ...bounds });
const outcome = (more: object) => JSON.stringify({ kind: "ok", text: "t", logs: [], ...more });

describe("of what an isolate answers", () => {
  test("one string is read, and nothing that only becomes one", () => {
    expect(read(outcome({}))).toMatchObject({ kind: "ok", text: "t" });
    for (const answer of [[outcome({})], Object(outcome({})), { toString: () => outcome({}) }])
      expect(read(answer)).toMatchObject({
        kind: "program-error",
        message: expect.stringContaining("one string") as string,
      });
  });

  test("a string longer than any outcome is not even parsed", () => {
    const long = outcome({ text: "x".repeat(100) });
    expect(read(long, { outcomeChars: long.length } as object)).toMatchObject({ kind: "ok" });
    expect(read(long, { outcomeChars: long.length - 1 } as object)).toMatchObject({
      kind: "limit",
      limit: "outcome",
      actual: long.length,
    });
  });

  test("lines end with their share, the empty ones too", () => {
    const logs = Array.from({ length: 100_000 }, () => "");
    expect(read(outcome({ logs }))).toMatchObject({ kind: "ok" });
    expect((read(outcome({ logs })) as { logs: string[] }).logs.length).toBeLessThan(limits.logChars + 200);
  });

  test.each([
    ["a picture that can run script", { data: btoa("<svg onload=1>"), mimeType: "image/svg+xml" }],
    ["a page", { data: btoa("<script>"), mimeType: "text/html" }],
    ["what is no Base64", { data: "<svg onload=1>", mimeType: "image/png" }],
    ["one larger than any of ours", { data: "AAAA".repeat(limits.imageBytes), mimeType: "image/png" }],
  ])("no image is shown that is none: %s", (_, image) => {
    expect(read(outcome({ image }))).not.toHaveProperty("image");
    // The control.
    const png = { data: btoa("png"), mimeType: "image/png" };
    expect(read(outcome({ image: png }))).toHaveProperty("image", png);
  });

  test("text is well formed, made so or cut so", () => {
    expect(read(outcome({ text: "a\ud83d" }))).toMatchObject({ text: "a\ufffd" });
    expect(read(outcome({ text: "a😀" }), { resultChars: 2 } as object)).toMatchObject({ text: "a\ufffd" });
  });
});
