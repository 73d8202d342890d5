// Many clients at once, all with the same JSON-RPC id and a mix of good and bad programs: whose answer each gets, how many
// there are, how long they take, and what stays in memory.

import { setTimeout as sleep } from "node:timers/promises";
import { type BuiltDocument, buildDocument } from "./build-document.ts";
import { type BenchDocument, documents } from "./documents.ts";
import { startLoopbackApi } from "./loopback-api.ts";
import {
  type Kind,
  type Program,
  alikeProgram,
  markOf,
  marksIn,
  peerProgram,
  program,
} from "./load-programs.ts";
import { McpClient } from "./mcp-client.ts";
import { residentMegabytes, workerdBelow } from "./memory.ts";
import { type BenchOptions, wholeRounds } from "./options.ts";
import { type Row, type Section, ours } from "./row.ts";
import { servePeer, serveTwofold } from "./serve.ts";
import { quantile } from "./statistics.ts";

const clients = 200;
/** Of each of the two loads, with the rounds of a whole bench. */
const secondsOfLoad = 40;
/** How long memory is given to come back. */
const restMs = 20_000;
/** Small: two hundred of the peer's isolates, each with all of a large document expanded, fit into no machine. */
const document = documents.find(({ name }) => name === "netlify") as BenchDocument;

type Verdict = "answered" | "told to come back" | "wrong" | "mixed up" | "lost";

interface Sample {
  kind: Kind;
  verdict: Verdict;
  /** Milliseconds from the beginning of the load. */
  at: number;
  ms: number;
  said?: string;
}

interface Loaded {
  samples: Sample[];
  seconds: number;
}

export async function loadSection({ rounds, progress }: BenchOptions): Promise<Section> {
  const seconds = Math.max(3, Math.round((secondsOfLoad * rounds) / wholeRounds));
  const built = await buildDocument(document, progress);
  const api = await startLoopbackApi();
  const twofold = await serveTwofold(built, api.url);
  const memory: Record<string, number> = {};
  const alikeSeconds = Math.max(3, Math.ceil(seconds / 4));
  let ends = 0;
  let loaded: Loaded;
  let alike: Loaded = { samples: [], seconds: 0 };
  let peerLoaded = alike;
  try {
    const mcp = `${twofold.url}/mcp`;
    twofold.runtime.onEnd(({ replaced }) => (ends += replaced ? 0 : 1));
    const resident = async () =>
      process.platform === "linux" ? residentMegabytes(await workerdBelow(twofold.pid)) : Number.NaN;
    // What all share is in place before the first figure.
    await load(mcp, { seconds: 1, atOnce: 4, make: program });
    memory["before"] = await resident();
    let peak = 0;
    const look = () => resident().then((now) => (peak = Math.max(peak, now)));
    // Between two runtimes there is none to look at.
    const watch = setInterval(() => void look().catch(() => undefined), 1_000);
    progress(`${clients} clients for ${seconds} s`);
    loaded = await load(mcp, { seconds, atOnce: clients, make: program });
    memory["peak"] = peak;
    progress(`resting ${restMs / 1000} s`);
    await sleep(restMs);
    memory["after"] = await resident();
    // What the peer can do as well, by both; between the loads and after them, so that a slow minute is not one side's alone.
    const compare = async () => {
      progress(`what the peer can do too: ${clients} clients for ${alikeSeconds} s`);
      alike = both(alike, await load(mcp, { seconds: alikeSeconds, atOnce: clients, make: alikeProgram }));
      peerLoaded = both(peerLoaded, await loadPeer(built, alikeSeconds, progress));
    };
    await compare();
    progress("the same once more: what is kept must not grow");
    const again = await load(mcp, { seconds, atOnce: clients, make: program });
    loaded = both(loaded, again);
    await sleep(restMs);
    memory["afterAgain"] = await resident();
    clearInterval(watch);
    await compare();
  } finally {
    await twofold.stop();
    await api.stop();
  }
  return report({ seconds, alikeSeconds, loaded, alike, peerLoaded, memory, ends });
}

function both(a: Loaded, b: Loaded): Loaded {
  return { samples: [...a.samples, ...b.samples], seconds: a.seconds + b.seconds };
}

async function loadPeer(
  built: BuiltDocument,
  seconds: number,
  progress: (message: string) => void,
): Promise<Loaded> {
  progress(`the peer: ${clients} clients for ${seconds} s`);
  const peer = await servePeer(built);
  try {
    return await load(peer.url, { seconds, atOnce: clients, make: peerProgram });
  } finally {
    await peer.stop();
  }
}

/** Each client sends its next program as soon as the last is answered. */
async function load(
  url: string,
  { seconds, atOnce, make }: { seconds: number; atOnce: number; make: (n: number) => Program },
): Promise<Loaded> {
  const mcp = new McpClient(url, { connections: atOnce });
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const samples: Sample[] = [];
  let next = 0;
  const client = async () => {
    while (performance.now() < end) {
      const wanted = make((next += 1));
      const started = performance.now();
      let judged: Pick<Sample, "verdict" | "said">;
      try {
        judged = judge(wanted, await mcp.answerOf(wanted.tool, wanted.code));
      } catch (error) {
        judged = { verdict: "lost", said: String(error) };
      }
      samples.push({ kind: wanted.kind, at: started - begun, ms: performance.now() - started, ...judged });
      // As told: in a few seconds.
      if (judged.verdict === "told to come back") await sleep(1_000);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  mcp.close();
  // To the last answer: what was still waited for at the end belongs to it.
  return { samples, seconds: (performance.now() - begun) / 1000 };
}

function judge(
  wanted: Program,
  answer: { isError: boolean; texts: string[] },
): Pick<Sample, "verdict" | "said"> {
  const said = answer.texts.join("\n");
  const own = markOf(wanted.code);
  if (marksIn(said).some((mark) => mark !== own)) return { verdict: "mixed up", said: `${own}: ${said}` };
  if (said.includes("programs are running already")) return { verdict: "told to come back" };
  const isOwn = marksIn(said).length > 0 && wanted.isAnswered(answer);
  return isOwn ? { verdict: "answered" } : { verdict: "wrong", said: said.slice(0, 300) };
}

function report(measured: {
  seconds: number;
  alikeSeconds: number;
  loaded: Loaded;
  alike: Loaded;
  peerLoaded: Loaded;
  memory: Record<string, number>;
  ends: number;
}): Section {
  const { seconds, alikeSeconds, loaded, alike, peerLoaded, memory, ends } = measured;
  const { samples } = loaded;
  const counted = (verdict: Verdict) => samples.filter((sample) => sample.verdict === verdict);
  const mixed = counted("mixed up");
  const unanswered = [...counted("wrong"), ...counted("lost")];
  const { before = Number.NaN, peak = 0, after = Number.NaN, afterAgain = Number.NaN } = memory;
  const growth = afterAgain / after;
  const rows: Row[] = [
    { what: "answers mixed up", got: `${mixed.length} of ${samples.length}`, value: mixed.length, bar: 0 },
    {
      what: "answers lost, or not what the program asked for",
      got: String(unanswered.length),
      value: unanswered.length,
      bar: 0,
    },
    { what: "runtimes that ended by themselves", got: String(ends), value: ends, bar: 0 },
    { what: "told to come back in a few seconds", got: String(counted("told to come back").length) },
    ...figures("all kinds of programs", loaded),
    ...figures(ours, alike, "searches and calls"),
    ...figures("openApiMcpServer", peerLoaded, "searches and calls"),
    ...(Number.isNaN(before)
      ? []
      : [
          {
            what: "memory of workerd before, and at most",
            got: `${before.toFixed(0)} MB, ${peak.toFixed(0)} MB`,
          },
          {
            what: "memory 20 s after, and 20 s after as much again",
            got: `${after.toFixed(0)} MB, ${afterAgain.toFixed(0)} MB`,
          },
          {
            what: "the second ÷ the first: what stays does not grow",
            got: `${growth.toFixed(2)}×`,
            value: growth,
            bar: 1.2,
          },
        ]),
  ];
  const kinds = Object.entries(Object.groupBy(samples, ({ kind }) => kind)).map(
    ([kind, { length }]) => `${length} ${kind}`,
  );
  const notes = [
    `${clients} clients at once, twice ${seconds} s, all with JSON-RPC id 1: ${kinds.join(", ")}. Searches and calls alone, by each, twice ${alikeSeconds} s.`,
    "Clients and API run beside the server, on the same processors.",
    ...unanswered.slice(0, 3).map(({ kind, said }) => `Not answered (${kind}): ${said}`),
  ];
  const fault =
    mixed.length === 0 ? {} : { fault: `answers went to the wrong caller, e.g. ${mixed[0]?.said}` };
  return {
    title: "load",
    method:
      "Many clients at once with equal JSON-RPC ids, each sending its next program as soon as the last is answered; searches, calls, programs that throw, oversized results and endless loops. Whose answer each gets, how many there are, and what stays in memory. Then searches and calls alone, by Twofold and by the peer, whose API is a function here: it cannot end a loop.",
    rows,
    notes,
    ...fault,
    data: {
      memory,
      samples: samples.map(short),
      alike: alike.samples.map(short),
      peer: peerLoaded.samples.map(short),
    },
  };
}

/** @param task what others did too; without it the rows stand for themselves */
function figures(whose: string, { samples, seconds }: Loaded, task?: string): Row[] {
  const answered = samples.filter(({ verdict }) => verdict === "answered");
  const sorted = answered.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const rate = answered.length / seconds;
  const row = (what: string, got: string, value: number): Row => ({
    what: task === undefined ? `${whose}: ${what}` : whose,
    got,
    value,
    ...(task !== undefined && {
      versus: { task: `${what}, ${clients} clients at once, ${task}`, by: whose },
    }),
  });
  const time = (what: string, at: number) => row(what, `${(at / 1000).toFixed(2)} s`, at / 1000);
  return [
    {
      ...row("Answers a second", `${rate.toFixed(1)} (${answered.length} of ${samples.length})`, rate),
      atLeast: true,
    },
    time("Median", quantile(sorted, 0.5)),
    time("95th percentile", quantile(sorted, 0.95)),
    time("99th percentile", quantile(sorted, 0.99)),
  ];
}

const short = ({ kind, verdict, at, ms }: Sample) => [kind, verdict, Math.round(at), Math.round(ms)];
