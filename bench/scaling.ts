// Real documents, small to large: does each build, how long does it take, and does it answer a search.

import { type BuiltDocument, buildDocument } from "./build-document.ts";
import { documents } from "./documents.ts";
import { McpClient } from "./mcp-client.ts";
import type { BenchOptions } from "./options.ts";
import type { Chart } from "./chart.ts";
import type { RunningWorker } from "../scripts/dev-server.ts";
import { bodiesProgram, forPeer } from "./programs.ts";
import { type Row, type Section, type Table, ours } from "./row.ts";
import { servePeer, serveTwofold } from "./serve.ts";
import { spread } from "./statistics.ts";

const samples = 5;

/** Searched by the peer too, small to large: it needs seconds for the last. */
const peerDocuments = ["spotify", "netlify", "slack", "digitalocean", "stripe", "github"];
const peerSamples = 3;

type Outcome = Omit<BuiltDocument, "document"> & { searchMs?: number; peerMs?: number; failure?: string };

export async function scalingSection({ progress }: BenchOptions): Promise<Section> {
  const outcomes: Outcome[] = [];
  const peerFailures: string[] = [];
  for (const entry of documents) {
    const built = await buildDocument(entry, progress).catch((error: Error) => error);
    if (built instanceof Error) {
      const nothing = { bytes: 0, directory: "", loadMs: 0, artifactMs: 0 };
      const report = { operations: 0, schemas: 0, indexBytes: 0, bodiesBytes: 0, credentials: [] };
      outcomes.push({ name: entry.name, ...nothing, report, failure: `not built: ${built.message}` });
      continue;
    }
    const { document: _, ...kept } = built;
    const searched = await search(built).catch((error: Error) => error);
    const byPeer = peerDocuments.includes(entry.name)
      ? await searchByPeer(built).catch((error: Error) => {
          peerFailures.push(`${entry.name}: openApiMcpServer failed: ${error.message}`);
          return undefined;
        })
      : undefined;
    outcomes.push(
      searched instanceof Error
        ? { ...kept, failure: searched.message }
        : { ...kept, searchMs: searched, ...(byPeer !== undefined && { peerMs: byPeer }) },
    );
  }
  const working = outcomes.filter(({ failure }) => failure === undefined).length;
  const count: Row = {
    what: "documents that build and answer a search",
    got: `${working} of ${outcomes.length}`,
    value: working,
    bar: 30,
    atLeast: true,
  };
  const bySize = outcomes.toSorted((a, b) => a.bytes - b.bytes);
  const table: Table = {
    title: "Documents, small to large",
    columns: [
      "document",
      "MB",
      "operations",
      "build, s",
      "index, KB",
      "bodies, MB",
      "search, ms",
      "openApiMcpServer, ms",
    ],
    rows: bySize.map(({ name, bytes, loadMs, artifactMs, report, searchMs, peerMs, failure }) => [
      name,
      (bytes / 1e6).toFixed(2),
      String(report.operations),
      ((loadMs + artifactMs) / 1000).toFixed(1),
      (report.indexBytes / 1e3).toFixed(0),
      (report.bodiesBytes / 1e6).toFixed(2),
      searchMs === undefined ? `FAILED: ${failure}` : searchMs.toFixed(0),
      peerMs === undefined ? "" : peerMs.toFixed(0),
    ]),
  };
  const rows: Row[] = [
    count,
    ...bySize.flatMap(({ name, bytes, searchMs, peerMs }) => {
      if (searchMs === undefined || peerMs === undefined) return [];
      const task = `A new search that reads one operation's bodies, ${name} (${(bytes / 1e6).toFixed(1)} MB)`;
      const row = (by: string, value: number): Row => ({
        what: by,
        got: `${value.toFixed(0)} ms`,
        value,
        versus: { task, by },
      });
      return [row(ours, searchMs), row("openApiMcpServer", peerMs)];
    }),
  ];
  const chart: Chart = {
    kind: "points",
    name: "scaling",
    title: "One search, by size of the document",
    description: "Each point is a real document; both axes are logarithmic.",
    x: "document, MB of JSON",
    y: "search, milliseconds",
    log: true,
    points: bySize.flatMap(({ bytes, searchMs, peerMs }) => [
      ...(searchMs === undefined ? [] : [{ x: bytes / 1e6, y: searchMs, series: ours }]),
      ...(peerMs === undefined ? [] : [{ x: bytes / 1e6, y: peerMs, series: "openApiMcpServer" }]),
    ]),
  };
  const fallbacks = outcomes.flatMap(({ name, fallback }) =>
    fallback === undefined ? [] : [`${name}: the raw JSON was taken, because loading failed: ${fallback}`],
  );
  const notes = [
    `search: median of ${samples} new searches, of the peer ${peerSamples}, that read one operation's parameters, body and answers, whole HTTP call.`,
    ...peerFailures,
    ...fallbacks,
  ];
  return {
    title: "scaling",
    method:
      "Real documents, small to large, from npm packages: does each build, how long does that take, and does it answer a search. Some of them by the peer too.",
    charts: [chart],
    tables: [table],
    rows,
    notes,
    data: outcomes,
  };
}

async function search(built: BuiltDocument): Promise<number> {
  return median(await serveTwofold(built), "/mcp", samples, (mark) => bodiesProgram(".", mark));
}

async function searchByPeer(built: BuiltDocument): Promise<number> {
  return median(await servePeer(built), "", peerSamples, (mark) => forPeer(bodiesProgram(".", mark)));
}

async function median(
  server: RunningWorker,
  path: string,
  count: number,
  program: (mark: string) => string,
): Promise<number> {
  const mcp = new McpClient(`${server.url}${path}`);
  const timings: number[] = [];
  try {
    for (let n = 0; n <= count; n += 1) {
      const start = performance.now();
      const answer = await mcp.callTool("search", program(`${n}`));
      // The first one also compiles the Worker.
      if (n > 0) timings.push(performance.now() - start);
      if (!answer.includes('"path"')) throw new Error(`the search found nothing: ${answer.slice(0, 200)}`);
    }
  } finally {
    mcp.close();
    await server.stop();
  }
  return spread(timings).median;
}
