// What a search costs, as quotients of whole HTTP calls: Twofold, an empty isolate, no isolate, and the peer.

import { type BuiltDocument, buildDocument } from "./build-document.ts";
import { github, graph } from "./documents.ts";
import { type Timings, interleave } from "./interleave.ts";
import { McpClient } from "./mcp-client.ts";
import { isolateMemory } from "./memory.ts";
import type { BenchOptions } from "./options.ts";
import { bodiesProgram, forPeer, indexProgram, schemasProgram } from "./programs.ts";
import { type Row, type Section, milliseconds, times } from "./row.ts";
import { servePeer, serveTwofold } from "./serve.ts";
import { ratio, spread } from "./statistics.ts";

const subjects = ["plain", "empty", "execute", "index", "bodies", "schemas", "repeated", "peer"] as const;
type SubjectName = (typeof subjects)[number];

/** The peer needs a second a call: one round in so many is enough for its median. */
const peerEvery = 8;

export async function searchSection(options: BenchOptions): Promise<Section> {
  const { progress } = options;
  const small = await buildDocument(github, progress);
  const timings = await measure(small, "issue", { ...options, peer: true });
  const large = await buildDocument(graph, progress);
  const largeTimings = await measure(large, "message", { ...options, peer: false });
  const memory = await isolateMemory(large, "message", progress);

  const against = (a: SubjectName, b: SubjectName, from = timings) => ratio(from[a], from[b]);
  const quotient = (what: string, value: ReturnType<typeof ratio>, bar: number, stretch: number): Row => ({
    what,
    got: times(value),
    value: value.median,
    spread: value,
    bar,
    stretch,
  });
  // The peer's n-th sample is of round n × peerEvery.
  const peerRounds = timings.index.filter((_, round) => round % peerEvery === 0);
  const rows: Row[] = [
    quotient("github: new search over the index ÷ empty isolate", against("index", "empty"), 1.7, 1.3),
    quotient(
      "github: the same and one operation's bodies ÷ empty isolate",
      against("bodies", "empty"),
      1.8,
      1.4,
    ),
    quotient("github: repeated search ÷ plain MCP call", against("repeated", "plain"), 1.3, 1.1),
    {
      ...quotient("github: openApiMcpServer ÷ ours, new search", ratio(timings.peer, peerRounds), 50, 90),
      atLeast: true,
    },
    quotient(
      "graph: new search over the index ÷ empty isolate",
      against("index", "empty", largeTimings),
      5,
      2.5,
    ),
    {
      what: "graph: the same and one operation's bodies ÷ empty isolate",
      got: times(against("bodies", "empty", largeTimings)),
    },
    {
      what: "graph: repeated search ÷ plain MCP call",
      got: times(against("repeated", "plain", largeTimings)),
    },
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
    {
      what: "github: a program that touches every schema ÷ empty isolate",
      got: times(against("schemas", "empty")),
    },
    { what: "github: execute without spec ÷ empty isolate", got: times(against("execute", "empty")) },
    ...subjects
      .filter((name) => timings[name].length > 0)
      .map((name): Row => ({ what: `github, for scale: ${name}`, got: milliseconds(spread(timings[name])) })),
    ...subjects
      .filter((name) => largeTimings[name].length > 0)
      .map((name): Row => ({
        what: `graph, for scale: ${name}`,
        got: milliseconds(spread(largeTimings[name])),
      })),
  ];
  const notes = [
    `One HTTP connection, calls in turn, ${options.rounds} rounds (the peer ${Math.ceil(options.rounds / peerEvery)}), after ${options.warmup} of warm-up.`,
    "Brackets: p10–p90; of a quotient, over its rounds. Milliseconds are for scale: compare within this run only.",
    ...(memory === undefined
      ? ["Memory was not measured: it is read from /proc, which this system has not."]
      : [memory.note]),
  ];
  return { title: "search", rows, notes, data: { github: timings, graph: largeTimings, memory } };
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
