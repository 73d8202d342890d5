// A run's share of calls, writes, deletes and retries. Each names its own end: what to do next differs.

import type { Limits } from "../limits.ts";
import type { Effect } from "../spec/effect.ts";
import { CallRefused } from "./call.ts";

export class Budget {
  readonly #limits: Limits;
  readonly #spent: Record<Effect, number> = { read: 0, write: 0, delete: 0 };
  #retries = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** @throws CallRefused when nothing of that kind is left; then nothing is spent */
  spend(effect: Effect): void {
    const { calls, writes, deletes } = this.#limits;
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
    spent[effect] += 1;
  }

  /** Whether one more attempt may be sent; counts it. */
  takeRetry(): boolean {
    this.#retries += 1;
    return this.#retries <= this.#limits.retries;
  }
}
