// What running a program costs: one with an API call against the least it could be, each further call, and the compiling.

import { compileProgram } from "../src/compile/compile-program.ts";
import { buildDocument } from "./build-document.ts";
import { github } from "./documents.ts";
import { interleave } from "./interleave.ts";
import { startLoopbackApi } from "./loopback-api.ts";
import { McpClient } from "./mcp-client.ts";
import type { BenchOptions } from "./options.ts";
import { type Row, type Section, ours, timed, times } from "./row.ts";
import { serveTwofold } from "./serve.ts";
import { type Spread, ratio, spread } from "./statistics.ts";

/** Calls of one program: enough that what one adds stands out from what a program costs. */
const calls = 50;
/** Compilations of one request: a clock stands still inside. */
const compilations = 100;
const path = "/repos/octocat/hello-world";

export async function executorSection({ rounds, warmup, progress }: BenchOptions): Promise<Section> {
  const built = await buildDocument(github, progress);
  const api = await startLoopbackApi();
  progress("starting workerd");
  const twofold = await serveTwofold(built, api.url);
  const clients = ["mcp", "bench/plain", "bench/direct", "bench/fetches", "bench/hops", "bench/compile"].map(
    (place) => new McpClient(`${twofold.url}/${place}`),
  );
  const [mcp, plain, direct, fetches, hops, compile] = clients as [
    McpClient,
    McpClient,
    McpClient,
    McpClient,
    McpClient,
    McpClient,
  ];
  const long = longProgram(200);
  try {
    const many = JSON.stringify({ path, times: calls });
    const none = JSON.stringify({ path, times: 0 });
    const timings = await interleave(
      [
        { name: "plain", call: () => plain.callTool("search", "1") },
        { name: "execute", call: (n) => mcp.callTool("execute", `// ${n}\n1 + 1`) },
        { name: "executeOne", call: (n) => mcp.callTool("execute", callingProgram(1, n)) },
        { name: "direct", call: () => direct.callTool("search", path) },
        { name: "executeMany", call: (n) => mcp.callTool("execute", callingProgram(calls, n)) },
        { name: "fetches", call: () => fetches.callTool("search", many) },
        { name: "noHops", call: () => hops.callTool("search", none) },
        { name: "hops", call: () => hops.callTool("search", many) },
        {
          name: "compile",
          call: () => compile.callTool("search", JSON.stringify({ program: long, times: compilations })),
        },
      ],
      { rounds, warmup, progress },
    );
    const of = (name: string) => timings[name] ?? [];
    const one = ratio(of("executeOne"), of("direct"));
    const added = perCall(of("executeMany"), of("execute"), of("fetches"), of("plain"));
    const hop = perCall(of("hops"), of("noHops"), of("fetches"), of("plain"));
    const compiledInWorkerd = spread(
      of("compile").map((taken, round) => (taken - (of("plain")[round] ?? 0)) / compilations),
    );
    const compiledInNode = compileInNode(long, rounds);
    const bar = (what: string, got: string, value: Spread, limit: number): Row => ({
      what,
      got,
      value: value.median,
      spread: value,
      bar: limit,
    });
    const oneCall = "One API call";
    const manyCalls = `${calls} API calls, one after the other`;
    const rows: Row[] = [
      {
        ...bar("execute with one API call ÷ (empty isolate + the call made directly)", times(one), one, 1.3),
        against: "an isolate without a program and a call without a gateway",
      },
      bar(`gateway and isolate, added to each of ${calls} bare fetches`, precise(added), added, 1),
      { what: "of that: the way from the isolate to the host and back", got: precise(hop) },
      bar("compile of a 200-line program, in workerd", precise(compiledInWorkerd), compiledInWorkerd, 3),
      bar("compile of a 200-line program, in Node", precise(compiledInNode), compiledInNode, 3),
      timed("execute, through Twofold", spread(of("executeOne")), { task: oneCall, by: ours }),
      timed("an empty isolate, and the host's own fetch", spread(of("direct")), {
        task: oneCall,
        by: "the least it could be",
      }),
      timed("one program", spread(of("executeMany")), { task: manyCalls, by: ours }),
      timed("the host's own fetches, no program", spread(of("fetches")), {
        task: manyCalls,
        by: "bare fetches",
      }),
      timed("an isolate that calls the host, no gateway", spread(of("hops")), {
        task: manyCalls,
        by: "no gateway",
      }),
      timed("execute without a call", spread(of("execute"))),
      timed("an MCP call that runs nothing", spread(of("plain"))),
    ];
    const notes = [
      `GitHub's document, an API on loopback, one HTTP connection, ${rounds} rounds after ${warmup} of warm-up.`,
      "What a call adds: (the program with its calls − one without) − (the host's own fetches − none), by the calls.",
    ];
    return {
      title: "executor",
      method:
        "What running a program costs: one with an API call against the least it could be, an empty isolate and the same call made by the host; what each further call adds to a bare fetch; and what compiling a long program costs.",
      rows,
      notes,
      data: { ...timings, compiledInNode },
    };
  } finally {
    for (const client of clients) client.close();
    await twofold.stop();
    await api.stop();
  }
}

/** Milliseconds one call adds to a bare one, round by round. */
function perCall(many: number[], none: number[], bareMany: number[], bareNone: number[]): Spread {
  const at = (list: number[], round: number) => list[round] ?? Number.NaN;
  return spread(many.map((taken, n) => (taken - at(none, n) - (at(bareMany, n) - at(bareNone, n))) / calls));
}

function precise({ median, p10, p90 }: Spread): string {
  return `${median.toFixed(2)} ms (${p10.toFixed(2)}–${p90.toFixed(2)})`;
}

function callingProgram(count: number, mark: number): string {
  return `async () => {
  // ${mark}
  const call = { method: "GET", path: "/repos/{owner}/{repo}", params: { owner: "octocat", repo: "hello-world" } };
  let name;
  for (let n = 0; n < ${count}; n += 1) name = (await api.request(call)).data.name;
  return name;
}`;
}

/** What a model writes when it writes much: calls, loops, a Map, texts; ten lines a part, some forty characters each. */
function longProgram(lines: number): string {
  const parts = Array.from({ length: Math.floor((lines - 4) / 10) }, (_, n) =>
    [
      `  const answer${n} = await api.request({`,
      `    method: "GET",`,
      `    path: "/repos/{owner}/{repo}/issues",`,
      `    params: { owner: "o", repo: "r" },`,
      `    query: { state: "all", page: ${n} },`,
      `  });`,
      `  for (const issue of answer${n}.data.filter(isOpen)) {`,
      `    const first = issue.labels.at(0)?.name ?? "none";`,
      `    byLabel.set(first, [...(byLabel.get(first) ?? []), \`#\${issue.number}\`]);`,
      `  }`,
    ].join("\n"),
  );
  return `async () => {\n  const byLabel = new Map();\n  const isOpen = ({ state }) => state === "open";\n${parts.join("\n")}\n  return Object.fromEntries(byLabel);\n}`;
}

function compileInNode(program: string, rounds: number): Spread {
  const taken: number[] = [];
  for (let n = 0; n < rounds + compilations; n += 1) {
    const started = performance.now();
    const compiled = compileProgram(`// ${n}\n${program}`, "execute");
    if (!compiled.ok) throw new Error(compiled.message);
    // The first warm it up.
    if (n >= compilations) taken.push(performance.now() - started);
  }
  return spread(taken);
}
