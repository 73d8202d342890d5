// What a program had called when its runtime died, as the journal has it. Asks as the program's own client, with the token of its
// request and no other; the journal shows nobody the runs of somebody else.
import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "../../../src/limits.ts";
import type { Watchdog } from "./watchdog.ts";
import type { RunDetail, RunSummary } from "../../../src/journal/run.ts";

/** Milliseconds in which the journal is asked: the answer that waits for it is late already, and a runtime that just came back is slow. */
const patienceMs = 8_000;

/** Milliseconds until it is asked again when it failed, as it does while wrangler still connects to the new runtime. */
const againMs = 250;

export interface CutProgram {
  code: string;
  /** Milliseconds since 1970 when it was sent on. */
  since: number;
  /** The request's own, where it has one. */
  authorization: string | undefined;
}

/** Where the journal is asked, and the headers without which the Worker serves nobody. */
type Place = Pick<Watchdog, "port" | "front">;

/** @returns calls in order, in words; undefined when the journal cannot be asked, or cannot tell which run it was */
export async function journalledCalls(place: Place, program: CutProgram): Promise<string[] | undefined> {
  const signal = AbortSignal.timeout(patienceMs);
  while (!signal.aborted) {
    try {
      return await ask(place, program, signal);
    } catch {
      await sleep(againMs);
    }
  }
  return undefined;
}

/** @throws when the journal may answer a moment later */
async function ask(
  { port, front }: Place,
  program: CutProgram,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const { since, authorization } = program;
  // As SQLite keeps it.
  const code = program.code.toWellFormed();
  const read = async <T>(path: string): Promise<T | undefined> => {
    const headers = { ...front, ...(authorization !== undefined && { authorization }) };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers, signal });
    if (response.status >= 500) throw new Error(`the journal answered ${response.status}`);
    return response.ok ? ((await response.json()) as T) : undefined;
  };
  const list = await read<{ runs: RunSummary[] }>(`/runs?count=${limits.runsPageMost}`);
  const recent = list?.runs.filter(({ started }) => started >= since);
  if (recent === undefined || recent.length === limits.runsPageMost) return undefined;
  const meant = recent.filter(({ tool, excerpt }) => tool === "execute" && code.startsWith(excerpt));
  const same: RunDetail[] = [];
  for (const { id } of meant) {
    const run = await read<RunDetail>(`/runs/${id}`);
    if (run === undefined) return undefined;
    if (run.program === code) same.push(run);
  }
  // A run is stored with its first write at the latest: one that is not there has written nothing.
  if (same.length === 0) return [];
  // Of one that ended, only the answer is missing.
  const open = same.filter(({ ended }) => ended === null);
  const [run, ...others] = open.length > 0 ? open : same;
  if (run === undefined || others.length > 0) return undefined;
  return run.requests.map(inWords);
}

function inWords({ method, path, state, status }: RunDetail["requests"][number]): string {
  switch (state) {
    case "done":
      return `${method} ${path} → ${status}`;
    case "in flight":
      return `${method} ${path}: in flight, so it may have been carried out`;
    case "failed":
      return `${method} ${path}: failed${status === null ? "" : ` with ${status}`}`;
    case "refused":
      return `${method} ${path}: refused, never sent`;
    default:
      return state satisfies never;
  }
}
