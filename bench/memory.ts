// Memory of one isolate that searched a document: how much workerd grows by each that it keeps.
//
// An isolate cannot be asked (no performance.memory, no inspector for dynamic ones). But `search` keeps its isolates
// by content, so n searches of n new texts leave n isolates alive: the growth of workerd's private memory divided by
// n is the heap of one, what its search left uncollected and its share of the bodies included. An upper bound.

import { readFile, readdir } from "node:fs/promises";
import type { BuiltDocument } from "./build-document.ts";
import { McpClient } from "./mcp-client.ts";
import { indexProgram } from "./programs.ts";
import { serveTwofold } from "./serve.ts";

const isolates = 12;
/** The first ones also grow what all share. */
const warmup = 4;

export async function isolateMemory(
  built: BuiltDocument,
  word: string,
  progress: (message: string) => void,
): Promise<{ megabytes: number; note: string } | undefined> {
  if (process.platform !== "linux") return undefined;
  progress(`${built.name}: memory of ${isolates} isolates`);
  const twofold = await serveTwofold(built);
  const mcp = new McpClient(`${twofold.url}/mcp`);
  try {
    const workerd = await workerdBelow(twofold.pid);
    const search = (n: number) => mcp.callTool("search", indexProgram(word, `memory ${n}`));
    for (let n = 0; n < warmup; n += 1) await search(n);
    const before = await residentMegabytes(workerd);
    for (let n = warmup; n < warmup + isolates; n += 1) await search(n);
    const after = await residentMegabytes(workerd);
    const megabytes = (after - before) / isolates;
    const note = `Memory: workerd's resident memory grew from ${before.toFixed(0)} to ${after.toFixed(0)} MB over ${isolates} kept isolates, ${megabytes.toFixed(1)} MB each.`;
    return { megabytes, note };
  } finally {
    mcp.close();
    await twofold.stop();
  }
}

/** The workerd process with the most memory among the descendants: wrangler may start others. */
async function workerdBelow(root: number): Promise<number> {
  const parents = new Map<number, number>();
  const names = new Map<number, string>();
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    // "pid (name) state parent": the name may hold spaces and brackets.
    const match = /^(\d+) \((.*)\) \S (\d+)/s.exec(stat);
    if (match === null) continue;
    parents.set(Number(match[1]), Number(match[3]));
    names.set(Number(match[1]), match[2] ?? "");
  }
  const found = [...names].filter(([pid, name]) => name === "workerd" && descends(pid, root, parents));
  const sized = await Promise.all(found.map(async ([pid]) => ({ pid, size: await residentMegabytes(pid) })));
  const largest = sized.toSorted((a, b) => b.size - a.size)[0];
  if (largest === undefined) throw new Error(`No workerd runs below process ${root}.`);
  return largest.pid;
}

function descends(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) {
    if (at === root) return true;
  }
  return false;
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return kilobytes / 1024;
}
