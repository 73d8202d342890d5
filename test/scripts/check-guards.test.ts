import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkTable } from "../../scripts/check-guards/check-table.ts";
import type { Guard } from "../../scripts/check-guards/guard.ts";
import { guards, unproven } from "../../scripts/check-guards/guards.ts";
import { judge } from "../../scripts/check-guards/judge.ts";
import { readReport, type TestRun } from "../../scripts/check-guards/run-tests.ts";
import { root, runScript } from "./run-script.ts";

test("each guard stands where the table says, its test is there, and each row of SECURITY.md has one", () => {
  const read = (file: string) =>
    existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : undefined;
  expect(checkTable(guards, unproven, read)).toEqual([]);
});

const guard: Guard = {
  id: "lock",
  threat: "T1",
  file: "src/door.ts",
  edits: [["lock();", ""]],
  proof: { file: "test/door.test.ts", test: "is locked" },
};
const files: Record<string, string> = {
  "src/door.ts": "shut();\nlock();\n",
  "test/door.test.ts": `test("the door is locked", () => {});`,
  "SECURITY.md": '| T1  | somebody comes in | `src/door.ts` | `test/door.test.ts`: "the door is locked" |\n',
};
const problems = (changed: Record<string, string>, table: readonly Guard[] = [guard]) =>
  checkTable(table, [], (file) => ({ ...files, ...changed })[file]);

describe("the table", () => {
  test("is well where all is there (the control)", () => expect(problems({})).toEqual([]));

  test.each<[string, Record<string, string>, RegExp]>([
    ["a guard that is gone", { "src/door.ts": "shut();" }, /the guard moved\. "lock\(\);" is 0 times/],
    ["a guard that is there twice", { "src/door.ts": "lock();\nlock();" }, /is 2 times in src\/door\.ts/],
    ["a test of another name", { "test/door.test.ts": `test("x")` }, /has no test "is locked"/],
    [
      "a row without a guard",
      { "SECURITY.md": `${files["SECURITY.md"]}| T2  | a | \`b.ts\` | c |\n` },
      /^T2: .+ b\.ts/,
    ],
    ["a row that names another file", { "SECURITY.md": "| T1  | a | `b.ts` | c |\n" }, /^T1: .+ b\.ts/],
    ["a threat without a row", { "SECURITY.md": "| T2  | a | `src/door.ts` | c |\n" }, /T1: .+ no such row/],
  ])("says of %s what is wrong", (_, changed, words) => {
    expect(problems(changed).join("\n")).toMatch(words);
  });

  test("says when a threat is called unproven and is not, and takes one that is", () => {
    const read = (file: string) => files[file];
    const excuse = { threat: "T1", because: "the door is the platform's" };
    expect(checkTable([], [excuse], read)).toEqual([]);
    expect(checkTable([guard], [excuse], read)).toEqual(["T1: is said to be unproven, and has guards."]);
  });
});

describe("a guard that was taken away", () => {
  const ran = (
    state: "passed" | "failed" | "skipped",
    words = "",
    name = "a house the door is locked",
  ): TestRun => ({
    kind: "ran",
    tests: [{ name, state, words }],
    trouble: "",
  });
  const red = "AssertionError: expected open to be shut\n    at test/door.test.ts:1:1";
  test.each<[string, TestRun, Partial<Guard>, string]>([
    ["is missed when its test sees it", ran("failed", red), {}, "killed"],
    [
      "is missed when what should fail does not",
      ran("failed", 'Error: promise resolved "open" instead of rejecting'),
      {},
      "killed",
    ],
    ["survives when its test stays green", ran("passed"), {}, "SURVIVED"],
    ["is not missed by another test", ran("failed", red, "the window"), {}, "broken"],
    ["is not missed by code that throws", ran("failed", "ReferenceError: lock is not defined"), {}, "broken"],
    [
      "may show as an exception that is said",
      ran("failed", "Error: burgled"),
      { fails: "burgled" },
      "killed",
    ],
    ["is not missed by another exception", ran("failed", "Error: fire"), { fails: "burgled" }, "broken"],
    ["is not missed by a file that does not load", ran("skipped"), {}, "broken"],
    ["is not missed by a hang", { kind: "hung" }, {}, "hung"],
    ["is missed by a hang where one is what it prevents", { kind: "hung" }, { hangs: true }, "killed"],
    [
      "is not missed by a test that ran out of time",
      ran("failed", "Error: Test timed out in 60000ms."),
      {},
      "hung",
    ],
  ])("%s", (_, run, more, verdict) => {
    expect(judge({ ...guard, ...more }, run).kind).toBe(verdict);
  });

  test("is judged by what vitest reports", () => {
    const assertionResults = [
      { fullName: "a house the door is locked", status: "failed", failureMessages: [`\u001b[31m${red}`] },
      { fullName: "a house the window", status: "pending" },
    ];
    const run = readReport(JSON.stringify({ testResults: [{ message: "", assertionResults }] }));
    expect(judge(guard, run)).toEqual({
      kind: "killed",
      by: "a house the door is locked",
      words: "AssertionError: expected open to be shut",
    });
  });
});

test("the script lists, and says what is wrong with its arguments", async () => {
  const list = await runScript("check-guards.ts", ["--list", "--only", "t1"]);
  expect([list.code, list.stdout]).toEqual([0, expect.stringMatching(/^T1 +closed-network +src\/sandbox/m)]);
  expect(list.stdout).not.toMatch(/^T5 /m);
  for (const args of [["--only", "nothing"], ["--jobs", "0"], ["--fast"]])
    expect((await runScript("check-guards.ts", args)).code).toBe(2);
});
