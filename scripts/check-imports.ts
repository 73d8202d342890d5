import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { findViolations } from "./check-imports/find-violations.ts";
import { repositoryRoot } from "./repository-root.ts";

const root = process.argv[2] ?? repositoryRoot;
const files: { path: string; source: string }[] = [];
for (const folder of ["src", "scripts"]) {
  for (const entry of await readdir(join(root, folder), { recursive: true }).catch((): string[] => [])) {
    const path = `${folder}/${entry.replaceAll("\\", "/")}`;
    // What is built from the others keeps their rules if they do.
    if (!/\.(?:ts|tsx|js|mjs)$/.test(path) || path.includes("/dist/")) continue;
    files.push({ path, source: await readFile(join(root, path), "utf8") });
  }
}

const violations = findViolations(files);
for (const violation of violations) console.error(violation);
if (violations.length > 0) {
  console.error(`\n${violations.length} against the import directions of scripts/check-imports/rooms.ts.`);
  process.exitCode = 1;
} else {
  console.log(`Import directions hold in ${files.length} files.`);
}
