// A run's share of calls, writes, deletes, bytes, retries and mistakes. Each names its own end: what to do next differs.

import type { Limits } from "../limits.ts";
import type { Effect } from "../spec/effect.ts";
import { CallRefused } from "./call.ts";

export class Budget {
  readonly #limits: Limits;
  readonly #spent: Record<Effect, number> = { read: 0, write: 0, delete: 0 };
  #retries = 0;
  #bytesOut = 0;
  #bytesIn = 0;
  #refusals = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * @param bodyBytes of the call's own body
   * @throws CallRefused when nothing of that kind is left; then nothing is spent
   */
  spend(effect: Effect, bodyBytes: number): void {
    const { calls, writes, deletes, bytesOut, bytesIn } = this.#limits;
    const spent = this.#spent;
    if (spent.read + spent.write + spent.delete >= calls) {
      throw new CallRefused(
        "limit",
        `This run has made its ${calls} API calls. Return what you have and go on in another run.`,
      );
    }
    if (effect === "write" && spent.write >= writes) {
      throw new CallRefused(
        "limit",
        `This run has made its ${writes} writing calls. Reading goes on. Return what was written, look it over, and write the rest in another run.`,
      );
    }
    if (effect === "delete" && spent.delete >= deletes) {
      throw new CallRefused(
        "limit",
        `This run has made its ${deletes} deleting calls. Reading goes on. Return what was deleted and what is left, so that somebody can look before more goes.`,
      );
    }
    if (this.#bytesOut + bodyBytes > bytesOut) {
      throw new CallRefused(
        "limit",
        `This run has sent ${this.#bytesOut} bytes, and ${bodyBytes} more would pass its ${bytesOut}. Send the rest in another run.`,
      );
    }
    if (this.#bytesIn >= bytesIn) {
      throw new CallRefused(
        "limit",
        `This run has read ${this.#bytesIn} bytes of answers, of ${bytesIn} it may. Return what you have; ask for less in another run: a filter, or fewer fields.`,
      );
    }
    spent[effect] += 1;
    this.#bytesOut += bodyBytes;
  }

  /** Before a call is even read: finding out what is wrong with one, and what was meant, costs more than sending it. */
  checkRefusals(): void {
    const { refusals } = this.#limits;
    if (this.#refusals < refusals) return;
    throw new CallRefused(
      "limit",
      `${refusals} calls of this run were refused, so no more are looked at. Read what the first of them were told, and mend that.`,
    );
  }

  refused(): void {
    this.#refusals += 1;
  }

  /** Counts the bytes of an answer, once it is there. */
  received(bytes: number): void {
    this.#bytesIn += bytes;
  }

  /** Whether one more attempt may be sent; counts it. */
  takeRetry(): boolean {
    this.#retries += 1;
    return this.#retries <= this.#limits.retries;
  }
}
