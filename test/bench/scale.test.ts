import { expect, test } from "vitest";
import { arrivals, peakFactor, seeded } from "../../bench/scale/arrivals.ts";
import { linear } from "../../bench/scale/linear.ts";
import { prices } from "../../bench/scale/prices.ts";
import { project } from "../../bench/scale/projection.ts";
import { journal, mixedRun, pricedRun } from "../../bench/scale/stated.ts";
import { limits } from "../../src/limits.ts";
import { readPage } from "../docs-blocks.ts";

const load = { runsPerDay: 1_000_000, principals: 10_000, peakFactor };
const page = readPage("docs/scale.md");

/** The cells after the first of the row that begins so. */
function cells(text: string, first: string): string[] {
  const rows = text.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  const row = rows.find(([, name]) => name === first);
  if (row === undefined) throw new Error(`no row ${first}`);
  return row.slice(2, -1);
}

test("docs/scale.md says of one run what the bench holds its counts against", () => {
  const said = {
    isolates: cells(page, "isolates started"),
    objectRequests: cells(page, "requests to Durable Objects"),
    rowsWritten: cells(page, "rows written"),
    rowsRead: cells(page, "rows read"),
    objectGbSeconds: cells(page, "GB-seconds of Durable Objects"),
    kvReads: cells(page, "KV reads"),
    kvWrites: cells(page, "KV writes"),
    cpuMs: cells(page, "milliseconds of CPU"),
  };
  for (const [name, [count]] of Object.entries(said))
    expect([name, Number(count)]).toEqual([name, mixedRun[name as keyof typeof said]]);
});

test("the month of docs/scale.md is what those counts, the limits and the prices make", () => {
  const { dollars, total, bytesEach, gigabytes, perSecond, journalRequests, daysKept } = project(
    mixedRun,
    journal,
    load,
    limits,
  );
  const month = page.slice(page.indexOf("## A month"));
  const rows = {
    isolates: dollars.isolates,
    requests: dollars.requests,
    CPU: dollars.cpuMs,
    "Durable Object requests": dollars.objectRequests,
    "Durable Object GB-seconds": dollars.objectGbSeconds,
    "rows read": dollars.rowsRead,
    "rows written": dollars.rowsWritten,
    "KV reads": dollars.kvReads,
    "KV writes": dollars.kvWrites,
    "storage of Durable Objects": dollars.storedGb,
    altogether: total,
  };
  for (const [name, amount] of Object.entries(rows))
    expect([name, ...cells(month, name)]).toEqual([name, `$${Math.round(amount).toLocaleString("en-US")}`]);
  for (const text of [
    `Isolates are ${((100 * dollars.isolates) / total).toFixed(0)} % of it`,
    `fill its ${limits.journalRuns.toLocaleString("en-US")} runs in ${daysKept} days`,
    `about ${journal.runBytes / 1_000} kB there without its result`,
    `about ${journal.keptBytes / 1_000} kB for each run`,
    `comes to ${(bytesEach / 1e6).toFixed(1)} MB, and ten thousand to ${gigabytes.toFixed(0)} GB`,
    `are ${perSecond.average.toFixed(0)} a second on average and ${perSecond.peak.toFixed(0)} in the busiest hour`,
    `makes ${journalRequests.average.toFixed(2)} requests a second to the journal`,
    `${limits.runsPerMinute} runs a minute makes ${journalRequests.most}`,
    `has ${peakFactor.toFixed(1)} times the average one`,
  ])
    expect(page).toContain(text);
});

test("the price of a run in docs/operations.md is that of the run the bench counts", () => {
  const costs = readPage("docs/operations.md");
  const rows = {
    "Dynamic Workers, one a run": [pricedRun.isolates, prices.isolates],
    "requests, to the Worker and its isolate": [pricedRun.requests, prices.requests],
    "CPU, milliseconds": [pricedRun.cpuMs, prices.cpuMs],
    "Durable Object requests": [pricedRun.objectRequests, prices.objectRequests],
    "Durable Object rows written": [pricedRun.rowsWritten, prices.rowsWritten],
    "Durable Object GB-seconds": [pricedRun.objectGbSeconds, prices.objectGbSeconds],
    "KV reads, where people sign in": [pricedRun.kvReads, prices.kvReads],
  } as const;
  for (const [name, [count, { million }]] of Object.entries(rows)) {
    const [shown, price] = cells(costs, name);
    expect([name, Number(shown), price]).toEqual([name, count, `$${million.toFixed(2)}`]);
  }
  expect(costs).toContain(`${pricedRun.rowsRead} rows read`);
});

test("a month costs nothing of what the plan includes", () => {
  const { dollars } = project(mixedRun, journal, { ...load, runsPerDay: 1, principals: 1 }, limits);
  expect(Object.values(dollars).every((amount) => amount === 0)).toBe(true);
});

test("a journal is bounded by runs, by age and by the bytes of its results", () => {
  const of = (runsPerDay: number, keptBytes: number) =>
    project(mixedRun, { ...journal, keptBytes }, { ...load, runsPerDay, principals: 1 }, limits);
  expect(of(10, 0).runsKept).toBe(300);
  expect(of(3_000, 0).runsKept).toBe(limits.journalRuns);
  const most = journal.emptyBytes + limits.journalRuns * journal.runBytes + limits.resultsBytes;
  expect(of(3_000, 1e6).bytesEach).toBe(most);
});

test("arrivals are the same every time, in order, and busier by day than by night", () => {
  const plan = () => arrivals({ principals: 50, runs: 2_000, milliseconds: 24_000 }, seeded(1));
  expect(plan()).toEqual(plan());
  const times = plan().map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const inHour = (hour: number) => times.filter((at) => Math.floor(at / 1_000) === hour).length;
  expect(inHour(10)).toBeGreaterThan(5 * inHour(3));
  const runs = Map.groupBy(plan(), ({ principal }) => principal);
  for (const [, own] of runs) expect(own.map(({ n }) => n)).toEqual(own.map((_, n) => n));
});

test("a line is found through its points", () => {
  const { intercept, slope } = linear([1, 2, 5].map((x) => [x, 7 + 3 * x]));
  expect(intercept).toBeCloseTo(7);
  expect(slope).toBeCloseTo(3);
});
