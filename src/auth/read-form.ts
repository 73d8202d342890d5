// A form's fields, bounded, each once. Pure but for the reading.

import { readBounded } from "../read-bounded.ts";

/** What our largest form has many times over. */
const formBytes = 16 * 1024;

/** @returns the fields, or what is wrong with them. */
export async function readForm(request: Request): Promise<URLSearchParams | string> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return "That is not a form of this page.";
  const text = await readBounded(request, formBytes);
  if (text === undefined) return `The form is larger than ${formBytes} bytes.`;
  const form = new URLSearchParams(text);
  const repeated = repeatedParameter(form, ["scope"]);
  return repeated === undefined ? form : `The field ${repeated} is there more than once.`;
}

/** The first name that is there twice: which of the two would count is for nobody to guess. */
export function repeatedParameter(
  parameters: URLSearchParams,
  many: readonly string[] = [],
): string | undefined {
  const seen = new Set<string>();
  for (const name of parameters.keys()) {
    if (seen.has(name) && !many.includes(name)) return JSON.stringify(name.slice(0, 40));
    seen.add(name);
  }
  return undefined;
}

/** Values that become keys of the store, which takes 512 bytes and throws at more. Ours are far shorter. */
const keyFields = ["client_id", "code", "refresh_token", "token", "subject_token"];
const keyChars = 400;

/** @returns the name of one that cannot be ours, as it would not fit a key or holds what no key of ours holds */
export function unfitKey(parameters: URLSearchParams): string | undefined {
  return keyFields.find((name) => parameters.getAll(name).some((value) => value !== "" && !isFitKey(value)));
}

export function isFitKey(value: string): boolean {
  return value.length <= keyChars && /^[\x21-\x7e]+$/.test(value);
}
