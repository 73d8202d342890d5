// What an answer says of its page, in headers and in the objects around the items. Pure.

import { isRecord } from "../spec/document.ts";
import { envelopes, plainName } from "./paging-names.ts";

/** Plain names and their values; of one name the headers come first, then the innermost object that tells of pages. */
export type PageFacts = Map<string, unknown>;

/** Levels below the answer: `paging.cursors.after`, `_links.next.href`. */
const deepest = 3;

export function pageFacts(headers: Record<string, string>, data: unknown): PageFacts {
  const facts: PageFacts = new Map();
  for (const [name, value] of Object.entries(headers)) {
    // GitLab and others number pages in headers: x-next-page, x-total-pages.
    if (/^x-(next|total|page|per-page)/.test(name)) add(facts, plainName(name.slice(2)), fromHeader(value));
  }
  if (isRecord(data)) collect(facts, data, "", 0);
  return facts;
}

function collect(facts: PageFacts, record: Record<string, unknown>, own: string, depth: number): void {
  for (const [name, value] of Object.entries(record)) {
    const plain = plainName(name);
    if (isRecord(value) && depth < deepest && envelopes.has(plain)) collect(facts, value, plain, depth + 1);
  }
  for (const [name, value] of Object.entries(record)) {
    if (typeof value === "object" && value !== null) continue;
    const plain = plainName(name);
    // HAL and JSON:API put a link into an object of its own.
    add(facts, own === "next" && ["href", "url", "link"].includes(plain) ? "next" : plain, value);
  }
}

function add(facts: PageFacts, name: string, value: unknown): void {
  if (!facts.has(name)) facts.set(name, value);
}

function fromHeader(text: string): unknown {
  return text === "" ? null : /^\d+$/.test(text) ? Number(text) : text;
}

export function firstOf<T>(
  facts: PageFacts,
  names: readonly string[],
  fits: (value: unknown) => value is T,
): T | undefined {
  for (const name of names) {
    const value = facts.get(name);
    if (fits(value)) return value;
  }
  return undefined;
}

/** A number that counts, also when it is written as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

export function firstNumber(facts: PageFacts, names: readonly string[]): number | undefined {
  for (const name of names) {
    const number = numberOf(facts.get(name));
    if (number !== undefined) return number;
  }
  return undefined;
}
