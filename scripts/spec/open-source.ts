// A document's files under the reading rules: references stay below the document's own directory, or on its origin.

import { realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DocumentCredential } from "./document-credential.ts";
import { DocumentRefused } from "./document-refused.ts";
import { readLocalFile } from "./read-file.ts";
import { type Lookup, readUrl } from "./read-url.ts";
import { type ReadingLimits, readingLimits } from "./reading-limits.ts";

interface SourceFile {
  /** Where its references start from: a `file:` or `http(s):` URL without fragment. */
  url: string;
  body: Buffer;
}

export interface OpenSource {
  root: SourceFile;
  readReference: (url: string) => Promise<SourceFile>;
  /** Files and bytes read so far. */
  read: { files: number; bytes: number };
}

export interface OpenOptions {
  limits?: ReadingLimits;
  lookup?: Lookup;
  /** Sent where the server answers that it wants one. */
  credential?: DocumentCredential;
}

export async function openSource(source: string, options: OpenOptions = {}): Promise<OpenSource> {
  const limits = options.limits ?? readingLimits;
  const read = { files: 0, bytes: 0 };
  const count = (file: SourceFile): SourceFile => {
    read.files += 1;
    read.bytes += file.body.length;
    return file;
  };
  const left = (place: string): number => {
    if (read.files >= limits.files)
      throw new DocumentRefused(place, `the document has more than ${limits.files} files.`);
    return limits.totalBytes - read.bytes;
  };
  if (!isUrl(source)) {
    const path = resolve(source);
    const root = count({ url: pathToFileURL(path).href, body: await readLocalFile(path, left(source)) });
    const within = await realpath(dirname(path));
    const readReference = async (url: string): Promise<SourceFile> => {
      if (!url.startsWith("file:"))
        throw new DocumentRefused(url, "a document in a file may refer only to files, not to the network.");
      return count({ url, body: await readLocalFile(pathOf(url), left(url), within) });
    };
    return { root, readReference, read };
  }
  const typed = new URL(source);
  if (typed.username !== "" || typed.password !== "") {
    throw new DocumentRefused(
      typed.host,
      "the URL holds a password, which would be written into api.jsonc.",
      "Download the document and give the file.",
    );
  }
  const signal = AbortSignal.timeout(limits.totalMs);
  const fetchFile = async (url: URL, permit: (url: URL) => void): Promise<SourceFile> => {
    const maximumBytes = left(url.href);
    const { lookup, credential } = options;
    const answer = await readUrl(url, {
      limits,
      maximumBytes,
      permit,
      typedOrigin: typed.origin,
      signal,
      ...(lookup && { lookup }),
      ...(credential && { credential }),
    });
    answer.url.hash = "";
    return count({ url: answer.url.href, body: answer.body });
  };
  const root = await fetchFile(typed, () => {});
  const origin = new URL(root.url).origin;
  const readReference = (url: string): Promise<SourceFile> =>
    fetchFile(new URL(url), (hop) => {
      if (hop.origin !== origin) {
        throw new DocumentRefused(
          hop.href,
          `is not on ${origin}; a document at a URL may refer only to its own origin.`,
        );
      }
    });
  return { root, readReference, read };
}

export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw new DocumentRefused(url, "is not the address of a local file.");
  }
}
