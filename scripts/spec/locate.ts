// From a `$ref` to the value it names: file, then `$id`, anchor or JSON pointer, through other references on the way.

import { DocumentRefused } from "./document-refused.ts";
import { type DocumentFile, type DocumentFiles, fileOf } from "./document-files.ts";
import { pointerTokens } from "./json-pointer.ts";
import type { ReadingLimits } from "./reading-limits.ts";

export interface Target {
  file: DocumentFile;
  tokens: string[];
  value: unknown;
}

/** Where a fragment starts from: a file, or the `$id` resource that encloses the reference. */
export interface Base {
  file: DocumentFile;
  resource?: { id: string; tokens: string[] };
}

/** `undefined` for a pointer that leads nowhere, a refusal for a file that could not be read. */
type Located = Target | DocumentRefused | undefined;

function locate(reference: string, base: Base, all: DocumentFiles, limits: ReadingLimits, hops = 0): Located {
  if (hops > limits.hops) return undefined;
  const [address = "", fragment = ""] = splitOnce(reference, "#");
  if (address === "") {
    return (
      within(base.file, [], fragment, all, limits, hops) ??
      // By JSON Schema's rules `#` means the enclosing `$id`, but most documents mean the file, so that is tried first.
      (base.resource === undefined
        ? undefined
        : within(base.file, base.resource.tokens, fragment, all, limits, hops)) ??
      // Split documents often write `#/components/…` in a part and mean the whole.
      (base.file === all.root ? undefined : within(all.root, [], fragment, all, limits, hops))
    );
  }
  for (const from of [base.resource?.id, base.file.url]) {
    const url = from === undefined ? undefined : fileOf(address, from);
    if (url === undefined) continue;
    const resource = all.named.get(url);
    if (resource !== undefined) return within(resource.file, resource.tokens, fragment, all, limits, hops);
    const file = all.files.get(url);
    if (file instanceof DocumentRefused) return file;
    if (file !== undefined) return within(file, [], fragment, all, limits, hops);
  }
  return new DocumentRefused(base.file.url, `the reference "${reference}" is not an address.`);
}

/** Like `locate`, and through bare references in other files to the value itself, so that each value has one home. */
export function locateValue(
  reference: string,
  base: Base,
  all: DocumentFiles,
  limits: ReadingLimits,
): Located {
  let found = locate(reference, base, all, limits);
  for (let hops = 0; hops < limits.hops; hops++) {
    if (found === undefined || found instanceof DocumentRefused || found.file === all.root) break;
    const next = (found.value ?? {}) as Record<string, unknown>;
    if (typeof next["$ref"] !== "string" || Object.keys(next).length > 1) break;
    found = locate(next["$ref"], { file: found.file }, all, limits);
  }
  return found;
}

function within(
  file: DocumentFile,
  start: string[],
  fragment: string,
  all: DocumentFiles,
  limits: ReadingLimits,
  hops: number,
): Located {
  const anchored =
    fragment === "" || fragment.startsWith("/") ? undefined : all.named.get(`${file.url}#${fragment}`);
  if (anchored !== undefined) return walk(anchored.file, anchored.tokens, all, limits, hops);
  const tokens = pointerTokens(`#${fragment}`);
  return tokens === undefined ? undefined : walk(file, [...start, ...tokens], all, limits, hops);
}

function walk(
  file: DocumentFile,
  tokens: string[],
  all: DocumentFiles,
  limits: ReadingLimits,
  hops: number,
): Located {
  let value = file.value;
  for (const [index, token] of tokens.entries()) {
    if (typeof value !== "object" || value === null) return undefined;
    if (!Object.hasOwn(value, token)) {
      // The pointer goes through a reference: continue in what that one names.
      const { $ref } = value as { $ref?: unknown };
      if (typeof $ref !== "string") return undefined;
      const through = locate($ref, { file }, all, limits, hops + 1);
      if (through === undefined || through instanceof DocumentRefused) return through;
      return walk(through.file, [...through.tokens, ...tokens.slice(index)], all, limits, hops + 1);
    }
    value = (value as Record<string, unknown>)[token];
  }
  return { file, tokens, value };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
