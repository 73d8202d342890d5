// What a run of tests says of a guard that was taken away. Pure.

import { isMeant } from "./guard.ts";
import type { Guard } from "./guard.ts";
import type { TestRun } from "./run-tests.ts";

export type Verdict = {
  kind: "killed" | "SURVIVED" | "hung" | "broken";
  /** The test that went red, or why none can be named. */
  by: string;
  /** The first line of its failure. */
  words: string;
};

export function judge({ proof, fails, hangs }: Guard, run: TestRun): Verdict {
  if (run.kind === "hung")
    return { kind: hangs ? "killed" : "hung", by: proof.test, words: "had to be ended" };
  if (run.kind === "unreadable") return { kind: "broken", by: "no test ran", words: run.why };
  const named = run.tests.filter(({ name }) => isMeant(name, proof));
  const red = named.filter(({ state }) => state === "failed");
  const [first] = red;
  if (first === undefined) {
    if (!named.some(({ state }) => state === "passed"))
      return { kind: "broken", by: "no such test ran", words: run.trouble };
    return { kind: "SURVIVED", by: "", words: "every test stayed green" };
  }
  const right = red.find(({ words }) => isRightReason(words, fails));
  if (right !== undefined) return { kind: "killed", by: oneLine(right.name), words: firstLine(right.words) };
  const hung = /timed out in \d+ ?ms/i.test(first.words);
  if (hung && hangs) return { kind: "killed", by: oneLine(first.name), words: firstLine(first.words) };
  return { kind: hung ? "hung" : "broken", by: oneLine(first.name), words: firstLine(first.words) };
}

/** Code that no longer runs makes tests fail as well; what proves a guard is a test that saw what it looks for. */
function isRightReason(words: string, fails: string | undefined): boolean {
  if (fails !== undefined) return words.includes(fails);
  // fast-check and some of vitest's own matchers throw a plain Error; these are its first words.
  return /AssertionError|^Error: (Property failed after|expect|promise resolved)/.test(words);
}

/** A program may stand in a test's name. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
