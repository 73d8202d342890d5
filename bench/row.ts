// What a section measured: one line of the bench's table, and all that the report makes of it.

import type { Chart } from "./chart.ts";
import type { Spread } from "./statistics.ts";

export interface Row {
  what: string;
  /** As shown, with its unit. */
  got: string;
  /** As judged and drawn. */
  value?: number;
  spread?: Spread;
  /** The stated goal, and a further one. A maximum unless `atLeast`. */
  bar?: number;
  stretch?: number;
  /** More is better. */
  atLeast?: boolean;
  /** `value` is a quotient, and this is what it is taken against, in words: 1 is as good as that. */
  against?: string;
  /** Rows of one `task` did the same thing, each by its own means. `by` "Twofold" is ours. */
  versus?: Versus;
}

export interface Versus {
  task: string;
  by: string;
}

export const ours = "Twofold";

/** A table of its own, for what does not fit the columns of the rows. */
export interface Table {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

export interface Section {
  title: string;
  /** What is measured, against what and how, for somebody who has not read the code. */
  method?: string;
  rows: Row[];
  tables?: Table[];
  charts?: Chart[];
  /** Printed below the rows: how it was measured, and what was out of the ordinary. */
  notes: string[];
  /** What must not be, whatever the machine: the bench then ends with exit code 1. */
  fault?: string;
  /** Everything measured, for the JSON file. */
  data: unknown;
}

export type Verdict = "stretch" | "bar" | "below" | "";

export function verdict({ value, bar, stretch, atLeast = false }: Row): Verdict {
  if (value === undefined || bar === undefined) return "";
  const meets = (limit: number) => (atLeast ? value >= limit : value <= limit);
  if (stretch !== undefined && meets(stretch)) return "stretch";
  return meets(bar) ? "bar" : "below";
}

/** A row that is compared says with what it is, where nothing groups it. */
export function label({ what, versus }: Row): string {
  if (versus === undefined) return what;
  const { task, by } = versus;
  return [task, by, what].filter((part, n, all) => all.indexOf(part) === n).join(": ");
}

/** A quotient with the spread of its rounds, e.g. `1.62× (1.41–1.98)`. */
export function times(spread: Spread): string {
  const digits = spread.median >= 20 ? 0 : 2;
  return `${spread.median.toFixed(digits)}× (${spread.p10.toFixed(digits)}–${spread.p90.toFixed(digits)})`;
}

/** Milliseconds with their spread. */
export function milliseconds(spread: Spread): string {
  const digits = spread.median >= 100 ? 0 : 1;
  return `${spread.median.toFixed(digits)} ms (${spread.p10.toFixed(digits)}–${spread.p90.toFixed(digits)})`;
}

/** A row of milliseconds, for comparing with others of the same task. */
export function timed(what: string, spread: Spread, versus?: Versus): Row {
  return {
    what,
    got: milliseconds(spread),
    value: spread.median,
    spread,
    ...(versus !== undefined && { versus }),
  };
}
