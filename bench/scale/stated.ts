// What docs/operations.md and docs/scale.md say of one run: ceilings, with room for a slower machine. The bench holds what it counts against these, and
// test/bench/scale.test.ts the pages: a page is wrong for no longer than until the next bench.

import type { Journal, RunCounts } from "./projection.ts";

/** An execute with four calls, one of which writes, of half a second. */
export const pricedRun: RunCounts = {
  isolates: 1,
  requests: 2,
  cpuMs: 40,
  objectRequests: 8,
  objectGbSeconds: 0.08,
  rowsRead: 70,
  rowsWritten: 22,
  kvReads: 1,
  kvWrites: 0,
};

/** The mix of the simulation, on average. Its KV writes are the hourly renewal of access tokens, below. */
export const mixedRun: RunCounts = {
  isolates: 0.85,
  requests: 1.85,
  cpuMs: 40,
  objectRequests: 5,
  objectGbSeconds: 0.08,
  rowsRead: 70,
  rowsWritten: 17,
  kvReads: 1.2,
  kvWrites: 0.2,
};

export const journal: Journal = { emptyBytes: 80_000, runBytes: 5_000, keptBytes: 12_000, requests: 4 };
