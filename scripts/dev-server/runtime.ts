import type { ChildProcess } from "node:child_process";
import type { Exit } from "./exit.ts";

/** What report-runtime.ts says, from inside wrangler. `port` is what workerd was told to listen on; 0 for any. */
export type RuntimeReport =
  | { workerd: "started"; pid: number; port: number }
  | { workerd: "ended"; pid: number; exit: Exit; replaced: boolean };

export interface RuntimeEnd {
  exit: Exit;
  /** Wrangler ended it to start a rebuilt Worker. */
  replaced: boolean;
}

/**
 * The workerd process that runs the Worker. Wrangler starts another one when it ends, and holds a second workerd that
 * listens on the port and passes requests on; only the first runs programs, so only that one is ever killed here.
 */
export class Runtime {
  readonly #listeners = new Set<(end: RuntimeEnd) => void>();
  #pid: number | undefined;

  constructor(wrangler: ChildProcess, port: number) {
    wrangler.on("message", (message) => {
      if (!isReport(message)) return;
      if (message.workerd === "started") {
        if (message.port !== port) this.#pid = message.pid;
        return;
      }
      if (this.#pid === message.pid) this.#pid = undefined;
      for (const listener of this.#listeners) listener(message);
    });
  }

  /** Whether wrangler has it running, as far as it told. */
  get runs(): boolean {
    return this.#pid !== undefined;
  }

  /** Ends it at once, whatever it is busy with; wrangler starts another. */
  kill(): void {
    try {
      if (this.#pid !== undefined) process.kill(this.#pid, "SIGKILL");
    } catch (error) {
      // It went by itself in this moment.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  onEnd(listener: (end: RuntimeEnd) => void): void {
    this.#listeners.add(listener);
  }
}

function isReport(message: unknown): message is RuntimeReport {
  return typeof message === "object" && message !== null && "workerd" in message;
}
