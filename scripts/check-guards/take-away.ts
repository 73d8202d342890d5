import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Guard } from "./guard.ts";

/** Takes a guard away in a copy. @returns a function that puts it back */
export async function takeAway({ id, file, edits }: Guard, copy: string): Promise<() => Promise<void>> {
  const path = join(copy, file);
  const before = await readFile(path, "utf8");
  let text = before;
  for (const [find, replace] of edits) {
    const parts = text.split(find);
    if (parts.length !== 2)
      throw new Error(`${id}: the guard moved. ${JSON.stringify(find)} is not in ${file} exactly once.`);
    text = parts.join(replace);
  }
  await writeFile(path, text);
  return () => writeFile(path, before);
}
