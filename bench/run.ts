// `npm run bench`: measures what docs and issues claim, and prints one table. Compare within a run, never between two.

import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, relative } from "node:path";
import { type BenchOptions, type SectionName, readOptions } from "./options.ts";
import { printTable } from "./print-table.ts";
import { type Section, verdict } from "./row.ts";

const sections: Record<SectionName, (options: BenchOptions) => Promise<Section>> = {
  tokens: async (options) => (await import("./tokens.ts")).tokensSection(options),
  search: async (options) => (await import("./search.ts")).searchSection(options),
  retrieval: async (options) => (await import("./retrieval.ts")).retrievalSection(options),
  scaling: async (options) => (await import("./scaling.ts")).scalingSection(options),
  executor: async (options) => (await import("./executor.ts")).executorSection(options),
  load: async (options) => (await import("./load.ts")).loadSection(options),
  faults: async (options) => (await import("./faults.ts")).faultsSection(options),
  journal: async (options) => (await import("./journal.ts")).journalSection(options),
  tasks: async (options) => (await import("./tasks.ts")).tasksSection(options),
};

if (process.argv.includes("--help")) {
  const names = Object.keys(sections).join(",");
  process.stdout.write(
    `npm run bench -- [--only SECTION[,SECTION]] [--rounds N] [--out FILE] [--model]\nSections: ${names}\n`,
  );
  process.exit(0);
}
const started = new Date();
const options = readOptions(process.argv.slice(2), started);
const done: Section[] = [];
for (const name of options.only) {
  options.progress(`\n— ${name}`);
  done.push(
    await sections[name]({ ...options, progress: (message) => options.progress(`${name}: ${message}`) }),
  );
}

printTable(done);
// A fault is one on any machine, however slow.
for (const { title, fault } of done) {
  if (fault === undefined) continue;
  process.stdout.write(`\n${title}: ${fault}\n`);
  process.exitCode = 1;
}
const report = {
  started: started.toISOString(),
  seconds: Math.round((Date.now() - started.getTime()) / 1000),
  node: process.version,
  machine: { platform: process.platform, processors: cpus().length, model: cpus()[0]?.model },
  rounds: options.rounds,
  sections: done.map((section) => ({
    ...section,
    rows: section.rows.map((row) => ({ ...row, verdict: verdict(row) })),
  })),
};
await mkdir(dirname(options.out), { recursive: true });
await writeFile(options.out, `${JSON.stringify(report, null, 1)}\n`);
process.stdout.write(`\nAll samples: ${relative(process.cwd(), options.out)}\n`);
