import { limits } from "../../../src/limits.ts";

/** Milliseconds between two looks at the runtime. */
export const tickMs = 250;

/** Milliseconds without a sign of life after which the runtime is asked for one; a call is rarely that long. */
const askAfterMs = 500;

/** Milliseconds a question may stay open before new requests are held back: they could not run now anyway. */
export const holdAfterMs = 500;

/** Milliseconds beyond the guard's, for an answer to come through on a busy machine. */
const slackMs = 1_000;

/** Milliseconds; with the asking before and the restart after, others are answered within 10 s. */
const longestMs = 8_000;

/**
 * Milliseconds of silence after which the runtime counts as wedged. A loop blocks it for `busyMs` until the guard ends
 * it, and loops of several calls do so one after the other, without a moment for anything else between them.
 */
export function patience(calls: number): number {
  return Math.min(Math.max(1, calls) * limits.busyMs + slackMs, longestMs);
}

/** How long the runtime has been silent, by a clock that stands still while this process does. */
export class Silence {
  #sinceSign = 0;
  #sinceAsked: number | undefined;

  /** Milliseconds the open question waits for its answer; 0 when none is open. */
  get unanswered(): number {
    return this.#sinceAsked ?? 0;
  }

  /** Whether a question is open. */
  get asking(): boolean {
    return this.#sinceAsked !== undefined;
  }

  /** Whether it is time to ask. */
  get due(): boolean {
    return this.#sinceAsked === undefined && this.#sinceSign >= askAfterMs;
  }

  /** A laptop that slept, or a machine too busy to run us, is no silence of the runtime: a long gap counts as two ticks. */
  pass(milliseconds: number): void {
    const counted = Math.min(milliseconds, 2 * tickMs);
    this.#sinceSign += counted;
    if (this.#sinceAsked !== undefined) this.#sinceAsked += counted;
  }

  asked(): void {
    this.#sinceAsked = 0;
  }

  /** Something came from the runtime. A question still open starts its wait anew. */
  sign(): void {
    this.#sinceSign = 0;
    if (this.#sinceAsked !== undefined) this.#sinceAsked = 0;
  }

  answered(): void {
    this.#sinceSign = 0;
    this.#sinceAsked = undefined;
  }
}
