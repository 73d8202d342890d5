// Where we lose, read off the rows: a goal that is missed, a way that is better than ours, a section that broke off.

import { type Row, label, ours } from "../row.ts";
import type { StoredSection } from "../results.ts";
import { comparisons } from "./comparisons.ts";

export interface Losses {
  /** Sections that broke off, and what must not be. */
  broken: string[];
  missed: string[];
  better: string[];
  /** The goal is met, the further one is not. */
  short: string[];
}

export function losses(sections: readonly StoredSection[]): Losses {
  const of = (tell: (section: StoredSection) => string[]) =>
    sections.flatMap((section) => tell(section).map((text) => `${section.title}: ${text}`));
  return {
    broken: of(({ failure, fault }) => [
      ...(failure === undefined ? [] : [`broke off, so it has no figures: ${failure}`]),
      ...(fault === undefined ? [] : [fault]),
    ]),
    missed: of(({ rows }) =>
      rows
        .filter(({ verdict }) => verdict === "below")
        .map((row) => `${label(row)} is ${row.got}; ${goal(row)}.`),
    ),
    better: of(({ rows }) => [...betterWays(rows), ...worseThanPlain(rows)]),
    short: of(({ rows }) =>
      rows
        .filter(({ verdict, stretch }) => verdict === "bar" && stretch !== undefined)
        .map((row) => `${label(row)} is ${row.got}; the further goal is ${limit(row, row.stretch)}.`),
    ),
  };
}

function betterWays(rows: readonly Row[]): string[] {
  return comparisons(rows).flatMap(({ task, rows: same }) => {
    const own = same.find(({ versus }) => versus.by === ours);
    if (own?.value === undefined) return [];
    const mine = own.value;
    return same.flatMap((other) => {
      if (other.value === undefined || other === own || !isBetter(other.value, mine, own.atLeast)) return [];
      const times = own.atLeast === true ? other.value / mine : mine / other.value;
      const factor = Number.isFinite(times) ? `, ${times.toFixed(times < 10 ? 2 : 0)} times better` : "";
      return [`${task}: ${other.versus.by} ${other.got}, ${ours} ${own.got}${factor}${close(own, other)}.`];
    });
  });
}

function worseThanPlain(rows: readonly Row[]): string[] {
  return rows.flatMap(({ what, got, value, against, atLeast }) =>
    against !== undefined && value !== undefined && isBetter(1, value, atLeast)
      ? [`${what} is ${got}, so ${against} is better.`]
      : [],
  );
}

function isBetter(other: number, own: number, atLeast = false): boolean {
  return atLeast ? other > own : other < own;
}

/** Two medians whose spreads overlap may change places in the next run. */
function close({ spread: a }: Row, { spread: b }: Row): string {
  if (a === undefined || b === undefined) return "";
  return a.p10 <= b.p90 && b.p10 <= a.p90 ? " (their spreads overlap)" : "";
}

function goal(row: Row): string {
  return `the goal is ${limit(row, row.bar)}`;
}

function limit({ atLeast }: Row, value: number | undefined): string {
  return `${atLeast === true ? "at least" : "at most"} ${value}`;
}
