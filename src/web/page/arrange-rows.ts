// Rows of a table, filtered and sorted. Pure; equal rows keep their order.

import { cell } from "./format.ts";

export type Sorting = { column: number; descending: boolean };

/** Rows that have every word somewhere, in any case. */
export function filterRows(rows: readonly unknown[][], text: string): unknown[][] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return [...rows];
  return rows.filter((row) => {
    const whole = row.map((value) => cell(value).toLowerCase()).join("\n");
    return words.every((word) => whole.includes(word));
  });
}

export function sortRows(rows: readonly unknown[][], { column, descending }: Sorting): unknown[][] {
  return rows.toSorted((left, right) => {
    const [a, b] = [left[column], right[column]];
    // What is empty stays last, whichever way one sorts.
    const empty = Number(isEmpty(a)) - Number(isEmpty(b));
    return empty === 0 ? compare(a, b) * (descending ? -1 : 1) : empty;
  });
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === "";
const isNumber = (value: unknown) => typeof value === "number" || typeof value === "bigint";
const texts = new Intl.Collator("en", { numeric: true });

function compare(a: unknown, b: unknown): number {
  if (isNumber(a) && isNumber(b)) return a === b ? 0 : (a as number) < (b as number) ? -1 : 1;
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
  return texts.compare(cell(a), cell(b));
}
