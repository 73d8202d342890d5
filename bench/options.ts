// `npm run bench -- [--only SECTION[,SECTION]] [--rounds N] [--out FILE] [--model]`

import { join } from "node:path";
import { parseArgs } from "node:util";
import { repositoryRoot } from "../scripts/repository-root.ts";

const sectionNames = [
  "tokens",
  "search",
  "cold",
  "retrieval",
  "scaling",
  "faults",
  "journal",
  "tasks",
  "executor",
  "load",
  "scale",
] as const;
export type SectionName = (typeof sectionNames)[number];

export interface BenchOptions {
  only: readonly SectionName[];
  /** Samples of each subject. 40 is where medians of one machine stop moving by more than a few percent. */
  rounds: number;
  /** Rounds that are not counted: workerd compiles and caches at first. */
  warmup: number;
  out: string;
  /** Whether `out` has results of before, of which these sections are measured once more. */
  again: boolean;
  /** The section `tasks` must have a model, of MODEL_URL. With that set it is there unasked. */
  model: boolean;
  progress: (message: string) => void;
}

/** Rounds of a whole bench; sections that need fewer samples, or more time for each, take their share of it. */
export const wholeRounds = 48;

export function readOptions(args: readonly string[], now: Date): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      rounds: { type: "string" },
      out: { type: "string" },
      model: { type: "boolean", default: false },
      into: { type: "string" },
    },
  });
  const only = values.only === undefined ? sectionNames : values.only.split(",").map(sectionName);
  const rounds = Number(values.rounds ?? wholeRounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 10_000) {
    throw new Error(`--rounds takes a whole number from 1 to 10000, not ${values.rounds}.`);
  }
  const stamp = now.toISOString().slice(0, 19).replaceAll(":", "-");
  const out = values.out ?? join(benchDirectory, `${stamp}.json`);
  const progress = (message: string) => process.stderr.write(`${message}\n`);
  return {
    only,
    rounds,
    warmup: Math.min(8, rounds),
    out: values.into ?? out,
    again: values.into !== undefined,
    model: values.model,
    progress,
  };
}

/** What the bench writes: its JSON files, and the artifacts it serves. */
export const benchDirectory = join(repositoryRoot, ".wrangler", "bench");

/** So many of a whole bench's, and fewer where fewer rounds are asked for. */
export function share(of: number, rounds: number): number {
  return Math.max(1, Math.ceil((of * Math.min(rounds, wholeRounds)) / wholeRounds));
}

function sectionName(text: string): SectionName {
  const name = sectionNames.find((one) => one === text.trim());
  if (name === undefined) throw new Error(`--only takes ${sectionNames.join(", ")}, not ${text}.`);
  return name;
}
