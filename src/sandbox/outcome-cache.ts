// Outcomes of searches that could only be answered the same again. Never holds anything of a caller: a search sees the
// document and its own text, so one caller's outcome is any caller's.

import type { Limits } from "../limits.ts";
import type { Outcome } from "./outcome.ts";

export class OutcomeCache {
  #outcomes = new Map<string, Outcome>();
  #chars = 0;
  #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get(code: unknown): Outcome | undefined {
    if (typeof code !== "string") return undefined;
    const outcome = this.#outcomes.get(code);
    if (outcome === undefined) return undefined;
    // A Map lists in order of insertion: what was asked again goes to the end, the first is the longest unused.
    this.#outcomes.delete(code);
    this.#outcomes.set(code, outcome);
    return outcome;
  }

  set(code: string, outcome: Outcome): void {
    if (outcome.kind !== "ok" || this.#outcomes.has(code)) return;
    this.#outcomes.set(code, outcome);
    this.#chars += size(code, outcome);
    for (const [oldest, old] of this.#outcomes) {
      if (this.#chars <= this.#limits.cachedChars) return;
      this.#outcomes.delete(oldest);
      this.#chars -= size(oldest, old);
    }
  }
}

function size(code: string, outcome: Outcome): number {
  return code.length + JSON.stringify(outcome).length;
}
