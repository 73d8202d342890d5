import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder with these files for the length of one test. */
export async function folder(
  files: Record<string, unknown>,
): Promise<{ path: string; [Symbol.asyncDispose]: () => Promise<void> }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "twofold-spec-")));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The smallest document whose one schema is this. */
export function documentWith(schema: unknown): object {
  return {
    openapi: "3.1.0",
    info: { title: "Test", version: "1" },
    paths: {},
    components: { schemas: { It: schema } },
  };
}
