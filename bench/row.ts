// One line of the bench's table.

import type { Spread } from "./statistics.ts";

export interface Row {
  what: string;
  /** As shown, with its unit. */
  got: string;
  /** As judged. */
  value?: number;
  spread?: Spread;
  /** Issue 3's figures. A maximum unless `atLeast`. */
  bar?: number;
  stretch?: number;
  atLeast?: boolean;
}

export interface Section {
  title: string;
  rows: Row[];
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
