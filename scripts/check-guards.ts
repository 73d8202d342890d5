// `npm run check:guards`: takes each guard away in a copy of the checkout, and shows which test goes red. Never edits the
// checkout itself.

import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { checkTable } from "./check-guards/check-table.ts";
import { copyCheckout } from "./check-guards/copy-checkout.ts";
import type { Guard } from "./check-guards/guard.ts";
import { guards, unproven } from "./check-guards/guards.ts";
import type { Verdict } from "./check-guards/judge.ts";
import { listGuards, reportVerdicts } from "./check-guards/report.ts";
import { runControl, runMutations } from "./check-guards/run-guards.ts";
import { printFailure } from "./print-failure.ts";
import { repositoryRoot } from "./repository-root.ts";
import { readFlags } from "./read-flags.ts";

const usage = `Usage: npm run check:guards -- [options]

Takes each guard of scripts/check-guards/ away, one at a time, in a copy of this checkout in the temp folder, and runs the
test that must notice. First the same tests run with every guard in place. All of it takes some six to fifteen minutes
on two cores with --jobs 2.

  --only WHAT  guards by id or threat, with commas: T5, redaction
  --jobs N     mutations at once, each in a copy of its own (default 1)
  --list       what there is, without running anything
  --help       this text

Exit code: 0 each guard was missed by a test, 1 one was not, 2 these arguments are wrong.`;

async function main(): Promise<number> {
  let given;
  try {
    given = readFlags({
      options: {
        only: { type: "string" },
        jobs: { type: "string", default: "1" },
        list: { type: "boolean", default: false },
        help: { type: "boolean", default: false, short: "h" },
      },
    }).values;
  } catch (error) {
    return misused((error as Error).message);
  }
  if (given.help) {
    console.log(usage);
    return 0;
  }
  const jobs = Number(given.jobs);
  if (!/^[1-9]$/.test(given.jobs)) return misused(`--jobs takes a number from 1 to 9, not "${given.jobs}".`);
  const wanted = given.only?.split(",").map((one) => one.trim());
  const unknown = wanted?.find((one) => !guards.some((guard) => isNamed(guard, one)));
  if (unknown !== undefined)
    return misused(`There is no guard "${unknown}", and no threat. See: npm run check:guards -- --list`);
  const chosen = guards.filter((guard) => wanted?.some((one) => isNamed(guard, one)) ?? true);
  const problems = checkTable(guards, unproven, (file) => {
    const path = join(repositoryRoot, file);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  });
  if (problems.length > 0) throw new Error(`The table of guards is out of date:\n${problems.join("\n")}`);
  if (given.list) {
    console.log(listGuards(chosen, unproven));
    return 0;
  }
  return check(chosen, jobs);
}

async function check(chosen: readonly Guard[], jobs: number): Promise<number> {
  const ending = new AbortController();
  process.once("SIGINT", () => ending.abort());
  process.once("SIGTERM", () => ending.abort());
  const copies: string[] = [];
  const began = performance.now();
  try {
    // No more copies than there is work for.
    while (copies.length < Math.min(jobs, chosen.length)) copies.push(await copyCheckout(repositoryRoot));
    await runControl(chosen, copies, ending.signal, console.log);
    const verdicts = new Map<string, Verdict>();
    await runMutations(chosen, copies, ending.signal, (guard, verdict, seconds) => {
      verdicts.set(guard.id, verdict);
      console.log(
        `${`${verdicts.size}/${chosen.length}`.padEnd(8)}${guard.id}: ${verdict.kind} (${seconds.toFixed(1)} s)`,
      );
    });
    const minutes = (performance.now() - began) / 60_000;
    console.log(`\n${reportVerdicts(chosen, verdicts, minutes)}`);
    return chosen.every(({ id }) => verdicts.get(id)?.kind === "killed") ? 0 : 1;
  } finally {
    await Promise.all(copies.map((copy) => rm(copy, { recursive: true, force: true, maxRetries: 5 })));
  }
}

function isNamed({ id, threat }: Guard, name: string): boolean {
  return id === name || threat.toLowerCase() === name.toLowerCase();
}

function misused(message: string): number {
  console.error(`${message}\n\n${usage}`);
  return 2;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    printFailure(error);
    process.exitCode = 1;
  },
);
