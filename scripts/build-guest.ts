// Builds what runs inside the isolate: src/sandbox/*.guest.js → src/sandbox/dist, without comments and blanks. Each new
// isolate reads all of its source again, and half of ours is there for people. Names stay, and so do messages.

import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { transform } from "esbuild";
import { repositoryRoot } from "./repository-root.ts";
import { writeIfChanged } from "./write-if-changed.ts";

const sandbox = join(repositoryRoot, "src", "sandbox");
const guestFolder = join(sandbox, "dist");

export async function buildGuest(folder = guestFolder): Promise<void> {
  await mkdir(folder, { recursive: true });
  const isGuest = (name: string) => name.endsWith(".guest.js");
  const names = (await readdir(sandbox)).filter(isGuest);
  for (const name of names) {
    const { code } = await transform(await readFile(join(sandbox, name), "utf8"), {
      format: "esm",
      target: "esnext",
      minify: true,
      sourcefile: name,
    });
    await writeIfChanged(join(folder, name), code);
  }
  for (const name of await readdir(folder))
    if (isGuest(name) && !names.includes(name)) await rm(join(folder, name), { force: true });
}
