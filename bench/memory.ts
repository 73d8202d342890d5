// Memory of one isolate that searched a document: how much workerd grows by each that is alive.
//
// An isolate cannot be asked (it has no performance.memory, and no inspector). So n programs search, and then wait
// for a timer while all of them are held: the growth of workerd's resident memory from none alive to n, divided by
// n, is the heap of one, what its search left uncollected, and its copy of what it was passed. An upper bound.

import { readFile, readdir } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type { BuiltDocument } from "./build-document.ts";
import { McpClient } from "./mcp-client.ts";
import { indexProgram } from "./programs.ts";
import { serveTwofold } from "./serve.ts";

const isolates = 8;
/** Milliseconds a program waits: long enough for the last of them to have searched. */
const holdFor = 4_000;
/** Milliseconds into that wait when memory is read. */
const readAt = 3_000;

export async function isolateMemory(
  built: BuiltDocument,
  word: string,
  progress: (message: string) => void,
): Promise<{ megabytes: number; note: string } | undefined> {
  if (process.platform !== "linux") return undefined;
  progress(`${built.name}: memory of ${isolates} isolates at once`);
  const twofold = await serveTwofold(built);
  const mcp = new McpClient(`${twofold.url}/mcp`, { connections: isolates });
  try {
    const workerd = await workerdBelow(twofold.pid);
    const hold = (n: number) => mcp.callTool("search", holding(indexProgram(word, `memory ${n}`)));
    // The first one grows what all share, and stays in the allocator's hands when it has ended.
    await hold(0);
    const before = await residentMegabytes(workerd);
    const held = Promise.all(Array.from({ length: isolates }, (_, n) => hold(n + 1)));
    await setTimeout(readAt);
    const after = await residentMegabytes(workerd);
    await held;
    // What the first one left behind serves one of the others.
    const megabytes = (after - before) / (isolates - 1);
    const note = `Memory: workerd's resident memory grew from ${before.toFixed(0)} to ${after.toFixed(0)} MB while ${isolates} isolates were held.`;
    return { megabytes, note };
  } finally {
    mcp.close();
    await twofold.stop();
  }
}

/** The program, which then waits with all it holds. */
function holding(program: string): string {
  return `async () => {
  const found = await (${program})();
  await new Promise((resolve) => setTimeout(resolve, ${holdFor}));
  return [found, spec.paths].length;
}`;
}

/** The workerd process with the most memory among the descendants: wrangler may start others. */
export async function workerdBelow(root: number): Promise<number> {
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

export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return kilobytes / 1024;
}
