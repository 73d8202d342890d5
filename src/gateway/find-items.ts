// Which array of an answer holds the list's items. Pure, and never guesses between two that are alike.

import { isRecord } from "../spec/document.ts";
import { besides, lists, plainName, wrappers } from "./paging-names.ts";

type FoundItems =
  | { at: string[]; items: unknown[] }
  /** Arrays of which any might be it; none when the answer holds none. */
  | { candidates: string[] };

/** @param path of the operation: `GET /zones/{id}/dns_records` names its array @param given where the program says it is */
export function findItems(data: unknown, path: string, given?: string): FoundItems {
  if (given !== undefined) return findGiven(data, given);
  if (Array.isArray(data)) return { at: [], items: data };
  // Nothing at all is how some servers write an empty list.
  if (data === null) return { at: [], items: [] };
  if (!isRecord(data)) return { candidates: [] };
  const own = arraysIn(data, []);
  const inner = Object.entries(data)
    .filter(([name, value]) => wrappers.has(plainName(name)) && isRecord(value))
    .flatMap(([name, value]) => arraysIn(value as Record<string, unknown>, [name]));
  const wanted = plainName(path.split("/").findLast((segment) => !/^$|\{/.test(segment)) ?? "");
  return pick(own, wanted) ?? pick(inner, wanted) ?? nullList(data) ?? refuse([...own, ...inner]);
}

type Found = { at: string[]; items: unknown[] };

function arraysIn(record: Record<string, unknown>, above: string[]): Found[] {
  return Object.entries(record).flatMap(([name, value]) =>
    Array.isArray(value) && !besides.has(plainName(name)) ? [{ at: [...above, name], items: value }] : [],
  );
}

function pick(found: Found[], wanted: string): Found | undefined {
  if (found.length <= 1) return found[0];
  const called = ({ at }: Found) => plainName(at.at(-1) ?? "");
  const named = found.filter((one) => called(one) === wanted);
  if (named.length === 1) return named[0];
  const usual = found.filter((one) => lists.has(called(one)));
  return usual.length === 1 ? usual[0] : undefined;
}

function nullList(data: Record<string, unknown>): Found | undefined {
  const found = Object.entries(data).filter(([name, value]) => value === null && lists.has(plainName(name)));
  return found.length === 1 && found[0] !== undefined ? { at: [found[0][0]], items: [] } : undefined;
}

function refuse(found: Found[]): FoundItems {
  return { candidates: found.slice(0, 10).map(({ at }) => at.join(".")) };
}

/** A name may hold dots itself: it is tried whole first. */
function findGiven(data: unknown, given: string): FoundItems {
  const whole = isRecord(data) && Object.hasOwn(data, given);
  const at = given === "" ? [] : whole ? [given] : given.split(".");
  let value = data;
  for (const key of at) value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  if (Array.isArray(value)) return { at, items: value };
  if (value === null) return { at, items: [] };
  const found = findItems(data, "");
  return { candidates: "at" in found ? [found.at.join(".")] : found.candidates };
}
