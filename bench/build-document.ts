// A document → its artifact, by the project's own code, and what that took.

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ArtifactReport, writeArtifact } from "../scripts/spec/artifact.ts";
import { loadDocument } from "../scripts/spec/load-document.ts";
import { documentFile } from "./document-cache.ts";
import type { BenchDocument } from "./documents.ts";
import { benchDirectory } from "./options.ts";

export interface BuiltDocument {
  name: string;
  document: Record<string, unknown>;
  /** Bytes of the document's JSON without white space, so that documents compare. */
  bytes: number;
  /** Holds artifact.js and what it imports. */
  directory: string;
  loadMs: number;
  artifactMs: number;
  report: ArtifactReport;
  /** Why the raw JSON was taken instead of what `loadDocument` makes of it. */
  fallback?: string;
}

export async function buildDocument(
  entry: BenchDocument,
  progress: (message: string) => void,
): Promise<BuiltDocument> {
  const file = await documentFile(entry, progress);
  progress(`Building ${entry.name} (${((await stat(file)).size / 1e6).toFixed(1)} MB)`);
  const started = performance.now();
  const { document, fallback } = await load(file);
  const loaded = performance.now();
  const directory = join(benchDirectory, "artifacts", entry.name);
  const report = await writeArtifact({
    name: entry.name,
    document,
    settings: { source: file, baseUrl: "https://api.example.com", auth: { type: "none" } },
    directory,
  });
  const written = performance.now();
  return {
    name: entry.name,
    document,
    bytes: Buffer.byteLength(JSON.stringify(document)),
    directory,
    loadMs: loaded - started,
    artifactMs: written - loaded,
    report,
    ...(fallback === undefined ? {} : { fallback }),
  };
}

async function load(file: string): Promise<{ document: Record<string, unknown>; fallback?: string }> {
  try {
    const { document } = await loadDocument(file);
    return { document: document as unknown as Record<string, unknown> };
  } catch (error) {
    if (!file.endsWith(".json")) throw error;
    const raw = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
    return { document: raw, fallback: (error as Error).message };
  }
}
