// What a search costs, as quotients of whole HTTP calls: Twofold, an empty isolate, no isolate, and the peer.

import { type BuiltDocument, buildDocument } from "./build-document.ts";
import type { Chart } from "./chart.ts";
import { github, graph } from "./documents.ts";
import { type Timings, interleave } from "./interleave.ts";
import { McpClient } from "./mcp-client.ts";
import { isolateMemory, peerMemory } from "./memory.ts";
import type { BenchOptions } from "./options.ts";
import { bodiesProgram, forPeer, indexProgram, schemasProgram } from "./programs.ts";
import { type Row, type Section, ours, timed, times } from "./row.ts";
import { servePeer, serveTwofold } from "./serve.ts";
import { type Spread, ratio, spread } from "./statistics.ts";

const subjects = ["plain", "empty", "execute", "index", "bodies", "schemas", "repeated", "peer"] as const;
type SubjectName = (typeof subjects)[number];

const peerName = "openApiMcpServer";
/** The peer needs a second a call: one round in so many is enough for its median. */
const peerEvery = 8;

export async function searchSection(options: BenchOptions): Promise<Section> {
  const { progress } = options;
  const small = await buildDocument(github, progress);
  const timings = await measure(small, "issue", { ...options, peer: true });
  const large = await buildDocument(graph, progress);
  const largeTimings = await measure(large, "message", { ...options, peer: false });
  const memory = await isolateMemory(large, "message", progress);
  const smallMemory = await isolateMemory(small, "issue", progress);
  const ofPeer = await peerMemory(small, "issue", progress).catch((error: Error) => error);

  const against = (a: SubjectName, b: SubjectName, from = timings) => ratio(from[a], from[b]);
  const quotient = (what: string, value: Spread, plain: string, bar?: number, stretch?: number): Row => ({
    what,
    got: times(value),
    value: value.median,
    spread: value,
    against: plain,
    ...(bar !== undefined && { bar }),
    ...(stretch !== undefined && { stretch }),
  });
  const empty = "an empty isolate";
  const noIsolate = "an MCP call without an isolate";
  // The peer's n-th sample is of round n × peerEvery.
  const peerRounds = timings.index.filter((_, round) => round % peerEvery === 0);
  const rows: Row[] = [
    quotient("github: new search over the index ÷ empty isolate", against("index", "empty"), empty, 1.7, 1.3),
    quotient(
      "github: the same and one operation's bodies ÷ empty isolate",
      against("bodies", "empty"),
      empty,
      1.8,
      1.4,
    ),
    quotient("github: repeated search ÷ plain MCP call", against("repeated", "plain"), noIsolate, 1.3, 1.1),
    {
      ...quotient(
        "github: openApiMcpServer ÷ ours, new search",
        ratio(timings.peer, peerRounds),
        peerName,
        50,
        90,
      ),
      atLeast: true,
    },
    quotient(
      "graph: new search over the index ÷ empty isolate",
      against("index", "empty", largeTimings),
      empty,
      5,
      2.5,
    ),
    quotient(
      "graph: the same and one operation's bodies ÷ empty isolate",
      against("bodies", "empty", largeTimings),
      empty,
    ),
    quotient(
      "graph: repeated search ÷ plain MCP call",
      against("repeated", "plain", largeTimings),
      noIsolate,
    ),
    ...(memory === undefined
      ? []
      : [
          {
            what: "graph: memory of an isolate that searched it",
            got: `${memory.megabytes.toFixed(1)} MB`,
            value: memory.megabytes,
            bar: 64,
            stretch: 32,
          },
        ]),
    quotient(
      "github: a program that touches every schema ÷ empty isolate",
      against("schemas", "empty"),
      empty,
    ),
    quotient("github: execute without spec ÷ empty isolate", against("execute", "empty"), empty),
    ...(smallMemory === undefined
      ? []
      : [
          megabytes("heap and copies of one isolate", smallMemory.megabytes, ours),
          ...(ofPeer === undefined || ofPeer instanceof Error
            ? []
            : [megabytes("heap and copies of one isolate", ofPeer.megabytes, peerName)]),
        ]),
    ...scaleRows("GitHub's document", timings),
    ...scaleRows("Microsoft Graph's document", largeTimings),
  ];
  const notes = [
    `One HTTP connection, calls in turn, ${options.rounds} rounds (the peer ${Math.ceil(options.rounds / peerEvery)}), after ${options.warmup} of warm-up.`,
    "Brackets: p10–p90; of a quotient, over its rounds. Milliseconds are for scale: compare within this run only.",
    ...(memory === undefined
      ? ["Memory was not measured: it is read from /proc, which this system has not."]
      : [memory.note]),
    ...(smallMemory === undefined ? [] : [smallMemory.note]),
    ...(ofPeer === undefined
      ? []
      : [ofPeer instanceof Error ? `Memory of ${peerName}: not got, ${ofPeer.message}` : ofPeer.note]),
  ];
  const data = { github: timings, graph: largeTimings, memory, smallMemory, ofPeer };
  return {
    title: "search",
    method:
      "What a search costs: new programs over the index, over one operation's bodies and over every schema, a program that was asked before, and execute without the document. Beside them an isolate that returns 1, a request that starts no isolate, and openApiMcpServer of @cloudflare/codemode with the same program. All over the same document on the same workerd.",
    charts: [searchChart(timings, largeTimings)],
    rows,
    notes,
    data,
  };
}

const words: Record<SubjectName, string> = {
  plain: "no isolate at all",
  empty: "an empty isolate",
  execute: "Twofold: execute without the document",
  index: "Twofold: a new search over the index",
  bodies: "Twofold: the same and one operation's bodies",
  schemas: "Twofold: a program that touches every schema",
  repeated: "Twofold: a search asked before",
  peer: "openApiMcpServer: the new search",
};

/** The new search is what every other way is held against; the other rows are for scale. */
function scaleRows(title: string, timings: Timings<SubjectName>): Row[] {
  const compared: Partial<Record<SubjectName, string>> = {
    index: ours,
    peer: peerName,
    empty: "an empty isolate",
    plain: "no isolate at all",
  };
  return subjects.flatMap((name) => {
    if (timings[name].length === 0) return [];
    const by = compared[name];
    return timed(
      by === undefined ? `${title}, ${words[name]}` : words[name],
      spread(timings[name]),
      by === undefined ? undefined : { task: `A new search of ${title}`, by },
    );
  });
}

function megabytes(what: string, value: number, by: string): Row {
  const task = "Memory of an isolate that searched GitHub's document";
  return { what, got: `${value.toFixed(1)} MB`, value, versus: { task, by } };
}

function searchChart(small: Timings<SubjectName>, large: Timings<SubjectName>): Chart {
  const of = (series: string, timings: Timings<SubjectName>) =>
    subjects.flatMap((name) => {
      if (timings[name].length === 0) return [];
      const { median, p10, p90 } = spread(timings[name]);
      return [{ label: words[name], series, value: median, low: p10, high: p90 }];
    });
  return {
    kind: "bars",
    name: "search",
    title: "One search, whole HTTP call",
    description: "Milliseconds of each way on two documents, on a logarithmic scale; lines from p10 to p90.",
    value: "milliseconds",
    log: true,
    bars: [...of("GitHub, 7 MB", small), ...of("Microsoft Graph, 20 MB", large)],
  };
}

async function measure(
  built: BuiltDocument,
  word: string,
  { peer, rounds, warmup, progress }: BenchOptions & { peer: boolean },
): Promise<Timings<SubjectName>> {
  progress(`${built.name}: starting workerd`);
  const twofold = await serveTwofold(built);
  const other = peer ? await servePeer(built) : undefined;
  const mcp = new McpClient(`${twofold.url}/mcp`);
  const plain = new McpClient(`${twofold.url}/bench/plain`);
  const empty = new McpClient(`${twofold.url}/bench/empty`);
  const peerMcp = other === undefined ? undefined : new McpClient(other.url);
  const run = `${Date.now()}`;
  try {
    const timings = await interleave(
      [
        { name: "plain", call: () => plain.callTool("search", "1") },
        { name: "empty", call: () => empty.callTool("search", "1") },
        { name: "execute", call: (n) => mcp.callTool("execute", `// ${run} ${n}\n1 + 1`) },
        { name: "index", call: (n) => mcp.callTool("search", indexProgram(word, `${run} ${n}`)) },
        { name: "bodies", call: (n) => mcp.callTool("search", bodiesProgram(word, `${run} ${n}`)) },
        { name: "schemas", call: (n) => mcp.callTool("search", schemasProgram(`${run} ${n}`)) },
        { name: "repeated", call: () => mcp.callTool("search", indexProgram(word, run)) },
        ...(peerMcp === undefined
          ? []
          : [
              {
                name: "peer",
                call: (n: number) => peerMcp.callTool("search", forPeer(indexProgram(word, `${run} ${n}`))),
                every: peerEvery,
              },
            ]),
      ],
      { rounds, warmup, progress: (message) => progress(`${built.name}: ${message}`) },
    );
    return Object.fromEntries(subjects.map((name) => [name, timings[name] ?? []])) as Timings<SubjectName>;
  } finally {
    for (const client of [mcp, plain, empty, peerMcp]) client?.close();
    await twofold.stop();
    await other?.stop();
  }
}
