import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { JournalClient, type Run } from "./journal-client.ts";
import { startTestTwofold } from "./start-twofold.ts";

interface KillReport {
  runs: number;
  kills: number;
  /** Writes the API received. */
  writes: number;
  /** Of those, the ones without a row in the journal. */
  unrecorded: string[];
  /** Rows that say the API answered what it did not. */
  untrue: string[];
  /** Runs the journal knows, by outcome. */
  outcomes: Record<string, number>;
  /** Rows of writes, by state, and how many in flight say that they may have been carried out. */
  states: Record<string, number>;
  warned: number;
}

interface Options {
  /** Programs in all, and how many of them run when the runtime is killed. */
  runs: number;
  atOnce: number;
  progress?: (message: string) => void;
}

/** Kills workerd at random moments while programs write, and compares what the API saw with what the journal says. */
export async function killRuns({ runs, atOnce, progress = () => {} }: Options): Promise<KillReport> {
  const api = await startCountingApi();
  const worker = await startTestTwofold({ document, baseUrl: api.url });
  const journal = new JournalClient(worker.url);
  let kills = 0;
  try {
    for (let from = 0; from < runs; from += atOnce) {
      // Nobody waits for a request whose runtime is gone.
      const gone = new AbortController();
      const under = Array.from({ length: Math.min(atOnce, runs - from) }, (_, n) =>
        execute(worker.url, program(from + n), gone.signal).catch(() => undefined),
      );
      // Anywhere between the first write and the last.
      await someWrites(api, Math.random() * under.length * writesOfRun);
      worker.kill();
      kills += 1;
      gone.abort();
      await Promise.all(under);
      await untilAnswering(worker.url);
      progress(`${from + under.length} of ${runs} runs, ${api.seen.length} writes`);
    }
    return { ...(await compare(journal, api)), runs, kills };
  } finally {
    await worker.stop();
    api.stop();
  }
}

async function compare(
  journal: JournalClient,
  api: CountingApi,
): Promise<Omit<KillReport, "runs" | "kills">> {
  // Just after a start a run might still come back; then it is said to be interrupted.
  for (let tries = 0; tries < 60 && (await journal.list("?outcome=running")).runs.length > 0; tries += 1)
    await sleep(200);
  const text = await (await journal.ask("/runs.ndjson?count=200")).text();
  const known = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Run);
  const rows = known.flatMap((run) =>
    run.requests.filter(({ effect }) => effect !== "read").map((row) => ({ ...row, run: run.id })),
  );
  const named = new Map(rows.map((row) => [`${row.run} ${row.method} ${row.path}`, row]));
  const count = (values: string[]) =>
    Object.fromEntries(
      [...Map.groupBy(values, (value) => value)].map(([value, { length }]) => [value, length]),
    );
  return {
    writes: api.seen.length,
    unrecorded: api.seen.filter((call) => !named.has(call)),
    untrue: [...named]
      .filter(([call, row]) => row.state === "done" && api.answered.get(call) !== row.status)
      .map(([call]) => call),
    outcomes: count(known.map(({ outcome }) => outcome)),
    states: count(rows.map(({ state }) => state)),
    warned: rows.filter(
      ({ state, note }) => state === "in flight" && note?.includes("may have been carried out"),
    ).length,
  };
}

/** Resolves shortly after the API has seen so many more; at the latest when the programs must have come to their end. */
async function someWrites({ seen }: CountingApi, more: number): Promise<void> {
  const wanted = seen.length + more;
  const latest = Date.now() + 5_000;
  while (seen.length < wanted && Date.now() < latest) await sleep(1);
  await sleep(Math.random() * 10);
}

async function execute(base: string, code: string, signal: AbortSignal): Promise<void> {
  const message = {
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "execute", arguments: { code } },
  };
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  await (
    await fetch(`${base}/mcp`, { method: "POST", headers, body: JSON.stringify(message), signal })
  ).text();
}

async function untilAnswering(base: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answered = await fetch(`${base}/runs?count=1`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => undefined,
    );
    if (answered?.ok) return;
    await sleep(50);
  }
  throw new Error("the server did not come back within 10 s");
}

const writesOfRun = 30;

/** So many writes, six at a time, with a read before each six. */
function program(number: number): string {
  return `async () => {
    for (let from = 0; from < ${writesOfRun}; from += 6) {
      await api.request({ method: "GET", path: "/items/{id}", params: { id: "${number}" } });
      await Promise.allSettled(Array.from({ length: 6 }, (_, n) =>
        api.request({ method: "POST", path: "/items/{id}", params: { id: "${number}-" + (from + n) } })));
    }
  }`;
}

interface CountingApi {
  url: string;
  /** Writes as they came in: the run, the method and the path. */
  seen: string[];
  /** What it answered to them; one it cut off is missing. */
  answered: Map<string, number>;
  stop(): void;
}

async function startCountingApi(): Promise<CountingApi> {
  const seen: string[] = [];
  const answered = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const { method = "", url = "" } = request;
    const run = /\+run (r_\w+)/.exec(request.headers["user-agent"] ?? "")?.[1] ?? "";
    const call = `${run} ${method} ${url}`;
    if (method !== "GET") seen.push(call);
    await sleep(Math.random() * 20);
    const chance = Math.random();
    if (method !== "GET" && chance < 0.1) {
      response.destroy();
      return;
    }
    const status = chance < 0.2 ? 500 : 200;
    answered.set(call, status);
    response.writeHead(status, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answered,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const responses = { default: { description: "anything" } };
const document = {
  openapi: "3.1.0",
  info: { title: "Kills", version: "1" },
  paths: {
    "/items/{id}": {
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      get: { operationId: "read", responses },
      post: { operationId: "write", responses },
    },
  },
};
