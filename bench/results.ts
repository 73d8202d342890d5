// What `npm run bench` stores and `npm run bench:report` reads.

import type { Section, Verdict } from "./row.ts";

export type StoredSection = Omit<Section, "data" | "rows"> & {
  name: string;
  seconds: number;
  rows: (Section["rows"][number] & { verdict: Verdict })[];
  /** Everything measured; left out of what is kept in the repository. */
  data?: unknown;
  /** Why there are no rows: the section broke off. */
  failure?: string;
};

export interface Machine {
  /** Name of the processor, how many, and how much memory. */
  model: string;
  processors: number;
  memoryBytes: number;
  /** Kind of system, its release and its architecture. */
  system: string;
  node: string;
  /** Versions of the packages that were run, by name. */
  packages: Record<string, string>;
  /** Processes that wanted a processor, over 1, 5 and 15 minutes. */
  loadAtStart: number[];
  loadAtEnd: number[];
}

export interface Results {
  started: string;
  seconds: number;
  /** False while sections are still to come, or when the bench was ended in the middle. */
  complete: boolean;
  rounds: number;
  warmup: number;
  machine: Machine;
  sections: StoredSection[];
}
