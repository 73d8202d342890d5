// The first request of a fresh server process, the next ones, and the first after nobody asked for a while: Twofold and the peer.

import { setTimeout as sleep } from "node:timers/promises";
import { buildDocument } from "./build-document.ts";
import { github } from "./documents.ts";
import { startLoopbackApi } from "./loopback-api.ts";
import { McpClient } from "./mcp-client.ts";
import { type BenchOptions, share } from "./options.ts";
import { forPeer, indexProgram } from "./programs.ts";
import { type Row, type Section, ours, timed } from "./row.ts";
import { servePeer, serveTwofold } from "./serve.ts";
import { spread } from "./statistics.ts";

/** Fresh servers of each in a whole bench: a start takes seconds. */
const starts = 4;
/** Warm calls of each server. */
const warmCalls = 6;
/** Longer than the ten seconds after which a Durable Object is put out of memory. */
const idleMs = 12_000;
/** The peer's name, as everywhere in the bench. */
const peer = "openApiMcpServer";
const plain = "no isolate at all";

type Moment = "fresh" | "second" | "warm" | "idle";
const moments: Record<Moment, string> = {
  fresh: "A search, the first request of a fresh server process",
  second: "A new search, the second request",
  warm: "A new search, later requests",
  idle: `A new search after ${idleMs / 1000} s without a request`,
};

type Timings = Record<Moment, number[]>;

/** A server, asked as it is for the first time; and its timings. */
interface Subject {
  by: string;
  serve(): ReturnType<typeof serveTwofold>;
  path: string;
  call(mcp: McpClient, mark: string): Promise<unknown>;
  timings: Timings;
}

export async function coldSection({ rounds, progress }: BenchOptions): Promise<Section> {
  const built = await buildDocument(github, progress);
  const api = await startLoopbackApi();
  const twofold = () => serveTwofold(built, api.url);
  const timings = (): Timings => ({ fresh: [], second: [], warm: [], idle: [] });
  const search = (mark: string) => indexProgram("issue", mark);
  const executes: Subject = {
    by: "execute",
    serve: twofold,
    path: "/mcp",
    call: (mcp, mark) => mcp.callTool("execute", callingProgram(mark)),
    timings: timings(),
  };
  const searches: Subject[] = [
    {
      by: ours,
      serve: twofold,
      path: "/mcp",
      call: (mcp, mark) => mcp.callTool("search", search(mark)),
      timings: timings(),
    },
    {
      by: peer,
      serve: () => servePeer(built),
      path: "",
      call: (mcp, mark) => mcp.callTool("search", forPeer(search(mark))),
      timings: timings(),
    },
    {
      by: plain,
      serve: twofold,
      path: "/bench/plain",
      call: (mcp) => mcp.callTool("search", "1"),
      timings: timings(),
    },
  ];
  const all = [...searches, executes];
  const count = share(starts, rounds);
  try {
    for (let round = 0; round < count; round += 1) {
      progress(`start ${round + 1} of ${count}`);
      // Each round begins elsewhere, as everywhere.
      const first = round % all.length;
      await startAndAsk([...all.slice(first), ...all.slice(0, first)], round);
    }
  } finally {
    await api.stop();
  }
  const named = Object.entries(moments) as [Moment, string][];
  const rows: Row[] = named.flatMap(([moment, task]) =>
    searches.map(({ by, timings: taken }) => timed(by, spread(taken[moment]), { task, by })),
  );
  rows.push(
    timed("execute with one API call, the first request of a fresh process", spread(executes.timings.fresh)),
    timed("the same, later requests", spread(executes.timings.warm)),
    timed(`the same, after ${idleMs / 1000} s without a request`, spread(executes.timings.idle)),
  );
  return {
    title: "cold and warm",
    method:
      "A server process is started and asked for the first time: whatever it prepares on its first request is in that figure. Then again, and after a pause. GitHub's document; Twofold, the peer, and a request to Twofold's Worker that starts no isolate, each in a process of its own.",
    rows,
    notes: [
      `${count} processes of each, in turn; ${warmCalls} warm calls of each process, one HTTP connection.`,
      "The runtime was up already: how long workerd and wrangler take to start is no part of it. On Cloudflare a cold start also fetches and compiles the Worker.",
    ],
    data: Object.fromEntries(all.map(({ by, timings: taken }) => [by, taken])),
  };
}

/** Each in a process of its own: what the first request of one prepares, the next would find ready. */
async function startAndAsk(subjects: readonly Subject[], round: number): Promise<void> {
  const open: { take(moment: Moment): Promise<void>; stop(): Promise<void> }[] = [];
  try {
    for (const { serve, path, call, timings } of subjects) {
      const worker = await serve();
      const mcp = new McpClient(`${worker.url}${path}`);
      let n = 0;
      const take = async (moment: Moment) => {
        const mark = `${round}, ${(n += 1)}`;
        const started = performance.now();
        await call(mcp, mark);
        timings[moment].push(performance.now() - started);
      };
      open.push({
        take,
        async stop() {
          mcp.close();
          await worker.stop();
        },
      });
      await take("fresh");
      await take("second");
      for (let warm = 0; warm < warmCalls; warm += 1) await take("warm");
    }
    await sleep(idleMs);
    for (const { take } of open) await take("idle");
  } finally {
    for (const { stop } of open) await stop();
  }
}

function callingProgram(mark: string): string {
  return `async () => {
  // ${mark}
  const { data } = await api.request({ method: "GET", path: "/repos/{owner}/{repo}", params: { owner: "o", repo: "r" } });
  return data.name;
}`;
}
