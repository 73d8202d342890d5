// Once in so many: for what costs too much to be done each time. Never counts from the beginning: who is woken for a few and sleeps
// again would never come to it.

export class NowAndThen {
  readonly #every: number;
  #counted: number;

  /** @param chance from 0 to below 1: where in its count this one begins */
  constructor(every: number, chance: number) {
    this.#every = every;
    this.#counted = Math.floor(chance * every);
  }

  /** Whether it is due with these. */
  passes(count: number): boolean {
    this.#counted += count;
    if (this.#counted < this.#every) return false;
    this.#counted %= this.#every;
    return true;
  }
}
