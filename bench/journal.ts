// What the journal costs a run, how soon a stop takes effect, and what it knows after its process was killed.

import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeArtifact } from "../scripts/spec/artifact.ts";
import { type RunningWorker, startWorker } from "../scripts/dev-server.ts";
import { repositoryRoot } from "../scripts/repository-root.ts";
import { writeWorkerConfig } from "../scripts/worker-config.ts";
import { freePort } from "../test/worker/free-port.ts";
import { killRuns } from "../test/worker/kill-runs.ts";
import { interleave } from "./interleave.ts";
import { McpClient } from "./mcp-client.ts";
import { type BenchOptions, benchDirectory, share } from "./options.ts";
import { milliseconds, type Row, type Section, times } from "./row.ts";
import { emptied, stateOf } from "./serve.ts";
import { ratio, spread } from "./statistics.ts";

/** In a whole bench. */
const killedRuns = 300;
/** Calls of the programs that show the cost of one: enough for it to stand out from the isolate's. */
const many = 40;
/** Programs that call all the time while one is stopped. */
const load = 8;
const stops = 25;

const programs = {
  "one read": `(await api.request({ method: "GET", path: "/items" })).status`,
  "one write": `(await api.request({ method: "POST", path: "/items" })).status`,
  "many reads": `for (let n = 0; n < ${many}; n++) await api.request({ method: "GET", path: "/items" }); 1`,
  "many writes": `for (let n = 0; n < ${many}; n++) await api.request({ method: "POST", path: "/items" }); 1`,
  "many writes, four at once": `for (let n = 0; n < ${many / 4}; n++) await Promise.all([1, 2, 3, 4].map(() => api.request({ method: "POST", path: "/items" }))); 1`,
};
type Program = keyof typeof programs;

export async function journalSection(options: BenchOptions): Promise<Section> {
  const { progress } = options;
  const api = await startApi();
  try {
    const timings = await overhead(api, options);
    const latencies = await stopLatencies(api, share(stops, options.rounds), progress);
    const killed = share(killedRuns, options.rounds);
    progress(`killing workerd under ${killed} runs`);
    const kills = await killRuns({ runs: killed, atOnce: 5, progress });
    const of = (program: Program) => ({
      with: timings[`with: ${program}`] ?? [],
      without: timings[`without: ${program}`] ?? [],
    });
    const perCall = (program: Program): Row => {
      const { with: journalled, without } = of(program);
      const cost = spread(journalled.map((value, round) => (value - (without[round] ?? Number.NaN)) / many));
      const median = (spread(journalled).median - spread(without).median) / many;
      return {
        what: `${program}: the journal, a call`,
        got: milliseconds({ ...cost, median }),
        value: median,
        spread: cost,
        bar: 2,
      };
    };
    const stopped = spread(latencies);
    const rows: Row[] = [
      ...(Object.keys(programs) as Program[]).map((program): Row => {
        const quotient = ratio(of(program).with, of(program).without);
        return {
          what: `execute, ${program}: with ÷ without the journal`,
          got: times(quotient),
          value: quotient.median,
          spread: quotient,
          against: "no journal",
        };
      }),
      perCall("many reads"),
      perCall("many writes"),
      perCall("many writes, four at once"),
      {
        what: "of that, one insert into an empty Durable Object costs",
        got: milliseconds(spread((timings["commits"] ?? []).map((value) => value / many))),
      },
      {
        what: `stop → the run's last request at the API, under load`,
        got: milliseconds(stopped),
        value: Math.max(...latencies),
        spread: stopped,
        bar: 100,
      },
      {
        what: "writes the API saw without a row, after kills",
        got: `${kills.unrecorded.length} of ${kills.writes}`,
        value: kills.unrecorded.length,
        bar: 0,
      },
      {
        what: "rows that claim what did not happen",
        got: String(kills.untrue.length),
        value: kills.untrue.length,
        bar: 0,
      },
      { what: "rows in flight, which say so", got: `${kills.warned} of ${kills.states["in flight"] ?? 0}` },
    ];
    return {
      title: "journal",
      method:
        "What storing each run and call costs: the same programs through the same Worker with its journal and with one that stores nothing. Then how soon a stop takes effect, and what the journal knows after its process was killed.",
      rows,
      notes: [
        `${Math.ceil(options.rounds / 2)} rounds. Without: the same Worker over a journal that stores nothing. ${many} calls one after the other are "many".`,
        `The stop is judged by the slowest of ${latencies.length}, with ${load} programs that call all the time. Kills: ${kills.kills} of workerd, under ${kills.runs} runs.`,
      ],
      data: { timings, latencies, kills },
    };
  } finally {
    api.stop();
  }
}

async function overhead(api: Api, { rounds, warmup, progress }: BenchOptions) {
  const [journalled, bare] = await Promise.all([serve(api, "twofold"), serve(api, "unjournalled")]);
  const clients = { with: new McpClient(`${journalled.url}/mcp`), without: new McpClient(`${bare.url}/mcp`) };
  try {
    const subjects = (Object.entries(programs) as [Program, string][]).flatMap(([name, code]) =>
      Object.entries(clients).map(([which, client]) => ({
        name: `${which}: ${name}`,
        call: () => client.callTool("execute", code),
      })),
    );
    subjects.push({ name: "commits", call: () => commits(bare.url) });
    // Each round has seven programs of many calls: half of the others' rounds take as long.
    return await interleave(subjects, { rounds: Math.ceil(rounds / 2), warmup, progress });
  } finally {
    for (const client of Object.values(clients)) client.close();
    await Promise.all([journalled.stop(), bare.stop()]);
  }
}

async function commits(url: string): Promise<string> {
  const signal = AbortSignal.timeout(60_000);
  return (await fetch(`${url}/bench/commits?times=${many}`, { signal })).text();
}

/** Milliseconds from asking for a stop to the last request of that run; negative ones are none after it. */
async function stopLatencies(
  api: Api,
  count: number,
  progress: (message: string) => void,
): Promise<number[]> {
  const twofold = await serve(api, "twofold");
  const mcp = new McpClient(`${twofold.url}/mcp`, { connections: load + 1 });
  const post = (path: string) =>
    fetch(twofold.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
      signal: AbortSignal.timeout(10_000),
    });
  const ending = new AbortController();
  const busy = async () => {
    while (!ending.signal.aborted)
      await mcp.callTool("execute", programs["many writes"]).catch(() => undefined);
  };
  const others = Array.from({ length: load }, busy);
  const latencies: number[] = [];
  try {
    for (let n = 0; n < count; n += 1) {
      progress(`stop ${n + 1} of ${count}`);
      const victim = mcp
        .callTool(
          "execute",
          `for (;;) await Promise.all([1, 2, 3].map(() => api.request({ method: "PUT", path: "/items" })))`,
        )
        .catch((error: Error) => error.message);
      api.lastOf.clear();
      while (api.lastOf.size === 0) await sleep(5);
      await sleep(Math.random() * 50);
      const [run = ""] = api.lastOf.keys();
      const asked = performance.now();
      await (await post(`/runs/${run}/stop`)).text();
      if (!String(await victim).includes("Somebody stopped"))
        throw new Error(`the run was not stopped: ${await victim}`);
      await sleep(200);
      latencies.push(Math.max(0, (api.lastOf.get(run) ?? asked) - asked));
    }
  } finally {
    ending.abort();
    await Promise.all(others);
    mcp.close();
    await twofold.stop();
  }
  return latencies;
}

interface Api {
  url: string;
  /** When the last PUT of each run came in. */
  lastOf: Map<string, number>;
  stop(): void;
}

async function startApi(): Promise<Api> {
  const lastOf = new Map<string, number>();
  const server = createServer((request, response) => {
    const run = /\+run (r_\w+)/.exec(request.headers["user-agent"] ?? "")?.[1] ?? "";
    if (request.method === "PUT") lastOf.set(run, performance.now());
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lastOf,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const responses = { default: { description: "anything" } };
const document = {
  openapi: "3.1.0",
  info: { title: "Journal", version: "1" },
  paths: { "/items": { get: { responses }, post: { responses }, put: { responses } } },
};

interface WorkerConfig {
  durable_objects: { bindings: object[] };
  migrations: object[];
}

async function serve(api: Api, worker: "twofold" | "unjournalled"): Promise<RunningWorker> {
  const directory = join(benchDirectory, "artifacts", `journal-${worker}`);
  const settings = { source: "journal", baseUrl: api.url, auth: { type: "none" as const } };
  await writeArtifact({ name: "journal", document, settings, directory });
  const path = await writeWorkerConfig("journal", { artifact: directory });
  const config = JSON.parse(await readFile(path, "utf8")) as WorkerConfig;
  if (worker === "unjournalled") {
    config.durable_objects.bindings.push({ name: "COMMITS", class_name: "Commits" });
    config.migrations.push({ tag: "bench", new_sqlite_classes: ["Commits"] });
  }
  const main = join(repositoryRoot, "bench", "worker", `${worker}.ts`);
  await writeFile(path, JSON.stringify({ ...config, main }));
  return startWorker({
    label: `The bench's ${worker}`,
    config: path,
    port: await freePort(),
    persistTo: await emptied(stateOf(directory, worker)),
    logFile: join(directory, `${worker}.log`),
    startTimeout: 120_000,
  });
}
