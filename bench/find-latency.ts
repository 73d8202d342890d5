// How long one `find` takes inside an isolate, by that isolate's own clock.

import type { BuiltDocument } from "./build-document.ts";
import { McpClient } from "./mcp-client.ts";
import { serveTwofold } from "./serve.ts";
import { type Spread, spread } from "./statistics.ts";

const isolates = 15;
/** Calls after the first of an isolate: enough that a clock of one millisecond tells tenths. */
const calls = 100;

export async function findLatency(
  built: BuiltDocument,
  queries: readonly string[],
  progress: (message: string) => void,
): Promise<{ first: Spread; next: Spread }> {
  progress(`find inside ${isolates} isolates`);
  const twofold = await serveTwofold(built);
  const mcp = new McpClient(`${twofold.url}/mcp`);
  const first: number[] = [];
  const next: number[] = [];
  try {
    for (let n = 0; n < isolates; n += 1) {
      const asked = Array.from({ length: calls + 1 }, (_, k) => queries[(n * 37 + k * 11) % queries.length]);
      const answer = JSON.parse(await mcp.callTool("search", program(asked, n))) as [number, number];
      first.push(answer[0]);
      next.push(answer[1] / calls);
    }
  } finally {
    mcp.close();
    await twofold.stop();
  }
  return { first: spread(first), next: spread(next) };
}

function program(queries: unknown, mark: number): string {
  return `() => {
  // ${mark}
  const [one, ...rest] = ${JSON.stringify(queries)};
  const started = performance.now();
  find(one);
  const between = performance.now();
  for (const query of rest) find(query);
  return [between - started, performance.now() - between];
}`;
}
