// One principal's runs, calls and results, in a Durable Object of its own. Never calls the API, and never holds a credential.

import { DurableObject } from "cloudflare:workers";
import { limits as defaultLimits } from "../limits.ts";
import type { Limits } from "../limits.ts";
import { CallBodies } from "./call-bodies.ts";
import { Introduction } from "./introduction.ts";
import { KeptResults } from "./kept-results.ts";
import { LargeResults } from "./large-results.ts";
import { LastWord, Pauses } from "./pauses.ts";
import type { Everybody, PrincipalsEnv } from "./principals.ts";
import type {
  Begun,
  CallRow,
  Pauser,
  ResultPart,
  RunDetail,
  RunEnd,
  RunFilter,
  RunStart,
  RunSummary,
  Status,
} from "./run.ts";
import { RunsTable } from "./runs-table.ts";
import { migrate } from "./schema.ts";
import { NowAndThen } from "./now-and-then.ts";
import { nextSweep, sweep } from "./sweep.ts";
import { Waiting } from "./waiting.ts";

type Tables = {
  sql: SqlStorage;
  runs: RunsTable;
  bodies: CallBodies;
  results: KeptResults;
  large: LargeResults;
  pauses: Pauses;
};

/** Runs between two looks at how many there are: counting them costs as many reads as there are runs. */
const countEvery = 100;

export class Journal extends DurableObject<PrincipalsEnv & { RESULTS?: R2Bucket }> {
  #tables: Tables | undefined;
  readonly #waiting = new Waiting(this.now());
  readonly #awake = this.now();
  readonly #sweeps = new NowAndThen(countEvery, Math.random());
  readonly #introduction = new Introduction(this.env, this.ctx.id.name, (word) => this.hear(word));
  /** Until what was made has an alarm. */
  #wakes: Promise<void> | undefined;
  readonly #lastWord = new LastWord();
  /** Runs that have begun and are not stored: whatever is asked of the journal next stores them first. */
  readonly #begun = new Map<string, RunStart>();

  // Tests take others; the rest of the house has these.
  protected get limits(): Limits {
    return defaultLimits;
  }

  protected now(): number {
    return Date.now();
  }

  /** Not in the constructor: a sweep that finds nothing left takes the tables away while the object lives on. */
  get #all(): Tables {
    if (this.#tables === undefined) {
      // Also of who only looks: what was made here is looked at again, and goes.
      if (migrate(this.ctx.storage) === "new") this.#wakes = this.#wakeLater();
      const { sql } = this.ctx.storage;
      const large = new LargeResults(sql, this.env.RESULTS, this.ctx.id.toString(), this.limits);
      this.#tables = {
        sql,
        runs: new RunsTable(sql, this.limits),
        bodies: new CallBodies(sql),
        results: new KeptResults(sql, this.limits, large),
        large,
        pauses: new Pauses(sql),
      };
    }
    const tables = this.#tables;
    for (const [id, run] of this.#begun) {
      tables.runs.start(run);
      this.#begun.delete(id);
    }
    return tables;
  }

  /** With its tables. */
  get #sql(): SqlStorage {
    return this.#all.sql;
  }

  /**
   * A run is to begin. Its Worker sends nothing to the API before this has answered, so that it answers without waiting for
   * the disk: the run is stored with its first write, with its end, or after `journalBatchMs`.
   */
  async begin(run: RunStart): Promise<Begun> {
    await this.#introduction.make(this.now(), this.limits.sweepMs);
    if (this.#all.pauses.by().length > 0) return "paused";
    if (this.#all.runs.isOver(run)) return "over";
    this.#begun.set(run.id, run);
    setTimeout(() => void this.#storeBegun(run.id), this.limits.journalBatchMs);
    this.#waiting.changed();
    return "begun";
  }

  async #storeBegun(run: string): Promise<void> {
    if (!this.#begun.has(run)) return;
    try {
      // What is asked is nothing: that it is asked stores the run.
      this.#all.runs.state(run);
      await this.#keepUp();
    } catch (error) {
      console.error("journal: a run could not be stored", error instanceof Error ? error.message : "");
    }
  }

  /**
   * The row of a call that writes, before the call leaves; and what is known of earlier calls. The Worker awaits the answer,
   * and an answer cannot leave a Durable Object before all it wrote is on disk (its output gate); `sync` says the same in
   * our own words, so that it also holds where the gate were lifted. So a write the API has seen has a row, whichever side
   * dies; a row without a write is possible, and stays `in flight`.
   */
  async before(run: string, calls: readonly CallRow[]): Promise<"stored" | "stopped" | "unknown"> {
    const state = this.#all.runs.state(run);
    if (state === undefined) return "unknown";
    // A stop and a write are taken in turn here: what a stop came before does not leave.
    if (state.stopped !== null || state.ended !== null) return "stopped";
    this.#store(run, calls);
    await this.ctx.storage.sync();
    this.#waiting.changed();
    return "stored";
  }

  /** What became of calls, after the fact. */
  note(run: string, calls: readonly CallRow[]): "stored" | "ended" | "unknown" {
    const state = this.#all.runs.state(run);
    if (state === undefined) return "unknown";
    if (state.ended !== null) return "ended";
    this.#store(run, calls);
    this.#waiting.changed();
    return "stored";
  }

  /** One part of a run's whole result, which shows itself in `end`; of a large one into the bucket. */
  async keep(run: string, part: number, text: string, isLarge: boolean): Promise<void> {
    const { runs, results, large } = this.#all;
    const state = runs.state(run);
    if (state === undefined) throw new Error(`there is no run ${run}`);
    if (state.ended !== null) return;
    if (!isLarge) return results.add(run, part, text);
    // Whatever becomes of the run, somebody looks again.
    if (part === 0) await this.#wakeWithin(this.limits.sweepMs);
    await large.put(run, part, text, this.now());
  }

  /** @param run whole: of one that only read, this may be the first that is stored */
  async end(run: RunStart, end: RunEnd, calls: readonly CallRow[]): Promise<void> {
    this.#all.runs.start(run);
    this.#end(run.id, end, calls);
    await this.#keepUp();
    if (this.#all.large.bound) await this.#sweepLarge();
  }

  #end(run: string, end: RunEnd, calls: readonly CallRow[]): void {
    const { runs, results } = this.#all;
    if (runs.state(run)?.ended === null) {
      this.#store(run, calls);
      runs.end(run, end);
      results.settle(run);
    }
    this.#waiting.wake(run);
    this.#waiting.changed();
  }

  /** A run that is over already: a search needs no journal to run. */
  async record(runs: readonly [RunStart, RunEnd][]): Promise<void> {
    for (const [run, end] of runs) {
      this.#all.runs.start(run);
      this.#end(run.id, end, []);
    }
    await this.#introduction.make(this.now(), this.limits.sweepMs);
    await this.#keepUp(runs.length);
  }

  /**
   * Resolves when the run is stopped, or has ended. Its Worker holds this open as long as it runs. `unknown`: this was
   * restarted before the run was stored, and whoever runs it is to begin it again.
   */
  async untilStopped(run: string): Promise<"stopped" | "ended" | "unknown"> {
    if (this.#all.runs.state(run) === undefined) return "unknown";
    const waits = () => {
      const state = this.#all.runs.state(run);
      return state !== undefined && state.ended === null && state.stopped === null;
    };
    if (waits()) await this.#waiting.forStop(run);
    return this.#all.runs.state(run)?.stopped == null ? "ended" : "stopped";
  }

  /** `ended` when there was nothing left to stop, undefined when there is no such run. */
  stop(run: string): "stopped" | "ended" | undefined {
    const state = this.#all.runs.state(run);
    if (state === undefined) return undefined;
    if (state.ended !== null) return "ended";
    const runs = this.#runs(state);
    if (this.#mayRun(state)) this.#stop(run);
    return runs ? "stopped" : "ended";
  }

  /** Refuses new runs from now on, and stops those that run. Answers how many. */
  pause(by: Pauser): number {
    this.#all.pauses.add(by, this.now());
    return this.#stopAll(this.#all.runs.open());
  }

  /** Stops what runs under a grant that ended and began before `until`, and lets none of it begin. Answers how many ran. */
  async endGrant(grant: string, until: number): Promise<number> {
    this.#all.runs.endGrant(grant, until, this.now());
    const stopped = this.#stopAll(this.#all.runs.open(grant).filter(({ started }) => started <= until));
    // So that it is forgotten in time, also where nothing ever ran.
    await this.#wakeLater();
    return stopped;
  }

  /** Answers who else has paused it: each resumes what it paused. */
  resume(by: Pauser): Pauser[] {
    this.#all.pauses.remove(by);
    this.#waiting.changed();
    return this.#all.pauses.by();
  }

  /** The word on everybody, from the directory or from who operates; an older one than was heard is over. Answers how many ran. */
  hear(word: Everybody): number {
    if (!this.#lastWord.isNews(word)) return 0;
    if (word.paused) return this.pause("everybody");
    if (this.#all.pauses.by().includes("everybody")) this.resume("everybody");
    return 0;
  }

  status(): Status {
    const filter = { outcome: "running", count: this.limits.runsPage };
    return {
      pausedBy: this.#all.pauses.by(),
      running: this.#all.runs.list(filter, (run) => this.#runs(run)),
    };
  }

  result(run: string, part: number): Promise<ResultPart> {
    return this.#all.results.read(run, part, this.now());
  }

  read(run: string): RunDetail | undefined {
    const readable = this.#all.results.has(run, this.now());
    const detail = this.#all.runs.read(run, (open) => this.#runs(open), readable);
    return detail && { ...detail, requests: this.#all.bodies.join(run, detail.requests) };
  }

  /** @param after a version the caller has seen: answers when there is another, or when it has waited long enough */
  async list(
    filter: RunFilter,
    after?: number,
  ): Promise<{ version: number; pausedBy: Pauser[]; runs: RunSummary[] }> {
    if (after !== undefined) await this.#waiting.forChange(after, this.limits.liveMs);
    const { version } = this.#waiting;
    const runs = this.#all.runs.list(filter, (run) => this.#runs(run));
    return { version, pausedBy: this.#all.pauses.by(), runs };
  }

  /** For the export: as `list`, each run with all there is of it but its result and its calls' bodies. */
  page(filter: RunFilter): RunDetail[] {
    const { runs } = this.#all;
    const alive = (run: { id: string; started: number }) => this.#runs(run);
    return runs.list(filter, alive).flatMap(({ id }) => runs.read(id, alive, false) ?? []);
  }

  override async alarm(): Promise<void> {
    this.#sweep();
    await this.#sweepLarge();
    const next = nextSweep(this.#sql, this.limits, this.now(), isGuest(this.ctx.id.name));
    if (next !== undefined) return this.ctx.storage.setAlarm(next);
    // Nothing is left: the object costs nothing any more. A pause is something. A run that begins meanwhile waits, and is told of anew.
    await this.ctx.blockConcurrencyWhile(async () => {
      await this.#introduction.takeBack();
      this.#tables = undefined;
      // Were it set again by what is deleted here, it would ring for ever.
      await this.#wakes;
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
    });
  }

  async #keepUp(begun = 1): Promise<void> {
    if (this.#sweeps.passes(begun)) {
      this.#sweep();
      // Workers that went without a word: nobody waits there any more.
      for (const run of this.#all.runs.open()) if (!this.#runs(run)) this.#waiting.wake(run.id);
    }
    await this.#wakeLater();
  }

  async #wakeLater(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(this.now() + this.limits.sweepMs);
  }

  async #wakeWithin(milliseconds: number): Promise<void> {
    const alarm = await this.ctx.storage.getAlarm();
    const latest = this.now() + milliseconds;
    if (alarm === null || alarm > latest) await this.ctx.storage.setAlarm(latest);
  }

  #sweep(): void {
    sweep(this.#sql, this.limits, this.now());
    this.#all.results.swept();
  }

  /** A bucket that cannot be reached is asked again by the next alarm. */
  async #sweepLarge(): Promise<void> {
    try {
      await this.#all.large.sweep(this.now());
    } catch (error) {
      console.error(
        "journal: large results could not be deleted",
        error instanceof Error ? error.message : "",
      );
    }
  }

  #store(run: string, calls: readonly CallRow[]): void {
    this.#all.runs.store(run, calls);
    this.#all.bodies.store(run, calls);
  }

  #stopAll(open: readonly { id: string; started: number }[]): number {
    const running = open.filter((run) => this.#runs(run));
    // Also those that seem to be gone, while they can be there after all: they send nothing more.
    for (const run of open) if (this.#mayRun(run)) this.#stop(run.id);
    this.#waiting.changed();
    return running.length;
  }

  #stop(run: string): void {
    this.#all.runs.stop(run, this.now());
    this.#waiting.wake(run);
    this.#waiting.changed();
  }

  /** Whether a run without an end began so lately that its Worker can be there. */
  #mayRun({ started }: { started: number }): boolean {
    return this.now() <= started + this.limits.wallMs + this.limits.interruptedMs;
  }

  /**
   * Whether a run without an end may still have one. Its Worker says so by waiting here; just after this object woke it may
   * not have come back yet, and after the longest time a run can take nobody waits, whatever is still held open.
   */
  #runs({ id, started }: { id: string; started: number }): boolean {
    const { interruptedMs } = this.limits;
    const now = this.now();
    return (
      this.#mayRun({ started }) &&
      (this.#waiting.has(id) || now <= Math.max(started, this.#awake) + interruptedMs)
    );
  }
}

/** One who signs in as a guest is new each time. */
function isGuest(principal = ""): boolean {
  return principal.startsWith("guest-");
}
