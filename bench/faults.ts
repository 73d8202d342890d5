// Creates through an API that fails at random: what exists afterwards, against what the program was told.

import { join } from "node:path";
import { writeArtifact } from "../scripts/spec/artifact.ts";
import { limits } from "../src/limits.ts";
import { type FaultyUpstream, startFaultyUpstream } from "./faulty-upstream.ts";
import { McpClient } from "./mcp-client.ts";
import { type BenchOptions, benchDirectory, share } from "./options.ts";
import { type Row, type Section, ours } from "./row.ts";
import { serveTwofold } from "./serve.ts";

/** In a whole bench. */
const wholeCreates = 500;
/** One attempt and three more: what the gateway would take where it may. */
const naiveAttempts = 4;

const madeTwice = "Made twice";
const ways = {
  "POST without a key": (name: string) => ({ method: "POST", path: "/records", body: { name } }),
  "POST with an idempotency key": (name: string) => ({ method: "POST", path: "/keyed", body: { name } }),
  "PUT by name": (name: string) => ({ method: "PUT", path: "/named/{name}", params: { name }, body: {} }),
};

/** What a program was told of one create: a status or a kind of error, and the words with it. */
type Told = [name: string, what: number | string, words: string];

export async function faultsSection({ rounds, progress }: BenchOptions): Promise<Section> {
  const creates = share(wholeCreates, rounds);
  const upstream = await startFaultyUpstream();
  const { report, directory } = await build(upstream.url);
  const twofold = await serveTwofold({
    name: "faults",
    document,
    bytes: JSON.stringify(document).length,
    directory,
    loadMs: 0,
    artifactMs: 0,
    report,
  });
  const mcp = new McpClient(`${twofold.url}/mcp`);
  const rows: Row[] = [];
  const data: Record<string, unknown> = {};
  try {
    for (const [way, call] of Object.entries(ways)) {
      upstream.reset();
      progress(`${creates} × ${way}`);
      const told: Told[] = [];
      for (let from = 0; from < creates; from += limits.writes) {
        const calls = Array.from({ length: Math.min(limits.writes, creates - from) }, (_, n) =>
          call(`record-${from + n}`),
        );
        told.push(...(JSON.parse(await mcp.callTool("execute", program(calls))) as Told[]));
      }
      const counted = compare(told, upstream.made);
      data[way] = { ...counted, faults: Object.fromEntries(upstream.failed) };
      // A second PUT replaces: there is nothing to make twice.
      if (way.startsWith("POST"))
        rows.push({
          what: `${way}: made twice`,
          got: String(counted.twice),
          value: counted.twice,
          bar: 0,
          ...(way === "POST without a key" && { versus: { task: madeTwice, by: ours } }),
        });
      rows.push(
        {
          what: `${way}: told lost, but exists`,
          got: String(counted.wronglyLost),
          value: counted.wronglyLost,
          bar: 0,
        },
        {
          what: `${way}: told made, but does not exist`,
          got: String(counted.wronglyMade),
          value: counted.wronglyMade,
          bar: 0,
        },
        {
          what: `${way}: told made / surely not / may have been`,
          got: `${counted.made} / ${counted.not} / ${counted.unsure}`,
        },
      );
    }
    upstream.reset();
    progress(`${creates} × POST by a client that repeats whatever fails`);
    const naive = compare(await repeatWhateverFails(upstream, creates), upstream.made);
    data["repeats whatever fails"] = naive;
    rows.push({
      what: "POST, up to four times",
      got: String(naive.twice),
      value: naive.twice,
      versus: { task: madeTwice, by: "a client that repeats whatever fails" },
    });
  } finally {
    mcp.close();
    await twofold.stop();
    await upstream.stop();
  }
  return {
    title: `faults (${creates} creates each)`,
    method:
      "Creates through an API that fails at random, before it acts or after: what exists afterwards, against what the program was told. Beside it a client that repeats whatever fails.",
    rows,
    notes: [
      "Three attempts of ten fail: reset, 429, 502, 503 before the API acts, or reset, cut, 502, 504 after it has.",
    ],
    data,
  };
}

function compare(told: Told[], existing: string[]) {
  const exists = new Set(existing);
  const verdicts = told.map(([name, what, words]) => ({ name, verdict: verdictOf(what, words) }));
  const count = (verdict: string) => verdicts.filter((one) => one.verdict === verdict).length;
  return {
    twice: existing.length - exists.size,
    made: count("made"),
    not: count("not"),
    unsure: count("unsure"),
    wronglyMade: verdicts.filter(({ name, verdict }) => verdict === "made" && !exists.has(name)).length,
    wronglyLost: verdicts.filter(({ name, verdict }) => verdict === "not" && exists.has(name)).length,
  };
}

/** As whoever reads the answer would take it: a failure is final unless it says that it may not be one. */
function verdictOf(what: number | string, words: string): "made" | "not" | "unsure" {
  if (typeof what === "number" && what >= 200 && what < 300) return "made";
  return words.includes("may have been carried out") ? "unsure" : "not";
}

function program(calls: object[]): string {
  return `async () => {
  const calls = ${JSON.stringify(calls)};
  return Promise.all(calls.map(async (call) => {
    const name = call.params?.name ?? call.body.name;
    try {
      const { status, hint = "" } = await api.request(call);
      return [name, status, hint];
    } catch (error) {
      return [name, error.kind, error.message];
    }
  }));
}`;
}

async function repeatWhateverFails({ url }: FaultyUpstream, creates: number): Promise<Told[]> {
  const told: Told[] = [];
  for (let n = 0; n < creates; n += 1) {
    const name = `record-${n}`;
    let last: Told = [name, "network", ""];
    for (let attempt = 0; attempt < naiveAttempts; attempt += 1) {
      try {
        const response = await fetch(`${url}/records`, {
          method: "POST",
          body: JSON.stringify({ name }),
          signal: AbortSignal.timeout(5_000),
        });
        await response.text();
        last = [name, response.status, ""];
        if (response.ok) break;
      } catch {
        // Tried again: that is the point.
      }
    }
    told.push(last);
  }
  return told;
}

const body = { requestBody: { content: { "application/json": { schema: { type: "object" } } } } };
const answers = { responses: { "201": { description: "Made" } } };
const header = (name: string) => ({ name, in: "header", schema: { type: "string" } });
const document = {
  openapi: "3.1.0",
  info: { title: "Faulty", version: "1" },
  paths: {
    "/records": { post: { operationId: "makeRecord", ...body, ...answers } },
    "/keyed": {
      post: { operationId: "makeKeyed", parameters: [header("Idempotency-Key")], ...body, ...answers },
    },
    "/named/{name}": {
      put: {
        operationId: "putNamed",
        parameters: [{ name: "name", in: "path", required: true, schema: { type: "string" } }],
        ...body,
        ...answers,
      },
    },
  },
};

async function build(baseUrl: string) {
  const directory = join(benchDirectory, "artifacts", "faults");
  const settings = { source: "faults", baseUrl, auth: { type: "none" as const } };
  return { directory, report: await writeArtifact({ name: "faults", document, settings, directory }) };
}
