// A run's side of the journal, in the Worker that runs it. What the journal cannot store is not sent; what a run reads is
// written behind, so that a run which only reads waits for nothing.

import type { Limits } from "../limits.ts";
import { behind } from "./behind.ts";
import type { Journal } from "./journal.ts";
import type { PrincipalsEnv } from "./principals.ts";
import type { Begun, CallRow, RunEnd, RunStart } from "./run.ts";

export type JournalEnv = PrincipalsEnv & {
  JOURNAL?: DurableObjectNamespace<Journal>;
  /** Holds results that are too large for the journal. */
  RESULTS?: R2Bucket;
};

const unreachable =
  "The journal of this server cannot be written now, and what is not in it is not sent. Nothing was sent; a retry in a minute may help.";
const stopped = "Somebody stopped this run; nothing is sent any more.";
const notBegun: Record<Exclude<Begun, "begun">, string> = {
  paused:
    "Somebody has paused running programs here, so nothing was sent. They start again when whoever paused them resumes; a retry before that is of no use.",
  over: "The sign-in this program was sent under has ended, so nothing was sent. Sign in again; a retry before that is of no use.",
};

/** Milliseconds before a run listens for a stop. */
const listenAfterMs = 150;

/** Milliseconds between two attempts to hear of a stop, when the journal went away meanwhile. */
const listenAgainMs = 200;

export class RunJournal {
  readonly #env: JournalEnv;
  readonly #principal: string;
  readonly #run: RunStart;
  readonly #limits: Limits;
  readonly #stop = new AbortController();
  /** Why no call may be sent; undefined when the run is in the journal. */
  readonly #begun: Promise<string | undefined>;
  /** What the journal does not know of calls, by their sequence. */
  readonly #unsaved = new Map<number, CallRow>();
  #noted = Date.now();
  #keptChars = 0;
  #keptParts = 0;
  #keptLarge = false;
  #read = 0;
  #ended = false;
  #refused: string | undefined;

  /** Begins at once and waits for nothing: the isolate starts meanwhile. */
  constructor(env: JournalEnv, principal: string, run: RunStart, limits: Limits) {
    this.#env = env;
    this.#principal = principal;
    this.#run = run;
    this.#limits = limits;
    this.#begun = this.#begin();
  }

  /** Aborted when somebody stops the run. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Parts of the whole result that are kept: 0 when it is too large. */
  get keptParts(): number {
    return this.#keptChars > this.#keptMost ? 0 : this.#keptParts;
  }

  /** Whether they are in the bucket, and may be more than a program can hold. */
  get keptLarge(): boolean {
    return this.#keptLarge;
  }

  get #keptMost(): number {
    return this.#keptLarge ? this.#limits.keptLargeChars : this.#limits.keptChars;
  }

  /** Calls of the run, those that were refused here included; and those of them that write. */
  calls = 0;
  writes = 0;

  /** Why the run was not to begin. A program that calls nothing may have ended before that was known. */
  get refused(): string | undefined {
    return this.#refused;
  }

  /** A call is about to leave: answers why it may not, or nothing. */
  async before(call: CallRow): Promise<string | undefined> {
    this.calls += 1;
    if (call.effect !== "read") this.writes += 1;
    const refusal = await this.#begun;
    if (refusal !== undefined) return refusal;
    this.#unsaved.set(call.sequence, { ...call });
    if (call.effect === "read") return undefined;
    const store = () => this.#save((journal, calls) => journal.before(this.#run.id, calls));
    try {
      let stored = await store();
      // The journal was restarted before it had stored the run.
      if (stored === "unknown") {
        const begun = await this.#journal().begin(this.#run);
        if (begun !== "begun") return notBegun[begun];
        stored = await store();
      }
      return stored === "stored" ? undefined : stopped;
    } catch (error) {
      report("a call could not be stored", error);
      return unreachable;
    }
  }

  /** What became of it. Written behind, with others. */
  after(call: CallRow): void {
    // The body of a write was stored before it left.
    const { requestBody, ...rest } = call;
    this.#unsaved.set(call.sequence, call.effect === "read" && requestBody ? { ...rest, requestBody } : rest);
    const due =
      this.#unsaved.size >= this.#limits.journalBatch ||
      Date.now() > this.#noted + this.#limits.journalBatchMs;
    if (this.#ended || !due) return;
    this.#noted = Date.now();
    // Lost news stay unsaved, and are sent again with the next.
    this.#save((journal, calls) => journal.note(this.#run.id, calls)).catch((error: unknown) =>
      report("calls could not be noted", error),
    );
  }

  /**
   * A part of the whole result, for programs that come later. What comes after too much is dropped, and so is the rest.
   * @param isLarge goes to the bucket, as all parts of its result do
   */
  async keep(text: string, isLarge: boolean): Promise<void> {
    if (this.#ended || (await this.#begun) !== undefined) return;
    const part = this.#keptParts;
    if (part === 0) this.#keptLarge = isLarge && this.#env.RESULTS !== undefined;
    this.#keptChars += Math.max(text.length, 1);
    const { keptPartChars, wallMs, keepReserveMs } = this.#limits;
    const fits = text.length <= keptPartChars && this.#keptChars <= this.#keptMost;
    const isLate = Date.now() > this.#run.started + wallMs - keepReserveMs;
    if (!fits || isLate || isLarge !== this.#keptLarge) {
      this.#keptChars = Infinity;
      return;
    }
    this.#keptParts += 1;
    try {
      await this.#journal().keep(this.#run.id, part, text, isLarge);
    } catch (error) {
      this.#keptChars = Infinity;
      report("a result could not be kept", error);
    }
  }

  /** A part of an earlier run's result: JSON of a ResultPart. */
  async result(run: unknown, part: unknown): Promise<string> {
    const no = (message: string) => JSON.stringify({ ok: false, message });
    const refusal = await this.#begun;
    if (refusal !== undefined) return no(refusal);
    if (typeof run !== "string" || !/^r_\w{1,40}$/.test(run))
      return no(
        `${String(JSON.stringify(run) ?? run).slice(0, 100)} is no run id. Take it from the last line of an answer: results.get("r_…").`,
      );
    if (typeof part !== "number" || !Number.isInteger(part)) return no("That part is no number.");
    this.#read += 1;
    if (this.#read > this.#limits.keptReads)
      return no(
        `This run has read ${this.#limits.keptReads} parts of kept results, which is all it may. Keep what you read in a variable, or go on in another run.`,
      );
    try {
      return JSON.stringify(await this.#journal().result(run, part));
    } catch (error) {
      report("a result could not be read", error);
      return no("The kept results cannot be read now; a retry in a minute may help.");
    }
  }

  /** Written behind: the answer does not wait for it. */
  end(end: RunEnd): void {
    this.#ended = true;
    behind("journal: the end of a run could not be stored", () => this.#end(end));
  }

  async #end(end: RunEnd): Promise<void> {
    if ((await this.#begun) === undefined)
      await this.#journal().end(this.#run, end, [...this.#unsaved.values()]);
    else await this.#journal().record([[this.#run, end]]);
  }

  async #begin(): Promise<string | undefined> {
    try {
      const begun = await this.#journal().begin(this.#run);
      if (begun !== "begun") {
        this.#refused = notBegun[begun];
        this.#stop.abort();
        return this.#refused;
      }
    } catch (error) {
      report("a run could not begin", error);
      return unreachable;
    }
    // Most runs are over before anybody could stop them; and one that is stopped meanwhile is refused its writes.
    setTimeout(() => void this.#listen(), listenAfterMs);
    return undefined;
  }

  /** Held open as long as the run lasts: a stop arrives as the answer to it. */
  async #listen(): Promise<void> {
    while (!this.#ended) {
      try {
        const heard = await this.#journal().untilStopped(this.#run.id);
        // Somebody may have paused meanwhile, and there was no run then to be stopped.
        const isKnown = heard !== "unknown" || (await this.#journal().begin(this.#run)) === "begun";
        if (heard === "stopped" || !isKnown) this.#stop.abort();
        if (heard !== "unknown" || !isKnown) return;
      } catch {
        // The journal was moved or restarted. The stop is in its table, so it is not missed.
        await new Promise((resolve) => setTimeout(resolve, listenAgainMs));
      }
    }
  }

  /** Hands over what is unsaved; what was handed over, stored and has not changed since is saved. */
  async #save<T extends string>(
    send: (journal: DurableObjectStub<Journal>, calls: CallRow[]) => Promise<T>,
  ): Promise<T> {
    const calls = [...this.#unsaved.values()];
    const answer = await send(this.#journal(), calls);
    // Of others its journal takes no more than the end, which brings these again.
    if (answer !== "stored") return answer;
    for (const call of calls)
      if (this.#unsaved.get(call.sequence) === call) this.#unsaved.delete(call.sequence);
    return answer;
  }

  /** A new stub each time: one that failed once fails for ever. */
  #journal(): DurableObjectStub<Journal> {
    return journalOf(this.#env, this.#principal);
  }
}

export function journalOf(env: JournalEnv, principal: string): DurableObjectStub<Journal> {
  if (env.JOURNAL === undefined) throw new Error("the Durable Object binding JOURNAL is missing");
  return env.JOURNAL.getByName(principal);
}

/** A run that is over and called nothing, and whom else to tell of it. */
type QuietRun = { run: RunStart; end: RunEnd; tell: () => void };

/** Stores it. Written behind: it was answered whether it is stored or not. */
export function recordRun(env: JournalEnv, principal: string, quiet: QuietRun, limits: Limits): void {
  const record =
    quiet.run.tool === "search"
      ? recordSearch(env, principal, quiet, limits)
      : () => recordAll(env, principal, [quiet]);
  if (record !== undefined) behind("journal: runs could not be stored", record);
}

async function recordAll(env: JournalEnv, principal: string, runs: readonly QuietRun[]): Promise<void> {
  for (const { tell } of runs) tell();
  await journalOf(env, principal).record(runs.map(({ run, end }) => [run, end]));
}

/** Searches that are over and not stored yet, by principal. */
const pending = new Map<string, { since: number; runs: QuietRun[] }>();

/** Milliseconds after which no search is added any more: what collects them ends with the request that began it. */
const staleMs = 5_000;

/** Several at once: a search takes less time than a row, and changed nothing that a lost row would hide. */
function recordSearch(
  env: JournalEnv,
  principal: string,
  quiet: QuietRun,
  limits: Limits,
): (() => Promise<void>) | undefined {
  const open = pending.get(principal);
  if (open !== undefined && open.runs.length < limits.journalBatch && Date.now() < open.since + staleMs) {
    open.runs.push(quiet);
    return undefined;
  }
  const batch = { since: Date.now(), runs: [quiet] };
  pending.set(principal, batch);
  return async () => {
    await new Promise((resolve) => setTimeout(resolve, limits.journalBatchMs));
    if (pending.get(principal) === batch) pending.delete(principal);
    await recordAll(env, principal, batch.runs);
  };
}

function report(what: string, error: unknown): void {
  console.error("journal:", what, error instanceof Error ? error.message : "");
}
