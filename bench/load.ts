// Many clients at once, all with the same JSON-RPC id and a mix of good and bad programs: whose answer each gets, how many
// there are, how long they take, and what stays in memory.

import { setTimeout as sleep } from "node:timers/promises";
import { type BuiltDocument, buildDocument } from "./build-document.ts";
import { type BenchDocument, documents } from "./documents.ts";
import { startLoopbackApi } from "./loopback-api.ts";
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

type Kind = "search" | "execute" | "throw" | "large" | "endless";

/** One program, and how to tell that an answer is its own. */
interface Program {
  kind: Kind;
  tool: "search" | "execute";
  code: string;
  /** Whether an answer of the right caller is also the right answer. */
  isAnswered(answer: { isError: boolean; texts: string[] }): boolean;
}

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
  const peerSeconds = Math.ceil(seconds / 6);
  let ends = 0;
  let loaded: Loaded;
  let peerLoaded: Loaded = { samples: [], seconds: 0 };
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
    // Between the two and after them, so that a slow minute of the machine is not one side's alone.
    peerLoaded = both(peerLoaded, await loadPeer(built, peerSeconds, progress));
    progress("the same once more: what is kept must not grow");
    const again = await load(mcp, { seconds, atOnce: clients, make: program });
    loaded = both(loaded, again);
    await sleep(restMs);
    memory["afterAgain"] = await resident();
    clearInterval(watch);
    peerLoaded = both(peerLoaded, await loadPeer(built, peerSeconds, progress));
  } finally {
    await twofold.stop();
    await api.stop();
  }
  return report({ seconds, loaded, peerLoaded, memory, ends });
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

const marksIn = (text: string): string[] => text.match(/mark-\d+-end/g) ?? [];
const markOf = (code: string): string => marksIn(code)[0] ?? "";

function program(n: number): Program {
  const mark = `mark-${n}-end`;
  const isFine = ({ isError }: { isError: boolean }) => !isError;
  // A loop keeps the one thread for as long as a program may: more of them would measure nothing else.
  if (n % 500 === 499) {
    const code = `for (;;) { "${mark}"; }`;
    return {
      kind: "endless",
      tool: "execute",
      code,
      isAnswered: ({ texts }) => /kept the processor busy/.test(texts[0] ?? ""),
    };
  }
  switch (n % 10) {
    case 0: {
      const code = `async () => { throw new Error("${mark}"); }`;
      return { kind: "throw", tool: "search", code, isAnswered: ({ isError }) => isError };
    }
    case 1: {
      const code = `Array.from({ length: 20_000 }, (_, n) => ({ n, mark: "${mark}" }))`;
      return {
        kind: "large",
        tool: "execute",
        code,
        isAnswered: ({ texts }) => texts.some((text) => text.includes("was shrunk to")),
      };
    }
    case 2:
    case 3:
    case 4:
    case 5: {
      const code = `["${mark}", Object.keys(spec.paths).length, find("list sites")[0].operationId]`;
      return { kind: "search", tool: "search", code, isAnswered: isFine };
    }
    default: {
      // The API answers with the name it was asked for, so that its answers are told apart as well.
      const code = `async () => { const { data } = await api.request({ method: "GET", path: "/accounts/{account_id}", params: { account_id: "${mark}" } }); return data.name; }`;
      return { kind: "execute", tool: "execute", code, isAnswered: isFine };
    }
  }
}

/** The peer's share of that: programs that search or return. It has no way to end a loop, and its API is a function here. */
function peerProgram(n: number): Program {
  const mark = `mark-${n}-end`;
  const isAnswered = ({ isError }: { isError: boolean }) => !isError;
  if (n % 2 === 0) {
    const code = `async () => { const spec = await codemode.spec(); return ["${mark}", Object.keys(spec.paths).length]; }`;
    return { kind: "search", tool: "search", code, isAnswered };
  }
  const code = `async () => { await codemode.request({ method: "GET", path: "/accounts/${mark}" }); return "${mark}"; }`;
  return { kind: "execute", tool: "execute", code, isAnswered };
}

function report(measured: {
  seconds: number;
  loaded: Loaded;
  peerLoaded: Loaded;
  memory: Record<string, number>;
  ends: number;
}): Section {
  const { seconds, loaded, peerLoaded, memory, ends } = measured;
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
    ...figures(ours, loaded),
    ...figures("openApiMcpServer, no API behind it", peerLoaded),
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
    `${clients} clients at once, twice ${seconds} s, all with JSON-RPC id 1: ${kinds.join(", ")}. The peer twice, a sixth as long, after each.`,
    "Clients and API run beside the server, on the same processors.",
    ...unanswered.slice(0, 3).map(({ kind, said }) => `Not answered (${kind}): ${said}`),
  ];
  const fault =
    mixed.length === 0 ? {} : { fault: `answers went to the wrong caller, e.g. ${mixed[0]?.said}` };
  return {
    title: "load",
    method:
      "Many clients at once with equal JSON-RPC ids, each sending its next program as soon as the last is answered; searches, calls, programs that throw, oversized results and endless loops. Whose answer each gets, how many there are, and what stays in memory. The peer with searches and programs that return, since it cannot end a loop and has no API here.",
    rows,
    notes,
    ...fault,
    data: { memory, samples: samples.map(short), peer: peerLoaded.samples.map(short) },
  };
}

function figures(whose: string, { samples, seconds }: Loaded): Row[] {
  const answered = samples.filter(({ verdict }) => verdict === "answered");
  const sorted = answered.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const rate = answered.length / seconds;
  const row = (task: string, got: string, value: number): Row => ({
    what: whose,
    got,
    value,
    versus: { task: `${task}, ${clients} clients at once`, by: whose },
  });
  const time = (task: string, at: number) => row(task, `${(at / 1000).toFixed(2)} s`, at / 1000);
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
