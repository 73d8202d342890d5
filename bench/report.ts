// `npm run bench:report -- [FILE]`: writes BENCHMARKS.md, its pictures and the figures behind them. Measures nothing.

import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { repositoryRoot } from "../scripts/repository-root.ts";
import { benchDirectory } from "./options.ts";
import { keptResults } from "./report/kept-results.ts";
import { reportFiles } from "./report/report-files.ts";
import type { Results } from "./results.ts";

const [given] = process.argv.slice(2);
if (given === "--help") {
  process.stdout.write("npm run bench:report -- [FILE]\nFILE: JSON of npm run bench; the newest without.\n");
  process.exit(0);
}
const file = given ?? (await newest());
const results = keptResults(JSON.parse(await readFile(file, "utf8")) as Results);
const files = await reportFiles(results);
// A picture of a section that is no longer there would be looked at all the same.
await rm(join(repositoryRoot, "docs", "benchmarks"), { recursive: true, force: true });
for (const [path, text] of files) {
  await mkdir(dirname(join(repositoryRoot, path)), { recursive: true });
  await writeFile(join(repositoryRoot, path), text);
}
const names = files.map(([path]) => path).join(", ");
process.stdout.write(`${relative(process.cwd(), file)} → ${names}\n`);

async function newest(): Promise<string> {
  const found = await readdir(benchDirectory).catch(() => []);
  // Named after the time they were begun.
  const last = found
    .filter((name) => name.endsWith(".json"))
    .toSorted()
    .at(-1);
  if (last === undefined) throw new Error("There are no results yet. Run first: npm run bench");
  return join(benchDirectory, last);
}
