// `npm run bench`: measures what docs and issues claim, and prints one table. Compare within a run, never between two.

import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { describeMachine, roundedLoad } from "./describe-machine.ts";
import { type BenchOptions, type SectionName, readOptions } from "./options.ts";
import { printTable } from "./print-table.ts";
import type { Results, StoredSection } from "./results.ts";
import { type Row, type Section, verdict } from "./row.ts";

const sections: Record<SectionName, (options: BenchOptions) => Promise<Section>> = {
  tokens: async (options) => (await import("./tokens.ts")).tokensSection(options),
  search: async (options) => (await import("./search.ts")).searchSection(options),
  cold: async (options) => (await import("./cold.ts")).coldSection(options),
  retrieval: async (options) => (await import("./retrieval.ts")).retrievalSection(options),
  scaling: async (options) => (await import("./scaling.ts")).scalingSection(options),
  executor: async (options) => (await import("./executor.ts")).executorSection(options),
  load: async (options) => (await import("./load.ts")).loadSection(options),
  faults: async (options) => (await import("./faults.ts")).faultsSection(options),
  journal: async (options) => (await import("./journal.ts")).journalSection(options),
  tasks: async (options) => (await import("./tasks.ts")).tasksSection(options),
  scale: async (options) => (await import("./scale.ts")).scaleSection(options),
};

if (process.argv.includes("--help")) {
  const names = Object.keys(sections).join(",");
  process.stdout.write(
    `npm run bench -- [--only SECTION[,SECTION]] [--rounds N] [--out FILE | --into FILE] [--model]\n--into takes the place of those sections in results of before, such as one that broke off\nSections: ${names}\n`,
  );
  process.exit(0);
}
const started = new Date();
const options = readOptions(process.argv.slice(2), started);
const results: Results = options.again
  ? await resultsOf(options.out)
  : {
      started: started.toISOString(),
      seconds: 0,
      complete: false,
      rounds: options.rounds,
      warmup: options.warmup,
      machine: await describeMachine(),
      sections: [],
    };
await mkdir(dirname(options.out), { recursive: true });
for (const name of options.only) {
  options.progress(`\n— ${name}`);
  const section = await measured(name);
  const before = results.sections.findIndex((each) => each.name === name);
  if (options.again) section.notes.push(`Measured by itself at ${started.toISOString()}.`);
  if (before === -1) results.sections.push(section);
  else results.sections[before] = section;
  // After each: what is measured is not lost when the next one fails, or somebody ends the bench.
  await store(name === options.only.at(-1));
}

printTable(results.sections);
// A fault is one on any machine, however slow.
for (const { title, fault, failure } of results.sections) {
  if (fault === undefined && failure === undefined) continue;
  process.stdout.write(`\n${title}: ${fault ?? `broke off: ${failure}`}\n`);
  process.exitCode = 1;
}
const shown = relative(process.cwd(), options.out);
process.stdout.write(`\nAll samples: ${shown}\nAs a page: npm run bench:report -- ${shown}\n`);

async function measured(name: SectionName): Promise<StoredSection> {
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 1000);
  try {
    const section = await sections[name]({
      ...options,
      progress: (message) => options.progress(`${name}: ${message}`),
    });
    const rows = section.rows.map((row) => ({ ...finite(row), verdict: verdict(row) }));
    return { name, ...section, seconds: seconds(), rows };
  } catch (error) {
    options.progress(`${name} broke off: ${(error as Error).stack}`);
    return { name, title: name, seconds: seconds(), rows: [], notes: [], failure: (error as Error).message };
  }
}

/** A row of which nothing was measured, such as a peer that answered nobody, compares with nothing. */
function finite(row: Row): Row {
  if (row.value === undefined || Number.isFinite(row.value)) return row;
  const kept = { ...row };
  delete kept.value;
  delete kept.spread;
  return kept;
}

async function resultsOf(file: string): Promise<Results> {
  return JSON.parse(await readFile(file, "utf8")) as Results;
}

async function store(complete: boolean): Promise<void> {
  results.complete ||= complete;
  if (!options.again) results.seconds = Math.round((Date.now() - started.getTime()) / 1000);
  results.machine.loadAtEnd = roundedLoad();
  // Renamed into place: whoever ends the bench in this moment still has the file of before.
  await writeFile(`${options.out}.new`, `${JSON.stringify(results, null, 1)}\n`);
  await rename(`${options.out}.new`, options.out);
}
