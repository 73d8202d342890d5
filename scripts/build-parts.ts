// Builds what the Worker takes in beside its own code, the isolate's modules and the console, when what they are made of has changed.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { repositoryRoot } from "./repository-root.ts";
import { writeIfChanged } from "./write-if-changed.ts";

const at = (...path: string[]) => join(repositoryRoot, ...path);
const folders = [at("src", "sandbox", "dist"), at("src", "web", "dist")];
/** What was built from what: of its own, since what lies in `dist` is served. */
const record = at(".wrangler", "built-parts.txt");

export async function buildParts(): Promise<void> {
  const made = await madeOf();
  if ((await readFile(record, "utf8").catch(() => "")) === `${made}\n${await outputs()}\n`) return;
  // Only here: the bundler takes longer to load than all that is asked above.
  const [{ buildGuest }, { buildWeb }] = await Promise.all([
    import("./build-guest.ts"),
    import("./build-web.ts"),
  ]);
  await Promise.all([buildGuest(), buildWeb()]);
  await mkdir(dirname(record), { recursive: true });
  await writeIfChanged(record, `${made}\n${await outputs()}\n`);
}

/** A digest of every file that goes in, the two scripts and the versions of packages included. */
async function madeOf(): Promise<string> {
  const guest = (await filesBelow(at("src", "sandbox"))).filter((path) => path.endsWith(".guest.js"));
  const sources = guest.filter((path) => !path.startsWith(folders[0] ?? ""));
  const page = await filesBelow(at("src", "web", "page"));
  const rest = [at("scripts", "build-guest.ts"), at("scripts", "build-web.ts"), at("package-lock.json")];
  const hash = createHash("sha256");
  for (const path of [...sources, ...page, ...rest]) hash.update(path).update(await readFile(path));
  return hash.digest("hex");
}

/** The files that came out, with their sizes: one that somebody removed is built again. */
async function outputs(): Promise<string> {
  const files = (await Promise.all(folders.map(filesBelow))).flat();
  const sizeOf = async (path: string) => (await stat(path).catch(() => undefined))?.size ?? 0;
  const sized = await Promise.all(files.map(async (path) => `${path} ${await sizeOf(path)}`));
  return sized.join("\n");
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".tmp"))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
