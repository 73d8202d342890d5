// A million runs a day from ten thousand people: what one run costs, counted on real workerd under a day's load pressed into
// minutes, and what that makes of a month. docs/scale.md says the same in words.

import { limits } from "../src/limits.ts";
import type { Chart } from "./chart.ts";
import { type BenchOptions, share } from "./options.ts";
import { type Row, type Section, type Table } from "./row.ts";
import { peakFactor } from "./scale/arrivals.ts";
import { linear } from "./scale/linear.ts";
import { prices } from "./scale/prices.ts";
import { type Journal, type Projection, type RunCounts, project } from "./scale/projection.ts";
import { type Counts, type Simulated, simulate } from "./scale/simulate.ts";
import { mixedRun, pricedRun } from "./scale/stated.ts";
import { quantile } from "./statistics.ts";

/** Of a whole bench. */
const people = 120;
const runsEach = 10;
/** Runs a second on average; in the busiest hour more than twice that, which two processors take without queues. */
const runsPerSecond = 10;
/** Runs after a journal is full: it is swept every hundred. */
const sweptRuns = 600;
/** Gigabytes of memory a Durable Object is billed for, whatever it uses. */
const objectGb = 0.128;
/** Requests a second that one Durable Object takes, as Cloudflare says: a soft limit. */
const objectRequestsPerSecond = 1_000;

const load = { runsPerDay: 1_000_000, principals: 10_000, peakFactor };

export async function scaleSection({ rounds, progress }: BenchOptions): Promise<Section> {
  const principals = share(people, rounds);
  const runs = principals * runsEach;
  const seen = await simulate({
    principals,
    runs,
    seconds: Math.max(5, Math.round(runs / runsPerSecond)),
    fillRuns: limits.journalRuns,
    sweptRuns: Math.max(200, share(sweptRuns, rounds)),
    progress,
  });
  const counts = runCounts(seen);
  const journal = journalOf(seen);
  const projected = project(counts, journal, load, limits);
  const failed = seen.runs.filter(({ outcome }) => outcome === "failed");
  return {
    title: "scale",
    method: `A simulation: ${seen.principals} people sign in with OAuth, each with a journal and a quota of one's own, and make ${seen.runs.length} runs in ${seen.seconds.toFixed(0)} s. They come as an office does over a day, the busiest hour ${peakFactor.toFixed(1)} times the average, and the busiest person five times the average one. Of ten runs four search, three read, two write and one keeps a large result. Every request to a Durable Object, row, KV operation and isolate is counted where the Worker asks for it. Then arithmetic: a million runs a day from ten thousand people.`,
    rows: [...measuredRows(seen, counts, journal), ...projectedRows(projected, seen)],
    tables: [requestTable(seen), costTable(counts, projected)],
    charts: [costChart(projected)],
    notes: [
      `Each person's client renews its access token ${renewalsPerDay} times a day, which is in the KV figures of a run.`,
      "Measured: everything a run. Arithmetic: everything a day, a month or a second, from those figures, the limits and Cloudflare's prices.",
      "Rows are counted by SQLite's own cursors, index rows included; setting an alarm counts as a row. Processor time is all of workerd's, with its own part in being Durable Object, KV and loader here, so it is an upper bound.",
      ...failed.slice(0, 3).map(({ kind, said }) => `Failed (${kind}): ${said}`),
    ],
    data: { ...seen, perRun: counts, journal, projected },
  };
}

/** Hours of a day in which a person's client renews its access token. */
const renewalsPerDay = 8;

function runCounts({ counts, runs, renewed, month, cpuMs = Number.NaN }: Simulated): RunCounts {
  const each = Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, value / runs.length]));
  const renewals = (load.principals * renewalsPerDay) / load.runsPerDay;
  const run = withSweeping(billed(each), month);
  const renewal = billed(renewed);
  return {
    ...run,
    cpuMs: cpuMs / runs.length,
    kvReads: run.kvReads + renewals * renewal.kvReads,
    kvWrites: run.kvWrites + renewals * renewal.kvWrites,
  };
}

/** A full journal sweeps as many runs as come, and that is billed as well. */
function withSweeping<C extends Omit<RunCounts, "cpuMs">>(
  counts: C,
  { filling, full }: Simulated["month"],
): C {
  return {
    ...counts,
    rowsRead: counts.rowsRead + full.read - filling.read,
    rowsWritten: counts.rowsWritten + full.written - filling.written,
  };
}

/** What was counted for one run, in the units of the bill. */
function billed(counts: Counts): Omit<RunCounts, "cpuMs"> {
  const sum = (...names: string[]) => names.reduce((total, name) => total + (counts[name] ?? 0), 0);
  return {
    isolates: sum("isolates"),
    requests: 1 + sum("isolates"),
    objectRequests: sum("journal requests", "quotas requests", "principals requests"),
    objectGbSeconds: (sum("journal active ms", "quotas active ms", "principals active ms") / 1000) * objectGb,
    rowsRead: sum("journal rows read", "quotas rows read"),
    rowsWritten: sum("journal rows written", "quotas rows written", "principals rows written"),
    kvReads: sum("kv reads"),
    kvWrites: sum("kv writes", "kv lists"),
  };
}

/**
 * What a journal holds before its runs is read off many that hold few; what a run takes, off one that is full and swept: where
 * results have gone, pages are half empty.
 */
function journalOf({ journals, counts, runs, month }: Simulated): Journal {
  const { intercept } = linear(journals.map((one) => [one.runs, one.bytes - one.keptBytes]));
  const emptyBytes = Math.max(0, intercept);
  const { size } = month;
  const kept = journals.reduce((sum, { keptBytes }) => sum + keptBytes, 0);
  const recorded = journals.reduce((sum, one) => sum + one.runs, 0);
  return {
    emptyBytes,
    runBytes: (size.bytes - size.keptBytes - emptyBytes) / size.runs,
    keptBytes: kept / recorded,
    requests: (counts["journal requests"] ?? 0) / runs.length,
  };
}

function measuredRows(seen: Simulated, counts: RunCounts, journal: Journal): Row[] {
  const { runs, upstreamCalls, month } = seen;
  const ok = runs.filter(({ outcome }) => outcome === "ok");
  const failed = runs.filter(({ outcome }) => outcome === "failed");
  const refused = runs.filter(({ outcome }) => outcome === "refused");
  const sorted = ok.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const number = (value: number) => value.toFixed(value < 10 ? 2 : 1);
  const row = (what: string, value: number, said = number(value)): Row => ({ what, got: said, value });
  const kilobytes = (value: number) => `${(value / 1000).toFixed(1)} kB`;
  return [
    {
      what: "runs that failed, or got another answer than theirs",
      got: `${failed.length} of ${runs.length}`,
      value: failed.length,
      bar: 0,
    },
    row("runs told to come back: a quota, or no turn", refused.length, String(refused.length)),
    row("runs a second, over the whole", runs.length / seen.seconds),
    row(
      "median and p95 of a run, ms",
      quantile(sorted, 0.5),
      `${quantile(sorted, 0.5).toFixed(0)}, ${quantile(sorted, 0.95).toFixed(0)}`,
    ),
    ...told("a run of the mix", counts, mixedRun),
    ...told(
      "the run whose price docs/operations.md gives",
      withSweeping(billed(seen.priced), month),
      pricedRun,
    ),
    row("a run of the mix: processor time of workerd, ms", counts.cpuMs),
    row("a run of the mix: calls to the API", upstreamCalls / runs.length),
    row("a journal without runs", journal.emptyBytes, kilobytes(journal.emptyBytes)),
    row("a run in a full journal, without its result", journal.runBytes, kilobytes(journal.runBytes)),
    row("results kept, a run", journal.keptBytes, kilobytes(journal.keptBytes)),
    row(
      "one journal alone: requests a second it took, one after the other",
      month.requests / (month.milliseconds / 1000),
    ),
    row(
      `one journal after ${month.runs.toLocaleString("en-US")} runs: runs kept, and its size`,
      month.size.runs,
      `${month.size.runs.toLocaleString("en-US")}, ${(month.size.bytes / 1e6).toFixed(1)} MB`,
    ),
    row(
      "renewing an access token: KV reads and writes",
      seen.renewed["kv writes"] ?? 0,
      `${seen.renewed["kv reads"] ?? 0}, ${seen.renewed["kv writes"] ?? 0}`,
    ),
    row(
      "a sign-in: KV reads and writes",
      (seen.signedIn["kv writes"] ?? 0) / seen.principals,
      `${number((seen.signedIn["kv reads"] ?? 0) / seen.principals)}, ${number((seen.signedIn["kv writes"] ?? 0) / seen.principals)}`,
    ),
  ];
}

const inWords = {
  isolates: "isolates started",
  objectRequests: "requests to Durable Objects",
  objectGbSeconds: "GB-seconds of Durable Objects",
  rowsRead: "rows read, those of sweeping an old run included",
  rowsWritten: "rows written, likewise",
  kvReads: "KV reads, renewals of access tokens included",
  kvWrites: "KV writes, likewise",
} as const satisfies Partial<Record<keyof RunCounts, string>>;

/** What the pages say is the goal: more is another price. */
function told(whose: string, counts: Omit<RunCounts, "cpuMs">, stated: RunCounts): Row[] {
  return (Object.keys(inWords) as (keyof typeof inWords)[]).map((name) => ({
    what: `${whose}: ${inWords[name]}`,
    got: Number(counts[name].toPrecision(3)).toString(),
    value: counts[name],
    bar: stated[name],
  }));
}

function projectedRows(projected: Projection, { month }: Simulated): Row[] {
  const { perSecond, journalRequests } = projected;
  const row = (what: string, got: string, value: number): Row => ({
    what: `arithmetic: ${what}`,
    got,
    value,
  });
  const local = month.requests / (month.milliseconds / 1000);
  return [
    row(
      "runs a second, on average and in the busiest hour",
      `${perSecond.average.toFixed(1)}, ${perSecond.peak.toFixed(1)}`,
      perSecond.peak,
    ),
    row(
      "requests a second to one journal, average person in the busiest hour",
      journalRequests.average.toFixed(3),
      journalRequests.average,
    ),
    {
      ...row(
        "requests a second to one journal, a person at the quota",
        journalRequests.most.toFixed(1),
        journalRequests.most,
      ),
      // Both bounds: Cloudflare's, and what one object took here.
      bar: Math.round(Math.min(objectRequestsPerSecond, local)),
    },
    row(
      "runs kept a person, and for how many days",
      `${projected.runsKept}, ${projected.daysKept}`,
      projected.runsKept,
    ),
    row("stored a person", `${(projected.bytesEach / 1e6).toFixed(1)} MB`, projected.bytesEach / 1e6),
    row("stored altogether", `${projected.gigabytes.toFixed(0)} GB`, projected.gigabytes),
    row("dollars a month", `$${dollars(projected.total)}`, projected.total),
    row(
      "of that without isolates",
      `$${dollars(projected.total - projected.dollars.isolates)}`,
      projected.total - projected.dollars.isolates,
    ),
  ];
}

function requestTable({ counts, runs }: Simulated): Table {
  const names = Object.keys(counts)
    .filter((name) => name.includes(": "))
    .toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  return {
    title: "Requests to Durable Objects, by method",
    columns: ["method", "a run"],
    rows: names.map((name) => [
      name.replace(" requests: ", "."),
      ((counts[name] ?? 0) / runs.length).toFixed(2),
    ]),
  };
}

function costTable(counts: RunCounts, projected: Projection): Table {
  const names = Object.keys(prices) as (keyof typeof prices)[];
  return {
    title: "A month of a million runs a day",
    columns: ["billed", "a run", "price of a million", "included a month", "dollars a month"],
    rows: names.map((name) => [
      name,
      name === "storedGb"
        ? `${projected.gigabytes.toFixed(0)} in all`
        : String(Number(counts[name].toPrecision(3))),
      `$${prices[name].million}`,
      prices[name].included.toLocaleString("en-US"),
      dollars(projected.dollars[name]),
    ]),
  };
}

function costChart(projected: Projection): Chart {
  const bars = Object.entries(projected.dollars).filter(([, value]) => value >= 1);
  return {
    kind: "bars",
    name: "scale",
    title: "A month of a million runs a day, by what is billed",
    description:
      "Dollars a month past what the plan includes, on a logarithmic scale; nearly all is isolates.",
    value: "dollars a month",
    log: true,
    bars: bars.map(([label, value]) => ({ label, value })),
  };
}

function dollars(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
