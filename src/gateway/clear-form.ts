// Secret fields of a form, by the names its fields have when nested ones are written out: `owner[email]`, `owner.email`, `tags[0]`.
// Never keeps a value of which it cannot be told whether it is secret: a form has many ways to write lists and objects. Pure.

import { marker } from "./redact.ts";

/** What is secret in a form, and where. */
export type FormSecrets = {
  /** Takes secret fields out of a plain value, as it does for JSON. */
  clear: (value: unknown) => unknown;
  /** Whether what stands at this place may hold secrets; undefined where that is not known. */
  mayHold: (path: readonly string[]) => boolean | undefined;
  /** Names of secret fields, as policy has them. */
  names: readonly string[];
};

export function clearForm(form: string, secrets: FormSecrets): string {
  const pairs = [...new URLSearchParams(form)].map(([name, value]) => [
    name,
    clearField(name, value, secrets),
  ]);
  return new URLSearchParams(pairs).toString();
}

function clearField(name: string, value: string, { clear, mayHold, names }: FormSecrets): string {
  const path = name.split(/[[\].]+/).filter((part) => part !== "");
  const given = plain(value);
  // A server may take the name as it stands, or as a path.
  const ways = [[name], path];
  const known = ways.map(mayHold);
  const isKnown = known.some((each) => each !== undefined);
  // JSON is looked into below; in a list or object that is written otherwise no place can be told.
  const isSafe = typeof given === "object" ? isKnown : isKnown && !known.includes(true);
  if (!isSafe || names.some((each) => mayBeNamed(each.split("."), path, value))) return marker;
  const cleared = ways.reduce((left, way) => innermost(clear(nested(way, left)), way), given);
  return typeof cleared === "string" ? cleared : (JSON.stringify(cleared) ?? marker);
}

/** An object whose fields stand beside those of the form, or in one text: `owner=email,a@example.com`. */
function mayBeNamed(wanted: readonly string[], path: readonly string[], value: string): boolean {
  const last = wanted.at(-1);
  const given = path.filter((part) => !isIndex(part));
  if (given.length < wanted.length && given.at(-1) === last) return true;
  return [",", "|", " "].some((sign) => {
    const parts = value.split(sign);
    return parts.length % 2 === 0 && parts.some((part, n) => n % 2 === 0 && part === last);
  });
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
