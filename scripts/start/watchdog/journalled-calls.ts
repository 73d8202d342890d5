// What a program had called when its runtime died, as the journal has it. Asks as the program's own client, with the token of its
// request and no other; the journal shows nobody the runs of somebody else.
import type { RunDetail, RunSummary } from "../../../src/journal/run.ts";

/** Milliseconds for both questions: the answer that waits for them is late already, and a runtime that just came back is slow. */
const askMs = 3_000;

/** Characters of the program that the list is searched for; what it finds is then compared as a whole. */
const searched = 200;

export interface CutProgram {
  code: string;
  /** Milliseconds since 1970 when it was sent on. */
  since: number;
  /** The request's own, where it has one. */
  authorization: string | undefined;
}

/** @returns calls in order, in words; undefined when the journal cannot be asked, or cannot tell which run it was */
export async function journalledCalls(port: number, program: CutProgram): Promise<string[] | undefined> {
  const { code, since, authorization } = program;
  const signal = AbortSignal.timeout(askMs);
  const ask = async (path: string): Promise<unknown> => {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers, signal });
    if (!response.ok) throw new Error(`the journal answered ${response.status}`);
    return response.json();
  };
  try {
    const text = encodeURIComponent(code.slice(0, searched));
    const { runs } = (await ask(`/runs?text=${text}`)) as { runs: RunSummary[] };
    const open = runs.filter(
      ({ tool, ended, started }) => tool === "execute" && ended === null && started >= since,
    );
    const found = (await Promise.all(open.map(({ id }) => ask(`/runs/${id}`)))) as RunDetail[];
    const [run, ...others] = found.filter((each) => each.program === code);
    if (run === undefined || others.length > 0) return undefined;
    return run.requests.map(inWords);
  } catch {
    return undefined;
  }
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
