// Takes the credential out of whatever comes from the API, however it is written there. Never keeps or logs what it found.

import type { Credential } from "../auth/credential.ts";
import { secretForms, wordChars } from "./secret-forms.ts";
import type { SecretForm } from "./secret-forms.ts";

/** Stands where something was taken out. A call that carries it is refused, so it never overwrites the real value. */
export const marker = "[redacted]";

/** What of a credential must not be seen: what follows its scheme, and of a user name and password the password. */
export function secretsOf(credential: Credential): string[] {
  if (credential.kind === "none") return [];
  const { value } = credential;
  const rest = value.replace(/^(bearer|basic|token|apikey) +/i, "");
  const pair = /^basic /i.test(value) ? decodePair(rest) : undefined;
  const password = pair?.slice(pair.indexOf(":") + 1);
  return [rest, pair, password].filter((text): text is string => text !== undefined && text !== "");
}

export class Redactor {
  readonly #needles: Needle[];
  #byteNeedles: Needle[] | undefined;
  readonly #secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.filter((secret) => secret.length >= wordChars);
    this.#needles = needlesOf(secrets);
  }

  text(text: string): string {
    let result = text;
    for (const needle of this.#needles) result = replace(result, places(result, needle));
    return result;
  }

  /** As long as before, so that what points into the bytes still does: the marker, then asterisks. */
  bytes(bytes: Uint8Array): Uint8Array {
    let result: Uint8Array | undefined;
    // Searched as text of one byte a character.
    this.#byteNeedles ??= needlesOf(
      this.#secrets.map((secret) => oneByteText(new TextEncoder().encode(secret))),
    );
    for (const needle of this.#byteNeedles) {
      // Read again after each: one secret may hold another, as a pair holds its password.
      for (const [start, end] of places(oneByteText(result ?? bytes), needle)) {
        result ??= bytes.slice();
        result.set(new TextEncoder().encode(marker.padEnd(end - start, "*").slice(0, end - start)), start);
      }
    }
    return result ?? bytes;
  }

  /** @throws SyntaxError when the text is no JSON */
  parse(text: string): unknown {
    const clean = this.text(text);
    // A secret of digits may stand as a number, which has no place for the marker.
    if (this.#secrets.some((secret) => /^[\d.]+$/.test(secret))) return this.#value(JSON.parse(text));
    if (clean === text) return JSON.parse(text);
    try {
      return JSON.parse(clean);
    } catch {
      // What was replaced began within an escape, or was no part of a string.
      return this.#value(JSON.parse(text));
    }
  }

  #value(root: unknown): unknown {
    const holder = { root };
    const open: [holder: Record<string, unknown>, key: string][] = [[holder, "root"]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [parent, key] = next;
      const value = parent[key];
      if (typeof value === "string") parent[key] = this.text(value);
      else if (typeof value === "number") {
        const hidden =
          this.text(String(value)) !== String(value) ||
          this.#secrets.some((secret) => Number(secret) === value);
        if (hidden) parent[key] = marker;
      } else if (typeof value === "object" && value !== null) {
        const inner = value as Record<string, unknown>;
        if (!Array.isArray(value)) this.#keys(inner);
        for (const name of Object.keys(inner)) open.push([inner, name]);
      }
    }
    return holder.root;
  }

  #keys(object: Record<string, unknown>): void {
    for (const name of Object.keys(object)) {
      const clean = this.text(name);
      if (clean === name) continue;
      const value = object[name];
      delete object[name];
      Object.defineProperty(object, clean, { value, writable: true, enumerable: true, configurable: true });
    }
  }
}

type Needle = { head: RegExp; forms: SecretForm[] };

/**
 * Characters of each form that the one quick search looks for. The engine compiles no pattern above 20,000 characters, and what
 * it does not compile is a hundred times as slow; so the rest of a form is compared only where its head was found.
 */
const headUnits = 5;

function needlesOf(secrets: readonly string[]): Needle[] {
  return secrets.flatMap((secret) => {
    const forms = secretForms(secret);
    if (forms.length === 0) return [];
    const heads = forms.map(({ units }) => units.slice(0, headUnits).join(""));
    return { head: new RegExp([...new Set(heads)].join("|"), "g"), forms };
  });
}

/** Patterns of single characters; compiled when first compared, which for most secrets is never. */
const compiled = new Map<string, RegExp>();

function sticky(unit: string): RegExp {
  let pattern = compiled.get(unit);
  if (pattern === undefined) {
    if (compiled.size > 1_000) compiled.clear();
    compiled.set(unit, (pattern = new RegExp(unit, "y")));
  }
  return pattern;
}

/** Where a needle stands in a text, in order and without overlaps. */
function places(text: string, { head, forms }: Needle): [start: number, end: number][] {
  const found: [number, number][] = [];
  head.lastIndex = 0;
  for (let match = head.exec(text); match !== null; match = head.exec(text)) {
    const start = match.index;
    const end = Math.max(...forms.map((form) => endOf(text, start, form)));
    if (end > start) found.push([start, end]);
    head.lastIndex = Math.max(end, start + 1);
  }
  return found;
}

/** The end of a form that stands at `start`, or -1. */
function endOf(text: string, start: number, { literal, units, alone }: SecretForm): number {
  let end = start;
  if (literal !== undefined && text.startsWith(literal, start)) end = start + literal.length;
  else {
    for (const unit of units) {
      const pattern = sticky(unit);
      pattern.lastIndex = end;
      if (!pattern.test(text)) return -1;
      end = pattern.lastIndex;
    }
  }
  const touches = (n: number) => /[A-Za-z0-9]/.test(text[n] ?? "");
  return alone && (touches(start - 1) || touches(end)) ? -1 : end;
}

function replace(text: string, found: [start: number, end: number][]): string {
  if (found.length === 0) return text;
  let from = 0;
  const parts: string[] = [];
  for (const [start, end] of found) {
    parts.push(text.slice(from, start));
    from = end;
  }
  return [...parts, text.slice(from)].join(marker);
}

/** One character a byte, in windows-1252: the one such charset that every runtime decodes. */
function oneByteText(bytes: Uint8Array): string {
  return new TextDecoder("windows-1252").decode(bytes);
}

function decodePair(base64: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
