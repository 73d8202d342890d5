import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactReport } from "./artifact.ts";
import type { ApiSettings } from "./settings.ts";

/**
 * Builds an artifact beside the one in use and puts its files in place only when all of them are written, so a
 * failed build leaves the last good one as it was. Equal files stay untouched: `wrangler dev` watches them.
 */
export async function publishArtifact(
  directory: string,
  what: { name: string; document: object; settings: ApiSettings },
  beforePublish: () => Promise<void> = async () => {},
): Promise<ArtifactReport> {
  const { writeArtifact } = await import("./artifact.ts");
  const draft = join(directory, `.draft-${process.pid}`);
  try {
    await mkdir(draft, { recursive: true });
    const report = await writeArtifact({ ...what, directory: draft });
    await beforePublish();
    // The module last: it carries the hash of the others.
    const files = (await readdir(draft)).toSorted(
      (left, right) => Number(left.endsWith(".js")) - Number(right.endsWith(".js")),
    );
    for (const file of files) await replaceIfChanged(join(draft, file), join(directory, file));
    return report;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function replaceIfChanged(from: string, to: string): Promise<void> {
  const present = await readFile(to).catch(() => undefined);
  if (present?.equals(await readFile(from)) !== true) await rename(from, to);
}
