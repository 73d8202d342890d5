// One vitest over one file of a copy, and what became of each test. Never leaves a process behind.

import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { stopProcess } from "../dev-server/stop-process.ts";
import type { Exit } from "../dev-server/exit.ts";
import type { Proof } from "./guard.ts";

export type TestRun =
  /** `trouble` is what was wrong outside of tests: a file that does not load, a hook that failed. */
  { kind: "ran"; tests: Ran[]; trouble: string } | { kind: "hung" } | { kind: "unreadable"; why: string };

type Ran = { name: string; state: "passed" | "failed" | "skipped"; words: string };

type RunOptions = {
  tests: readonly Proof[];
  /** Milliseconds after which it is ended. */
  timeout: number;
  /** Whether one red test is enough. */
  bail: boolean;
  signal: AbortSignal;
};

export async function runTests(
  copy: string,
  file: string,
  { tests, timeout, bail, signal }: RunOptions,
): Promise<TestRun> {
  const report = join(copy, "check-guards.json");
  await rm(report, { force: true });
  const vitest = join(copy, "node_modules/vitest/vitest.mjs");
  const names = [...new Set(tests.map(patternOf))].join("|");
  // What starts no process of its own has no reason to take as long as the tests that do.
  const patience = /^test\/(?:worker|e2e)\//.test(file) ? [] : ["--testTimeout=20000"];
  const options = [...patience, "--reporter=json", `--outputFile=${report}`, ...(bail ? ["--bail=1"] : [])];
  const child = spawn(process.execPath, [vitest, "run", file, "-t", names, ...options], {
    cwd: copy,
    env: { ...process.env, FORCE_COLOR: "0" },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that what it started can be ended with it.
    detached: process.platform !== "win32",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-4_000)));
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, by) => resolve({ code, signal: by }));
    child.once("error", () => resolve({ code: 1, signal: null }));
  });
  const ended = new Promise<"ended">((resolve) => signal.addEventListener("abort", () => resolve("ended")));
  const first = await Promise.race([exited, ended, sleep(timeout, "late" as const, { ref: false })]);
  if (first === "ended" || first === "late") {
    await stopProcess(child, exited);
    return first === "late" ? { kind: "hung" } : { kind: "unreadable", why: "it was told to end" };
  }
  const text = await readFile(report, "utf8").catch(() => undefined);
  if (text === undefined)
    return { kind: "unreadable", why: stripVTControlCharacters(output).trim() || "vitest said nothing" };
  return readReport(text);
}

/** Of the names that hold both the test's words and the row's, whichever stand first. */
function patternOf({ test, row = "" }: Proof): string {
  const literal = (words: string) => words.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return `(?=.*${literal(test)})(?=.*${literal(row)})`;
}

type Report = {
  testResults: {
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
};

export function readReport(text: string): TestRun {
  const { testResults } = JSON.parse(text) as Report;
  const tests = testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ fullName, status, failureMessages = [] }): Ran => {
      const state = status === "passed" || status === "failed" ? status : "skipped";
      return { name: fullName.trim(), state, words: stripVTControlCharacters(failureMessages.join("\n")) };
    }),
  );
  const trouble = testResults.map(({ message = "" }) => message).filter((message) => message !== "");
  return { kind: "ran", tests, trouble: stripVTControlCharacters(trouble.join("\n")) };
}
