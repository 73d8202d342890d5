// The control, then the mutations: each copy takes the next piece of work when it is done with the last.

import { isMeant } from "./guard.ts";
import type { Guard } from "./guard.ts";
import { judge, type Verdict } from "./judge.ts";
import { runTests } from "./run-tests.ts";
import { takeAway } from "./take-away.ts";

/** Milliseconds for one test without its guard. A test that waits for an answer gives up after 60 s. */
const mutationMs = 120_000;
/** Milliseconds for all tests of a file that are used here. */
const controlMs = 300_000;

/** @throws Error that names the test which is not green, or not there, before anything was taken away */
export async function runControl(
  guards: readonly Guard[],
  copies: readonly string[],
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const byFile = Map.groupBy(guards, ({ proof }) => proof.file);
  let done = 0;
  const problems: string[] = [];
  await share([...byFile], copies, signal, async ([file, its], copy) => {
    const tests = its.map(({ proof }) => proof);
    const run = await runTests(copy, file, { tests, timeout: controlMs, bail: false, signal });
    say(`control ${(done += 1)}/${byFile.size}  ${file}`);
    if (run.kind === "hung") problems.push(`${file}: did not end within ${controlMs / 1000} s.`);
    if (run.kind === "unreadable") problems.push(`${file}: ${run.why}`);
    if (run.kind !== "ran") return;
    for (const { name, state, words } of run.tests)
      if (state === "failed") problems.push(`${file}: "${name}" is red: ${words}`);
    for (const proof of tests)
      if (!run.tests.some(({ name, state }) => isMeant(name, proof) && state === "passed"))
        problems.push(`${file}: no test "${proof.test}" was green. ${run.trouble}`);
  });
  if (signal.aborted) throw new Error("Ended before it was done.");
  if (problems.length > 0)
    throw new Error(`With every guard in place these tests are not green:\n${problems.join("\n")}`);
}

export async function runMutations(
  guards: readonly Guard[],
  copies: readonly string[],
  signal: AbortSignal,
  judged: (guard: Guard, verdict: Verdict, seconds: number) => void,
): Promise<void> {
  await share(guards, copies, signal, async (guard, copy) => {
    const began = performance.now();
    const putBack = await takeAway(guard, copy);
    try {
      const { proof } = guard;
      const run = await runTests(copy, proof.file, {
        tests: [proof],
        timeout: mutationMs,
        bail: true,
        signal,
      });
      if (!signal.aborted) judged(guard, judge(guard, run), (performance.now() - began) / 1_000);
    } finally {
      await putBack();
    }
  });
  if (signal.aborted) throw new Error("Ended before it was done.");
}

async function share<T>(
  work: readonly T[],
  copies: readonly string[],
  signal: AbortSignal,
  each: (one: T, copy: string) => Promise<void>,
): Promise<void> {
  const left = [...work];
  await Promise.all(
    copies.map(async (copy) => {
      for (let next = left.shift(); next !== undefined && !signal.aborted; next = left.shift())
        await each(next, copy);
    }),
  );
}
