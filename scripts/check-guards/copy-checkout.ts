// A copy of the checkout in the temp folder, to be broken. Never takes secrets or built files along, and never writes back.

import { cp, mkdir, mkdtemp, readdir, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";

const leftOut = new Set(["node_modules", ".git", ".wrangler", "coverage", "dist", "artifact"]);

/** @returns the copy's folder */
export async function copyCheckout(root: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "twofold-guards-"));
  await cp(root, copy, {
    recursive: true,
    filter: (path) => {
      const name = basename(path);
      return relative(root, path) === "" || !(leftOut.has(name) || /^\.(dev\.vars|env)/.test(name));
    },
  });
  await linkPackages(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** A link for each package, and not one for all: vitest and wrangler write caches of their own beside them. */
async function linkPackages(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.name.startsWith(".") && entry.name !== ".bin") continue;
    if (entry.name.startsWith("@")) await linkPackages(join(from, entry.name), join(to, entry.name));
    else await symlink(join(from, entry.name), join(to, entry.name), "junction");
  }
}
