// What one run costs → what a day of many costs, keeps and asks of the busiest object. Arithmetic alone: measures nothing.

import { type Billed, prices } from "./prices.ts";

/** Of one run, on average over the mix. */
export interface RunCounts {
  isolates: number;
  /** To the Worker, and to its isolate. */
  requests: number;
  cpuMs: number;
  objectRequests: number;
  objectGbSeconds: number;
  rowsRead: number;
  rowsWritten: number;
  kvReads: number;
  kvWrites: number;
}

export interface Journal {
  /** Bytes of a journal with nothing in it, and what each run adds for as long as it is kept. */
  emptyBytes: number;
  runBytes: number;
  /** Bytes of results a run keeps, for as long as results are kept. */
  keptBytes: number;
  /** Requests a run makes to its own journal. */
  requests: number;
}

interface Load {
  runsPerDay: number;
  principals: number;
  /** The busiest hour against the average one. */
  peakFactor: number;
}

interface Bounds {
  journalRuns: number;
  journalMs: number;
  resultMs: number;
  resultsBytes: number;
  runsPerMinute: number;
}

const day = 24 * 60 * 60 * 1_000;
const daysOfMonth = 30;

export interface Projection {
  perSecond: { average: number; peak: number };
  /** Days until a journal is full, and the runs it then has. */
  daysKept: number;
  runsKept: number;
  /** Of one principal, and of all, once as much is swept as is added. */
  bytesEach: number;
  gigabytes: number;
  /** Requests a second to one journal: of an average principal in the busiest hour, and of one who asks all it may. */
  journalRequests: { average: number; most: number };
  /** Dollars of a month by what is billed, past what the plan includes. */
  dollars: Record<Billed, number>;
  total: number;
}

export function project(counts: RunCounts, journal: Journal, load: Load, bounds: Bounds): Projection {
  const each = load.runsPerDay / load.principals;
  const perSecond = load.runsPerDay / (day / 1_000);
  const runsKept = Math.min(bounds.journalRuns, each * (bounds.journalMs / day));
  const resultsKept = Math.min(runsKept, each * (bounds.resultMs / day));
  const bytesEach =
    journal.emptyBytes +
    runsKept * journal.runBytes +
    Math.min(bounds.resultsBytes, resultsKept * journal.keptBytes);
  const gigabytes = (bytesEach * load.principals) / 1e9;
  const units = { ...monthly(counts, load.runsPerDay), storedGb: gigabytes };
  const dollars = Object.fromEntries(
    Object.entries(units).map(([name, amount]) => [name, cost(name as Billed, amount)]),
  ) as Record<Billed, number>;
  return {
    perSecond: { average: perSecond, peak: perSecond * load.peakFactor },
    daysKept: runsKept / each,
    runsKept,
    bytesEach,
    gigabytes,
    journalRequests: {
      average: (each / (day / 1_000)) * load.peakFactor * journal.requests,
      most: (bounds.runsPerMinute / 60) * journal.requests,
    },
    dollars,
    total: Object.values(dollars).reduce((sum, one) => sum + one, 0),
  };
}

function monthly(counts: RunCounts, runsPerDay: number): Record<keyof RunCounts, number> {
  const times = runsPerDay * daysOfMonth;
  return Object.fromEntries(
    Object.entries(counts).map(([name, amount]) => [name, (amount as number) * times]),
  ) as Record<keyof RunCounts, number>;
}

function cost(name: Billed, amount: number): number {
  const { million, included } = prices[name];
  return (Math.max(0, amount - included) * million) / 1e6;
}
