// A day of many people, pressed into seconds, through a real Twofold: what each run asked of the platform, counted.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeArtifact } from "../../scripts/spec/artifact.ts";
import { type RunningWorker, startWorker } from "../../scripts/dev-server.ts";
import { repositoryRoot } from "../../scripts/repository-root.ts";
import { writeWorkerConfig } from "../../scripts/worker-config.ts";
import { freePort } from "../../test/worker/free-port.ts";
import { type BuiltDocument, buildDocument } from "../build-document.ts";
import { github } from "../documents.ts";
import { McpClient } from "../mcp-client.ts";
import { workerdBelow } from "../memory.ts";
import { emptied, stateOf } from "../serve.ts";
import type { JournalSize } from "../worker/counted.ts";
import { arrivals, seeded } from "./arrivals.ts";
import { startIssuesApi } from "./issues-api.ts";
import { type Run, pricedRun, runOf } from "./mix.ts";
import { renewOnce, signInAll } from "./people.ts";

/** The rest is written behind the last answer. */
const settleMs = 4_000;
/** Below the quota of a minute. */
const pricedRuns = 12;

export type Counts = Record<string, number>;

export interface Simulated {
  principals: number;
  runs: { kind: Run["kind"]; ms: number; outcome: "ok" | "refused" | "failed"; said?: string }[];
  seconds: number;
  /** What the runs asked for, and before them what signing in did. */
  counts: Counts;
  signedIn: Counts;
  upstreamCalls: number;
  /** What one run asked for that docs/operations.md gives the price of, on average. */
  priced: Counts;
  /** What renewing one access token did. */
  renewed: Counts;
  /** Processor time of workerd while the runs ran; undefined where /proc is missing. */
  cpuMs?: number;
  journals: JournalSize[];
  month: {
    runs: number;
    requests: number;
    milliseconds: number;
    size: JournalSize;
    /** Rows written and read a run, while the journal fills and when it is full. */
    filling: { written: number; read: number };
    full: { written: number; read: number };
  };
}

export async function simulate(options: {
  principals: number;
  runs: number;
  seconds: number;
  /** Runs one journal is filled with, and those that come after. */
  fillRuns: number;
  sweptRuns: number;
  progress: (message: string) => void;
}): Promise<Simulated> {
  const { principals, progress } = options;
  const built = await buildDocument(github, progress);
  const api = await startIssuesApi();
  const worker = await serve(built, api.url);
  try {
    const ask = async <T>(path: string): Promise<T> => {
      const response = await fetch(`${worker.url}/bench/${path}`, { signal: AbortSignal.timeout(120_000) });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    };
    progress(`${principals} people sign in`);
    const tokens = await signInAll(worker.url, principals);
    const signedIn = await ask<Counts>("counts");
    let renewing: Counts = {};
    await renewOnce(worker.url, async () => {
      renewing = await ask<Counts>("counts");
    });
    const renewed = less(await ask<Counts>("counts"), renewing);
    progress(`${options.runs} runs in ${options.seconds} s`);
    const priced = await countPriced(worker.url, tokens[0] ?? "", () => ask<Counts>("counts"));
    const before = await ask<Counts>("counts");
    const callsBefore = api.calls();
    const cpu = await processorTime(worker);
    const started = performance.now();
    const runs = await load(worker.url, tokens, options);
    const seconds = (performance.now() - started) / 1000;
    await sleep(settleMs);
    const cpuAfter = await processorTime(worker);
    const counts = less(await ask<Counts>("counts"), before);
    const upstreamCalls = api.calls() - callsBefore;
    const journals = await ask<JournalSize[]>("sizes");
    const month = await fillJournal(options, ask);
    const cpuMs = cpu === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpu;
    return {
      principals,
      runs,
      seconds,
      counts,
      signedIn,
      upstreamCalls,
      priced,
      renewed,
      ...(cpuMs !== undefined && { cpuMs }),
      journals,
      month,
    };
  } finally {
    await worker.stop();
    api.stop();
  }
}

async function countPriced(url: string, token: string, ask: () => Promise<Counts>): Promise<Counts> {
  const mcp = new McpClient(`${url}/mcp`, { token });
  try {
    // The first also makes the tables of its journal.
    await mcp.callTool("execute", pricedRun("first"));
    await sleep(settleMs);
    const before = await ask();
    for (let n = 0; n < pricedRuns; n += 1) await mcp.callTool("execute", pricedRun(`${n}`));
    await sleep(settleMs);
    const counted = less(await ask(), before);
    return Object.fromEntries(Object.entries(counted).map(([name, value]) => [name, value / pricedRuns]));
  } finally {
    mcp.close();
  }
}

/** One journal filled, and then as many again as show what sweeping costs. */
async function fillJournal(
  {
    fillRuns,
    sweptRuns,
    progress,
  }: { fillRuns: number; sweptRuns: number; progress: (message: string) => void },
  ask: <T>(path: string) => Promise<T>,
): Promise<Simulated["month"]> {
  // In parts: none takes longer than a request may.
  const part = 500;
  let milliseconds = 0;
  let size: JournalSize | undefined;
  const add = async (from: number, runs: number) => {
    const before = await ask<Counts>("counts");
    for (let n = 0; n < runs; n += part) {
      const now = Math.min(part, runs - n);
      progress(`one journal: ${from + n + now} runs`);
      const path = `month?from=${from + n}&runs=${now}&total=${fillRuns + sweptRuns}&chars=2000`;
      const done = await ask<{ milliseconds: number; size: JournalSize }>(path);
      milliseconds += done.milliseconds;
      ({ size } = done);
    }
    const counted = less(await ask<Counts>("counts"), before);
    return {
      written: (counted["journal rows written"] ?? 0) / runs,
      read: (counted["journal rows read"] ?? 0) / runs,
    };
  };
  const filling = await add(0, fillRuns);
  const full = await add(fillRuns, sweptRuns);
  if (size === undefined) throw new Error("no run was put into the journal");
  const runs = fillRuns + sweptRuns;
  return { runs, requests: runs * 3, milliseconds, size, filling, full };
}

async function load(
  url: string,
  tokens: readonly string[],
  { runs, seconds }: { runs: number; seconds: number },
): Promise<Simulated["runs"]> {
  const chance = seeded(1);
  const clients = tokens.map((token) => new McpClient(`${url}/mcp`, { connections: 8, token }));
  const planned = arrivals({ principals: tokens.length, runs, milliseconds: seconds * 1000 }, chance);
  const begun = performance.now();
  try {
    // Asked when their time has come, answered or not: people do not wait for each other.
    return await Promise.all(
      planned.map(async ({ at, principal, n }) => {
        const { tool, kind, code } = runOf(n, `principal ${principal}, run ${n}`, chance);
        await sleep(Math.max(0, begun + at - performance.now()));
        const started = performance.now();
        const took = () => performance.now() - started;
        try {
          const answer = await clients[principal]?.answerOf(tool, code);
          const said = answer?.texts.join("\n").slice(0, 200) ?? "";
          if (answer?.isError === false) return { kind, ms: took(), outcome: "ok" as const };
          const refused = /^Too many|running already/.test(said);
          return { kind, ms: took(), outcome: refused ? ("refused" as const) : ("failed" as const), said };
        } catch (error) {
          return { kind, ms: took(), outcome: "failed" as const, said: String(error) };
        }
      }),
    );
  } finally {
    for (const client of clients) client.close();
  }
}

async function serve(built: BuiltDocument, api: string): Promise<RunningWorker> {
  const directory = join(built.directory, "..", "scale");
  await writeArtifact({
    name: "scale",
    document: built.document,
    settings: {
      source: "scale",
      baseUrl: api,
      auth: { type: "bearer" },
      signIn: { probe: "GET /user", account: "/id", tokenPattern: "key_[0-9]{16}" },
    },
    directory,
  });
  const config = await writeWorkerConfig("scale", { artifact: directory, vars: { SIGN_IN: "own-token" } });
  const written = JSON.parse(await readFile(config, "utf8")) as object;
  const main = join(repositoryRoot, "bench", "worker", "counted.ts");
  await writeFile(config, JSON.stringify({ ...written, main }));
  return startWorker({
    label: "The bench's Twofold of many people",
    config,
    port: await freePort(),
    persistTo: await emptied(stateOf(directory, "twofold")),
    logFile: join(directory, "twofold.log"),
    startTimeout: 120_000,
  });
}

function less(after: Counts, before: Counts): Counts {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]),
  );
}

/** Milliseconds workerd has had of the processors; Linux counts in hundredths of a second. */
async function processorTime({ pid }: RunningWorker): Promise<number | undefined> {
  if (process.platform !== "linux") return undefined;
  const stat = await readFile(`/proc/${await workerdBelow(pid)}/stat`, "utf8");
  // After the name, which may hold spaces: user and system time are the twelfth and thirteenth.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
