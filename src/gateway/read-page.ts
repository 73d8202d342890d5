// One answer of a list → whether there is more, and what the next page's call differs in. Pure. Never an address to
// call: a link brings query values into the same operation, wherever it leads.

import { isRecord } from "../spec/document.ts";
import { findItems } from "./find-items.ts";
import { looksLikeLink, nextInHeader, valuesOfLink } from "./next-link.ts";
import { firstNumber, firstOf, numberOf, pageFacts } from "./page-facts.ts";
import type { PageFacts } from "./page-facts.ts";
import type { PagingInput } from "./paging-inputs.ts";
import { asks, counts, flags, nexts } from "./paging-names.ts";

type NextPage = { in: "query" | "body"; values: Record<string, unknown> };

export type Page = {
  /** Keys from the answer's data to its items, or what could hold them. */
  at?: string[];
  candidates?: string[];
  /** Values the next page's call has beside those of this one; absent when there is no next, or it cannot be told. */
  next?: NextPage;
  /** Whether the answer says that there is more; absent when it says neither. */
  more?: boolean;
  /** The number of this page was guessed: the next may turn out to be this one. */
  unsure?: true;
  /** Which part of the whole it is, e.g. "page 1 of 7". */
  part?: string;
};

export type PageQuestion = {
  path: string;
  inputs: PagingInput[];
  query: Map<string, unknown>;
  body: Record<string, unknown>;
  /** Name of the query parameter that carries the credential. */
  credential?: string;
  /** Where the program says that the items are. */
  items?: string;
};

export function readPage(question: PageQuestion, headers: Record<string, string>, data: unknown): Page {
  const found = findItems(data, question.path, question.items);
  if (!("at" in found)) return { candidates: found.candidates };
  const facts = pageFacts(headers, data);
  const place = placeOf(question, facts, found.items.length);
  const flag = flagOf(facts);
  const led = flag === false ? undefined : nextByAnswer(question, facts, headers["link"]);
  const more = flag ?? (led === undefined ? moreByCount(place, facts, found.items.length) : led.more);
  const page: Page = { at: found.at };
  if (more !== undefined) page.more = more;
  const part = partOf(place, facts, found.items.length);
  if (part !== undefined) page.part = part;
  if (more === false) return page;
  const next = led?.next ?? (more === true ? afterLastItem(question, facts, found.items) : undefined);
  if (next !== undefined) return { ...page, next };
  // An empty page is the end of what is counted, unless the answer says in so many words that it is not.
  if (found.items.length === 0 && flag !== true) return { ...page, more: false };
  const counted = place && nextByCount(place, question, found.items.length);
  return counted === undefined ? page : { ...page, ...counted };
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";

function flagOf(facts: PageFacts): boolean | undefined {
  const more = firstOf(facts, flags.more, isBoolean);
  if (more !== undefined) return more;
  const done = firstOf(facts, flags.done, isBoolean);
  return done === undefined ? undefined : !done;
}

type Led = { more: boolean; next?: NextPage };

/** What the answer itself gives for the next page: a link, a page's number or a cursor; `more: false` where it gives null. */
function nextByAnswer(question: PageQuestion, facts: PageFacts, header: string | undefined): Led | undefined {
  const inHeader = header === undefined ? undefined : nextInHeader(header);
  const link =
    inHeader ??
    nexts.link.map((name) => facts.get(name)).find((value) => isText(value) && looksLikeLink(value));
  if (isText(link)) {
    const values = valuesOfLink(link, question.query, question.credential);
    return { more: true, ...(Object.keys(values).length > 0 && { next: { in: "query", values } }) };
  }
  const number = firstNumber(facts, nexts.number);
  const byNumber = number === undefined ? undefined : inputOf(question, asks.page);
  if (number !== undefined && byNumber !== undefined)
    return { more: true, next: valueFor(byNumber, number, question) };
  for (const name of nexts.cursor) {
    const value = facts.get(name);
    if (!isText(value) && !(typeof value === "number" && name.startsWith("next"))) continue;
    const input = cursorInput(name, value, question);
    if (input !== undefined) return { more: true, next: valueFor(input, value, question) };
    if (name.startsWith("next")) return { more: true };
  }
  const saysNone = [...nexts.link, ...nexts.cursor].some((name) => {
    const isName =
      name.startsWith("next") || (name === "cursor" && cursorInput(name, "", question) !== undefined);
    return isName && facts.has(name) && [null, "", false].includes(facts.get(name) as null);
  });
  return inHeader === null || saysNone ? { more: false } : undefined;
}

function inputOf({ inputs }: PageQuestion, names: readonly string[]): PagingInput | undefined {
  for (const name of names) {
    const input = inputs.find((each) => each.plain === name && each.number);
    if (input !== undefined) return input;
  }
  return undefined;
}

/** The parameter that takes a cursor found under a name: its own, the name without "next", else the one there is. */
function cursorInput(name: string, value: unknown, { inputs }: PageQuestion): PagingInput | undefined {
  const short = name.replace(/^(next|end)/, "");
  const fits = (input: PagingInput) => typeof value === "number" || input.text || /^\d+$/.test(String(value));
  const called = (wanted: string) => inputs.find((input) => input.plain === wanted && fits(input));
  const same = called(name) ?? called(short) ?? called(`page${short}`);
  if (same !== undefined) return same;
  if (["marker", "offset", "continue"].includes(name)) return undefined;
  for (const wanted of asks.cursor) {
    const input = called(wanted);
    if (input !== undefined) return input;
  }
  return undefined;
}

function afterLastItem(question: PageQuestion, facts: PageFacts, items: unknown[]): NextPage | undefined {
  const last = items.at(-1);
  const id = facts.get("lastid") ?? (isRecord(last) ? last["id"] : undefined);
  if (typeof id !== "string" && typeof id !== "number") return undefined;
  for (const name of asks.lastId) {
    const input = question.inputs.find((each) => each.plain === name);
    if (input !== undefined) return valueFor(input, id, question);
  }
  return undefined;
}

/** Where the answer stands among all pages, by number or by items before it. */
type Place =
  | {
      kind: "page";
      input: PagingInput;
      number: number;
      first: number;
      size: number | undefined;
      unsure: boolean;
    }
  | { kind: "offset"; input: PagingInput; number: number; first: number };

function placeOf(question: PageQuestion, facts: PageFacts, count: number): Place | undefined {
  const byOffset = inputOf(question, asks.offset);
  const page = inputOf(question, asks.page);
  const asksOffset = byOffset !== undefined && valueOf(byOffset, question) !== undefined;
  const byPage = page !== undefined && asksOffset && valueOf(page, question) === undefined ? undefined : page;
  const size = sizeOf(question, facts);
  if (byPage !== undefined) {
    const asked = numberOf(valueOf(byPage, question));
    const told = firstNumber(facts, counts.page);
    const number = asked ?? told ?? byPage.usual ?? 1;
    const first = byPage.usual === 0 || told === 0 || asked === 0 ? 0 : 1;
    const unsure = asked === undefined && told === undefined && byPage.usual === undefined;
    return {
      kind: "page",
      input: byPage,
      number,
      first,
      size: size ?? (number === first ? count : undefined),
      unsure,
    };
  }
  // `from` and `start` are as often a date.
  if (
    byOffset === undefined ||
    (/^(from|start)$/.test(byOffset.plain) && inputOf(question, asks.size) === undefined)
  )
    return undefined;
  const told = firstNumber(facts, [byOffset.plain]);
  // SCIM and OpenSearch count the items of startIndex from 1.
  const first = byOffset.plain === "startindex" && byOffset.usual !== 0 ? 1 : 0;
  const number = numberOf(valueOf(byOffset, question)) ?? told ?? byOffset.usual ?? first;
  return { kind: "offset", input: byOffset, number, first };
}

function sizeOf(question: PageQuestion, facts: PageFacts): number | undefined {
  const asked = inputOf(question, asks.size);
  return firstNumber(facts, counts.size) ?? (asked && (numberOf(valueOf(asked, question)) ?? asked.usual));
}

function moreByCount(place: Place | undefined, facts: PageFacts, count: number): boolean | undefined {
  if (place === undefined) return undefined;
  const total = firstNumber(facts, counts.total);
  if (place.kind === "offset")
    return total === undefined ? undefined : place.number - place.first + count < total;
  const pages = firstNumber(facts, counts.pages);
  if (pages !== undefined) return place.number - place.first + 1 < pages;
  if (total === undefined || place.size === undefined) return undefined;
  return (place.number - place.first + 1) * place.size < total;
}

function partOf(place: Place | undefined, facts: PageFacts, count: number): string | undefined {
  const pages = firstNumber(facts, counts.pages);
  if (place?.kind === "page" && pages !== undefined)
    return `page ${place.number - place.first + 1} of ${pages}`;
  const total = firstNumber(facts, counts.total);
  return total !== undefined && total > count ? `${count} of ${total} items` : undefined;
}

function nextByCount(
  place: Place,
  question: PageQuestion,
  count: number,
): Pick<Page, "next" | "unsure"> | undefined {
  const unsure = place.kind === "page" && place.unsure;
  // Where it is not known whether pages begin at 0 or 1, page 1 is the second or this one again: asking tells.
  const value = place.number + (place.kind === "offset" ? count : unsure ? 0 : 1);
  const next = valueFor(place.input, value, question);
  return { next, ...(unsure && { unsure }) };
}

function valueOf(input: PagingInput, { query, body }: PageQuestion): unknown {
  const given = input.in === "query" ? query.get(input.name) : body[input.name];
  if (input.field === undefined) return given;
  const inner = isRecord(given) ? given[input.field] : undefined;
  return inner ?? (input.in === "query" ? query.get(`${input.name}[${input.field}]`) : undefined);
}

function valueFor(input: PagingInput, value: string | number, { query, body }: PageQuestion): NextPage {
  const { in: place, name, field } = input;
  if (field === undefined) return { in: place, values: { [name]: value } };
  const given = place === "query" ? query.get(name) : body[name];
  return { in: place, values: { [name]: { ...(isRecord(given) ? given : {}), [field]: value } } };
}
