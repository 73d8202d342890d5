import type { ChildProcess } from "node:child_process";
import type { Exit } from "./exit.ts";

/** What report-runtime.ts says, from inside the process that starts workerd. `port` is what workerd was told to listen on; 0 for any. */
export type RuntimeReport =
  | { workerd: "started"; pid: number; port: number }
  | { workerd: "ended"; pid: number; exit: Exit; replaced: boolean };

export interface RuntimeEnd {
  exit: Exit;
  /** It was ended to start a rebuilt Worker. */
  replaced: boolean;
}

/**
 * The workerd process that runs the Worker; another one is started when it ends. Wrangler holds a second workerd that
 * listens on the port and passes requests on; only the first runs programs, so only that one is ever killed here.
 */
export class Runtime {
  readonly #listeners = new Set<(end: RuntimeEnd) => void>();
  #pid: number | undefined;

  /** @param front the port of that second workerd; undefined where there is none */
  constructor(starter: ChildProcess, front: number | undefined) {
    starter.on("message", (message) => {
      if (!isReport(message)) return;
      if (message.workerd === "started") {
        if (message.port !== front) this.#pid = message.pid;
        return;
      }
      if (this.#pid === message.pid) this.#pid = undefined;
      for (const listener of this.#listeners) listener(message);
    });
  }

  /** Whether it runs, as far as was told. */
  get runs(): boolean {
    return this.#pid !== undefined;
  }

  /** Ends it at once, whatever it is busy with; another is started. */
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
