// Notices when the runtime is wedged or dead, ends it, and tells whom it took along. Never sees what a request says.
import { setTimeout as sleep } from "node:timers/promises";
import type { RuntimeEnd } from "../../dev-server/runtime.ts";
import type { Exit } from "../../dev-server/exit.ts";
import type { RunningWorker } from "../../dev-server.ts";
import { type Cut, cutLine } from "./cut-short.ts";
import type { Ending, Exchange } from "./exchange.ts";
import { holdAfterMs, patience, Silence, tickMs } from "./patience.ts";
import { probe } from "./probe.ts";

/** Milliseconds wrangler gets to start another runtime, which takes it about half a second. */
const restartMs = 6_000;

interface Watched {
  /** Starts wrangler with the Worker. Called again when wrangler itself cannot go on. */
  start: () => Promise<RunningWorker>;
  /** Headers without which the Worker serves nobody. */
  front: Record<string, string>;
  say: (line: string) => void;
}

export class Watchdog {
  readonly #watched: Watched;
  readonly #sent = new Set<Exchange>();
  readonly #waiting = new Set<() => void>();
  readonly #silence = new Silence();
  readonly #gone = Promise.withResolvers<Exit>();
  #worker: RunningWorker;
  #ticking = false;
  #restarting = false;
  #stopped = false;
  /** Wrangler went down with its runtime; while that is restarted, so is wrangler. */
  #wranglerEnded = false;
  /** A client left before its answer came: what it sent may be wedging the runtime all the same. */
  #unsure = false;

  static async start(watched: Watched): Promise<Watchdog> {
    return new Watchdog(watched, await watched.start());
  }

  private constructor(watched: Watched, worker: RunningWorker) {
    this.#watched = watched;
    this.#worker = worker;
    this.#adopt(worker);
  }

  /** Where the Worker itself is, which may be another after a restart. */
  get port(): number {
    return this.#worker.port;
  }

  /** Headers of each request to it. */
  get front(): Record<string, string> {
    return this.#watched.front;
  }

  /** Whether anything is under way. */
  get busy(): boolean {
    return this.#sent.size > 0 && !this.#stopped;
  }

  /** Resolves when wrangler ended by itself. */
  get exited(): Promise<Exit> {
    return this.#gone.promise;
  }

  recentOutput(): string {
    return this.#worker.recentOutput();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#worker.stop();
  }

  /** Resolves as soon as requests may be sent, or after `milliseconds`; says whether they may. */
  async untilOpen(milliseconds: number): Promise<boolean> {
    const deadline = performance.now() + milliseconds;
    while (this.#restarting || this.#silence.unanswered >= holdAfterMs) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await Promise.race([promise, sleep(left, undefined, { ref: false })]);
      this.#waiting.delete(resolve);
    }
    return true;
  }

  async forward(exchange: Exchange): Promise<Ending> {
    this.#sent.add(exchange);
    void this.#keepWatch();
    try {
      return await exchange.forward(this.#worker.port, this.front, () => {
        this.#silence.sign();
        this.#release();
      });
    } finally {
      this.#sent.delete(exchange);
      if (exchange.leftEarly) this.#unsure = true;
    }
  }

  #adopt(worker: RunningWorker): void {
    this.#worker = worker;
    worker.runtime.onEnd((end) => this.#onRuntimeEnd(end));
    void this.#awaitExit(worker);
  }

  async #awaitExit(worker: RunningWorker): Promise<void> {
    const exit = await worker.exited;
    if (worker !== this.#worker) return;
    if (this.#restarting) this.#wranglerEnded = true;
    else this.#gone.resolve(exit);
  }

  /** Looks at the runtime while it has something to do, and not at all while it is idle. */
  async #keepWatch(): Promise<void> {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#silence.answered();
    let before = performance.now();
    while (this.#busyOrUnsure && !this.#restarting && !this.#stopped) {
      await sleep(tickMs, undefined, { ref: false });
      const now = performance.now();
      this.#silence.pass(now - before);
      before = now;
      if (this.#silence.due) void this.#ask();
      const silentMs = this.#silence.unanswered;
      if (silentMs < patience(this.#calls) || this.#restarting) continue;
      this.#lose({ kind: "wedged", silentMs, calls: this.#calls });
      this.#worker.runtime.kill();
    }
    this.#ticking = false;
  }

  /** An open question keeps the watch too: while it is open, requests are held back, and none would start it anew. */
  get #busyOrUnsure(): boolean {
    return this.#sent.size > 0 || this.#unsure || this.#silence.asking;
  }

  async #ask(): Promise<void> {
    this.#silence.asked();
    const answered = await probe(this.#worker.port);
    // The end of a runtime that is being replaced says nothing of the next one.
    if (this.#restarting) return;
    if (answered) this.#unsure = false;
    this.#silence.answered();
    this.#release();
  }

  get #calls(): number {
    return [...this.#sent].filter(({ isCall }) => isCall).length;
  }

  #onRuntimeEnd({ exit, replaced }: RuntimeEnd): void {
    if (this.#restarting || this.#stopped) return;
    const calls = this.#calls;
    this.#lose(replaced ? { kind: "rebuilt", calls } : { kind: "crashed", exit, calls });
  }

  #lose(cut: Cut): void {
    this.#restarting = true;
    for (const exchange of this.#sent) exchange.cutShort(cut);
    void this.#recover(cut);
  }

  async #recover(cut: Cut): Promise<void> {
    const began = performance.now();
    // Wrangler replaces the runtime of a rebuilt Worker also when nobody is there to notice.
    const tell = (line: string) => (cut.kind === "rebuilt" && cut.calls === 0 ? undefined : this.#tell(line));
    tell(cutLine(cut));
    const back = await this.#untilBack();
    this.#restarting = false;
    this.#unsure = false;
    this.#silence.answered();
    this.#release();
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    if (back) tell(`It is back after ${seconds} s. No state is lost.`);
  }

  /** Resolves when a runtime answers again; with false when there will be none. */
  async #untilBack(): Promise<boolean> {
    const deadline = performance.now() + restartMs;
    while (!this.#stopped) {
      if (this.#wranglerEnded) return this.#restartWrangler();
      if (this.#worker.runtime.runs) {
        if (await probe(this.#worker.port, 1_000)) return true;
      } else if (performance.now() > deadline) return this.#restartWrangler();
      await sleep(50, undefined, { ref: false });
    }
    return false;
  }

  async #restartWrangler(): Promise<boolean> {
    this.#tell("wrangler does not bring the runtime back, so wrangler is restarted too.");
    const old = this.#worker;
    await old.stop();
    try {
      this.#adopt(await this.#watched.start());
      this.#wranglerEnded = false;
      return true;
    } catch (error) {
      this.#tell((error as Error).message);
      this.#gone.resolve(await old.exited);
      return false;
    }
  }

  #release(): void {
    for (const resolve of this.#waiting) resolve();
  }

  #tell(line: string): void {
    if (this.#stopped) return;
    this.#watched.say(line);
    this.#worker.log(`[twofold] ${line}`);
  }
}
