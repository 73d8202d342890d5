// Memory of one isolate that searched a document: how much workerd grows by each that is alive.
//
// An isolate cannot be asked (it has no performance.memory, and no inspector). So n programs search, and then wait
// for a timer while all of them are held: the growth of workerd's resident memory from none alive to n, divided by
// n, is the heap of one, what its search left uncollected, and its copy of what it was passed. An upper bound.

import { readFile, readdir } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type { BuiltDocument } from "./build-document.ts";
import { McpClient } from "./mcp-client.ts";
import type { RunningWorker } from "../scripts/dev-server.ts";
import { forPeer, indexProgram } from "./programs.ts";
import { servePeer, serveTwofold } from "./serve.ts";

/** Programs held at once, how long each waits, and when in that time memory is read, in milliseconds. */
interface Holding {
  isolates: number;
  holdFor: number;
  readAt: number;
}

/** Long enough for the last of them to have searched. */
const quick: Holding = { isolates: 8, holdFor: 4_000, readAt: 3_000 };
/** The peer needs a second or more for each, one after the other. */
const slow: Holding = { isolates: 4, holdFor: 24_000, readAt: 20_000 };

interface IsolateMemory {
  megabytes: number;
  note: string;
}

export async function isolateMemory(
  built: BuiltDocument,
  word: string,
  progress: (message: string) => void,
): Promise<IsolateMemory | undefined> {
  return measure(await serveTwofold(built), "/mcp", quick, {
    name: `Twofold, ${built.name}`,
    program: (mark) => holding(indexProgram(word, mark), "spec.paths", quick),
    progress,
  });
}

export async function peerMemory(
  built: BuiltDocument,
  word: string,
  progress: (message: string) => void,
): Promise<IsolateMemory | undefined> {
  return measure(await servePeer(built), "", slow, {
    name: `openApiMcpServer, ${built.name}`,
    program: (mark) => holding(forPeer(indexProgram(word, mark)), "codemode", slow),
    progress,
  });
}

async function measure(
  server: RunningWorker,
  path: string,
  { isolates, readAt }: Holding,
  {
    name,
    program,
    progress,
  }: { name: string; program: (mark: string) => string; progress: (message: string) => void },
): Promise<IsolateMemory | undefined> {
  const mcp = new McpClient(`${server.url}${path}`, { connections: isolates });
  try {
    if (process.platform !== "linux") return undefined;
    progress(`${name}: memory of ${isolates} isolates at once`);
    const workerd = await workerdBelow(server.pid);
    const hold = (n: number) => mcp.callTool("search", program(`memory ${n}`));
    // The first one grows what all share, and stays in the allocator's hands when it has ended.
    await hold(0);
    const before = await residentMegabytes(workerd);
    const held = Promise.all(Array.from({ length: isolates }, (_, n) => hold(n + 1)));
    await Promise.race([held, setTimeout(readAt)]);
    const after = await residentMegabytes(workerd);
    await held;
    // What the first one left behind serves one of the others.
    const megabytes = (after - before) / (isolates - 1);
    const note = `Memory, ${name}: workerd's resident memory grew from ${before.toFixed(0)} to ${after.toFixed(0)} MB while ${isolates} isolates were held.`;
    return { megabytes, note };
  } finally {
    mcp.close();
    await server.stop();
  }
}

/** The program, which then waits with all it holds. */
function holding(program: string, used: string, { holdFor }: Holding): string {
  return `async () => {
  const found = await (${program})();
  await new Promise((resolve) => setTimeout(resolve, ${holdFor}));
  return [found, ${used}].length;
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
