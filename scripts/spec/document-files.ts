// All files that a document's references reach, parsed, each read once. A file that cannot be read is kept as
// its refusal: it counts only when a reference that matters needs it.

import { DocumentRefused, type Finding } from "./document-refused.ts";
import type { OpenSource } from "./open-source.ts";
import { parseText } from "./parse-text.ts";
import type { ReadingLimits } from "./reading-limits.ts";

export interface DocumentFile {
  url: string;
  value: unknown;
}

export interface DocumentFiles {
  root: DocumentFile;
  files: Map<string, DocumentFile | DocumentRefused>;
  /** What `$id` (absolute) and `$anchor` (`file#name`) name. */
  named: Map<string, { file: DocumentFile; tokens: string[] }>;
  findings: Finding[];
}

const concurrent = 8;

export async function readFiles(
  source: OpenSource,
  limits: ReadingLimits,
  onProgress: (message: string) => void = () => {},
): Promise<DocumentFiles> {
  const parsed = parseText(source.root.body, source.root.url, limits);
  const root = { url: source.root.url, value: parsed.value };
  const result: DocumentFiles = {
    root,
    files: new Map([[root.url, root]]),
    named: new Map(),
    findings: parsed.findings,
  };
  let waiting = [...scan(root, result)];
  const wanted = new Set(waiting);
  while (waiting.length > 0) {
    if (wanted.size >= limits.files)
      throw new DocumentRefused(root.url, `the document has more than ${limits.files} files.`);
    onProgress(`Reading ${wanted.size} referenced files`);
    const batch = waiting.slice(0, concurrent);
    waiting = waiting.slice(concurrent);
    for (const file of await Promise.all(batch.map((url) => readOne(source, url, limits, result)))) {
      for (const url of file === undefined ? [] : scan(file, result)) {
        if (!wanted.has(url)) waiting.push(url);
        wanted.add(url);
      }
    }
  }
  return result;
}

async function readOne(source: OpenSource, url: string, limits: ReadingLimits, result: DocumentFiles) {
  try {
    const read = await source.readReference(url);
    const known = result.files.get(read.url);
    if (known !== undefined) {
      result.files.set(url, known);
      return undefined;
    }
    const { value, findings } = parseText(read.body, url, limits);
    const file = { url: read.url, value };
    result.findings.push(...findings);
    result.files.set(url, file).set(read.url, file);
    return file;
  } catch (error) {
    if (!(error instanceof DocumentRefused)) throw error;
    result.files.set(url, error);
    return undefined;
  }
}

/** Notes the names a file defines, and returns the other files it mentions. */
function scan(file: DocumentFile, result: DocumentFiles): Set<string> {
  const mentioned = new Set<string>();
  const seen = new Set<object>();
  const tokens: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const { $ref, $id, $anchor, $dynamicAnchor, mapping } = value as Record<string, unknown>;
    if (typeof $id === "string") name(URL.parse($id, file.url)?.href, file, tokens, result);
    for (const anchor of [$anchor, $dynamicAnchor]) {
      if (typeof anchor === "string") name(`${file.url}#${anchor}`, file, tokens, result);
    }
    const references =
      typeof mapping === "object" && mapping !== null
        ? Object.values(mapping).filter(looksLikeReference)
        : [];
    for (const reference of [$ref, ...references]) {
      const url =
        typeof reference === "string" && !reference.startsWith("#") ? fileOf(reference, file.url) : undefined;
      if (url !== undefined && !result.files.has(url)) mentioned.add(url);
    }
    for (const [key, child] of Object.entries(value)) {
      if (typeof child !== "object") continue;
      tokens.push(key);
      visit(child);
      tokens.pop();
    }
  };
  visit(file.value);
  for (const url of mentioned) if (result.named.has(url)) mentioned.delete(url);
  return mentioned;
}

function name(url: string | undefined, file: DocumentFile, tokens: string[], result: DocumentFiles): void {
  if (url !== undefined && !result.named.has(url)) result.named.set(url, { file, tokens: [...tokens] });
}

/** A discriminator's mapping may name a schema or refer to one; only what cannot be a name counts as a reference. */
export function looksLikeReference(value: unknown): value is string {
  return typeof value === "string" && (value.includes("#") || /\.(ya?ml|json)$/i.test(value));
}

/** The file a reference names, without its fragment; nothing when it is no URL at all. */
export function fileOf(reference: string, base: string): string | undefined {
  return URL.parse(reference, base)?.href.split("#", 1)[0];
}
