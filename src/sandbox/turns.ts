// Turns at running: at most so many at once, and of one principal fewer, the rest in the order they came. Never lets one
// wait without an end.

type Waiting = { who: string | undefined; begin: () => void };

export class Turns {
  #free: number;
  readonly #share: number;
  readonly #waitMs: number;
  /** Turns by who has them. */
  readonly #held = new Map<string, number>();
  #waiting: Waiting[] = [];

  /**
   * @param share of one principal, also while nobody else waits: a program that runs gives its turn to nobody
   * @param waitMs milliseconds after which one that waits gives up
   */
  constructor({ count, share, waitMs }: { count: number; share: number; waitMs: number }) {
    this.#free = count;
    this.#share = share;
    this.#waitMs = waitMs;
  }

  /**
   * Resolves with the function that gives the turn back; undefined when none came in time, or `signal` ended the wait.
   * @param who whose turn it is; undefined where there is nobody to share with
   */
  async take(who: string | undefined, signal?: AbortSignal): Promise<(() => void) | undefined> {
    if (signal?.aborted) return undefined;
    if (this.#mayBegin(who)) this.#begin(who);
    else if (!(await this.#wait(who, signal))) return undefined;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#end(who);
      const next = this.#waiting.find((one) => this.#mayBegin(one.who));
      next?.begin();
    };
  }

  #mayBegin(who: string | undefined): boolean {
    return this.#free > 0 && (who === undefined || (this.#held.get(who) ?? 0) < this.#share);
  }

  #begin(who: string | undefined): void {
    this.#free -= 1;
    if (who !== undefined) this.#held.set(who, (this.#held.get(who) ?? 0) + 1);
  }

  #end(who: string | undefined): void {
    this.#free += 1;
    if (who === undefined) return;
    const held = (this.#held.get(who) ?? 0) - 1;
    if (held > 0) this.#held.set(who, held);
    else this.#held.delete(who);
  }

  #wait(who: string | undefined, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (hasTurn: boolean) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        resolve(hasTurn);
      };
      const begin = () => {
        // At once, so that nobody who comes meanwhile takes it.
        this.#begin(who);
        end(true);
      };
      const giveUp = () => end(false);
      const waiting: Waiting = { who, begin };
      const timer = setTimeout(giveUp, this.#waitMs);
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting.push(waiting);
    });
  }
}
