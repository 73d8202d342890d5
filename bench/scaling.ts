// Real documents, small to large: does each build, how long does it take, and does it answer a search.

import { type BuiltDocument, buildDocument } from "./build-document.ts";
import { documents } from "./documents.ts";
import { McpClient } from "./mcp-client.ts";
import type { BenchOptions } from "./options.ts";
import { bodiesProgram } from "./programs.ts";
import type { Row, Section } from "./row.ts";
import { serveTwofold } from "./serve.ts";
import { spread } from "./statistics.ts";

const samples = 5;

type Outcome = Omit<BuiltDocument, "document"> & { searchMs?: number; failure?: string };

export async function scalingSection({ progress }: BenchOptions): Promise<Section> {
  const outcomes: Outcome[] = [];
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
    outcomes.push(
      searched instanceof Error ? { ...kept, failure: searched.message } : { ...kept, searchMs: searched },
    );
  }
  const working = outcomes.filter(({ failure }) => failure === undefined).length;
  const header = columns("document", "MB", "operations", "build s", "index KB", "bodies MB", "search ms");
  const count: Row = {
    what: "documents that build and answer a search",
    got: `${working} of ${outcomes.length}`,
    value: working,
    bar: 30,
    atLeast: true,
  };
  const rows: Row[] = [count];
  const lines = outcomes
    .toSorted((a, b) => a.bytes - b.bytes)
    .map(({ name, bytes, loadMs, artifactMs, report, searchMs, failure }) =>
      columns(
        name,
        (bytes / 1e6).toFixed(2),
        String(report.operations),
        ((loadMs + artifactMs) / 1000).toFixed(1),
        (report.indexBytes / 1e3).toFixed(0),
        (report.bodiesBytes / 1e6).toFixed(2),
        searchMs === undefined ? `FAILED: ${failure}` : searchMs.toFixed(0),
      ),
    );
  const fallbacks = outcomes.flatMap(({ name, fallback }) =>
    fallback === undefined ? [] : [`${name}: the raw JSON was taken, because loading failed: ${fallback}`],
  );
  const notes = [
    header,
    ...lines,
    `search: median of ${samples} new searches that read one operation's parameters, body and answers, whole HTTP call.`,
    ...fallbacks,
  ];
  return { title: "scaling", rows, notes, data: outcomes };
}

async function search(built: BuiltDocument): Promise<number> {
  const twofold = await serveTwofold(built);
  const mcp = new McpClient(`${twofold.url}/mcp`);
  const timings: number[] = [];
  try {
    for (let n = 0; n <= samples; n += 1) {
      const start = performance.now();
      const answer = await mcp.callTool("search", bodiesProgram(".", `${n}`));
      // The first one also compiles the Worker.
      if (n > 0) timings.push(performance.now() - start);
      const { path } = JSON.parse(answer) as { path?: string };
      if (path === undefined) throw new Error(`the search found nothing: ${answer.slice(0, 200)}`);
    }
  } finally {
    mcp.close();
    await twofold.stop();
  }
  return spread(timings).median;
}

function columns(name: string, ...values: string[]): string {
  const [last = "", ...before] = values.toReversed();
  return (
    name.padEnd(20) +
    before
      .toReversed()
      .map((value) => value.padStart(11))
      .join("") +
    `  ${last.padStart(9)}`
  );
}
