// What an artifact was built from, so that a deploy does not serve rules that somebody has changed since.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../repository-root.ts";
import { writeIfChanged } from "../write-if-changed.ts";
import { isUrl } from "./open-source.ts";
import { apiDirectory, readSettings } from "./settings.ts";

const fileOf = (name: string, root: string) => join(apiDirectory(name, root), "artifact", "built-from.txt");

/** Notes what the artifact now in place was built from. */
export async function recordInputs(name: string, root = repositoryRoot): Promise<void> {
  await writeIfChanged(fileOf(name, root), `${await inputsDigest(name, root)}\n`);
}

/** Of a document at a URL, and of files that the document refers to, it cannot tell. */
export async function artifactState(
  name: string,
  root = repositoryRoot,
): Promise<"missing" | "stale" | "fresh"> {
  const built = await readFile(join(apiDirectory(name, root), "artifact", "artifact.js")).catch(
    () => undefined,
  );
  if (built === undefined) return "missing";
  const recorded = await readFile(fileOf(name, root), "utf8").catch(() => "");
  return recorded.trim() === (await inputsDigest(name, root)) ? "fresh" : "stale";
}

/** Of the settings without their comments, the overlay, the document's own file, and the version that built. */
async function inputsDigest(name: string, root: string): Promise<string> {
  const settings = await readSettings(name, root);
  const { version } = JSON.parse(await readFile(join(repositoryRoot, "package.json"), "utf8")) as {
    version: string;
  };
  const hash = createHash("sha256").update(JSON.stringify([version, settings]));
  const files = [
    ...(settings.overlay === undefined ? [] : [join(apiDirectory(name, root), settings.overlay)]),
    ...(isUrl(settings.source) ? [] : [join(root, settings.source)]),
  ];
  for (const file of files) hash.update(await readFile(file).catch(() => "missing"));
  return hash.digest("hex");
}
