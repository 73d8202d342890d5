// The bench's documents on disk, outside the project: installed by npm when one is missing, and kept.

import { spawn } from "node:child_process";
import { access, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { BenchDocument } from "./documents.ts";

/** The collection alone is 60 MB packed. */
const installTimeout = 600_000;

const cacheDirectory = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "twofold-bench");

/** Path of the document's file. A version has a prefix of its own, so that a new pin never meets an old file. */
export async function documentFile(
  document: BenchDocument,
  progress: (message: string) => void,
): Promise<string> {
  const prefix = join(cacheDirectory, `${document.package.replaceAll("/", "+")}@${document.version}`);
  const file = join(prefix, "node_modules", document.package, document.file);
  if (await exists(file)) return file;
  progress(`Installing ${document.package} ${document.version} into ${prefix}`);
  await mkdir(prefix, { recursive: true });
  await npmInstall(prefix, `${document.package}@${document.version}`);
  if (!(await exists(file))) {
    throw new Error(`${document.package} ${document.version} has no file ${document.file}.`);
  }
  return file;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function npmInstall(prefix: string, what: string): Promise<void> {
  const flags = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--loglevel", "error"];
  return new Promise((resolve, reject) => {
    const child = spawn("npm", ["install", "--prefix", prefix, ...flags, what], {
      stdio: ["ignore", "ignore", "inherit"],
      timeout: installTimeout,
      // npm is a .cmd file there.
      shell: process.platform === "win32",
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm install ${what} ended with code ${code}. Is the npm registry reachable?`));
    });
  });
}
