import { readFile, rename, rm, writeFile } from "node:fs/promises";

/**
 * Replaces a file in one step, and not at all when it already holds this text: wrangler watches these
 * files and rebuilds on every write, and a reader must never see half of one.
 */
export async function writeIfChanged(path: string, text: string): Promise<boolean> {
  const present = await readFile(path, "utf8").catch(() => undefined);
  if (present === text) return false;
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return true;
}
