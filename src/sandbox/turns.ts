// Turns at running: at most so many at once, the rest in the order they came. Never lets one wait without an end.

export class Turns {
  #free: number;
  readonly #waitMs: number;
  #waiting: (() => void)[] = [];

  /** @param waitMs milliseconds after which one that waits gives up */
  constructor(count: number, waitMs: number) {
    this.#free = count;
    this.#waitMs = waitMs;
  }

  /** Resolves with the function that gives the turn back; undefined when none came in time, or `signal` ended the wait. */
  async take(signal?: AbortSignal): Promise<(() => void) | undefined> {
    if (signal?.aborted) return undefined;
    if (this.#free > 0) this.#free -= 1;
    else if (!(await this.#wait(signal))) return undefined;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    };
  }

  #wait(signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (hasTurn: boolean) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        resolve(hasTurn);
      };
      const turn = () => end(true);
      const giveUp = () => {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== turn);
        end(false);
      };
      const timer = setTimeout(giveUp, this.#waitMs);
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting.push(turn);
    });
  }
}
