// Secret fields of a form, by the names its fields have when nested ones are written out: `owner[email]`, `owner.email`, `tags[0]`.
// Pure.

import { marker } from "./redact.ts";

/** @param clear takes secret fields out of a plain value, as it does for JSON */
export function clearForm(form: string, clear: (value: unknown) => unknown): string {
  const pairs = [...new URLSearchParams(form)].map(([name, value]): [string, string] => {
    const path = name.split(/[[\].]+/).filter((part) => part !== "");
    const cleared = innermost(clear(nested(path, plain(value))), path);
    return [name, typeof cleared === "string" ? cleared : (JSON.stringify(cleared) ?? marker)];
  });
  return new URLSearchParams(pairs).toString();
}

/** A field may itself hold JSON. */
function plain(value: string): unknown {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? parsed : value;
  } catch {
    return value;
  }
}

const isIndex = (part: string) => /^\d+$/.test(part);

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>(
    (inner, part) => (isIndex(part) ? [inner] : Object.fromEntries([[part, inner]])),
    value,
  );
}

/** Undefined when something on the way to it was taken out whole. */
function innermost(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const part of path) {
    if (typeof inner !== "object" || inner === null) return undefined;
    inner = (inner as Record<string, unknown>)[isIndex(part) ? "0" : part];
  }
  return inner;
}
