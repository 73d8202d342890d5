// What of a table can be drawn, and where its marks lie. Pure: columns and rows in, numbers out.

import { cell } from "./format.ts";
import type { Table } from "./find-table.ts";

export type ChartColumns = { labels: number[]; values: number[] };

/** Columns that name a row, and columns that measure it. Without one to measure there is no chart. */
export function chartColumns({ columns, rows }: Table): ChartColumns | undefined {
  if (rows.length < 2) return undefined;
  const all = columns.map((_, n) => n);
  const values = all.filter((n) =>
    isMostly(rows, n, (value) => typeof value === "number" || typeof value === "bigint"),
  );
  const simple = all.filter((n) => isMostly(rows, n, (value) => typeof value !== "object"));
  // An id is a number too, and never what one wants to see drawn first.
  const measures = values.toSorted((a, b) => Number(isId(columns[a])) - Number(isId(columns[b])));
  const named = simple.filter((n) => !values.includes(n));
  if (measures.length === 0) return undefined;
  return { labels: [...named, ...values], values: measures };
}

const isId = (name = "") => /^id$|_id$|Id$/.test(name);

function isMostly(rows: readonly unknown[][], column: number, is: (value: unknown) => boolean): boolean {
  const given = rows.map((row) => row[column]).filter((value) => value !== null && value !== undefined);
  return given.length > 0 && given.filter(is).length >= given.length * 0.9;
}

export type Point = { label: string; value: number; at: number };

/** `at` is where a row lies along a line: its time or number; NaN where the label is neither. */
export function pointsOf(rows: readonly unknown[][], label: number, value: number): Point[] {
  return rows.flatMap((row) => {
    const measured = row[value];
    if (typeof measured !== "number" && typeof measured !== "bigint") return [];
    return [{ label: cell(row[label]), value: Number(measured), at: placeOf(row[label]) }];
  });
}

function placeOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && /^\d{4}-\d\d(-\d\d)?([T ]\d\d:\d\d.*)?$/.test(value))
    return Date.parse(value);
  return Number.NaN;
}

/** A line says that what lies between two points was passed through: only times do. */
export function isSeries(points: readonly Point[], named: boolean): boolean {
  return named && points.length > 2 && points.every(({ at }) => Number.isFinite(at));
}

/** Round numbers that enclose what is drawn, zero included. */
export function ticks(low: number, high: number, about = 4): number[] {
  const from = Math.min(0, low);
  const to = Math.max(0, high);
  if (from === to) return [0];
  const rough = (to - from) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, n) => Number(((first + n) * step).toPrecision(12)));
}
