// A journal's word to the directory of principals that it is there: before anything runs, when the object woke, and each hour.

import { principalsOf } from "./principals.ts";
import type { Everybody, PrincipalsEnv } from "./principals.ts";

type Made = { at: number; done: Promise<void> };

export class Introduction {
  readonly #env: PrincipalsEnv;
  readonly #name: string | undefined;
  readonly #hear: (word: Everybody) => void;
  #made: Made | undefined;

  /** @param hear is told whether everybody is paused: newcomers are too */
  constructor(env: PrincipalsEnv, name: string | undefined, hear: (word: Everybody) => void) {
    this.#env = env;
    this.#name = name;
    this.#hear = hear;
  }

  /** @param again milliseconds after which it is made anew */
  async make(now: number, again: number): Promise<void> {
    for (;;) {
      if (this.#made === undefined || now > this.#made.at + again)
        this.#made = { at: now, done: this.#callOn(now) };
      const made = this.#made;
      try {
        await made.done;
      } catch (error) {
        if (this.#made === made) this.#made = undefined;
        throw error;
      }
      // Unless it was taken back meanwhile.
      if (this.#made === made) return;
    }
  }

  async takeBack(): Promise<void> {
    this.#made = undefined;
    if (this.#name !== undefined) await principalsOf(this.#env).forget(this.#name);
  }

  async #callOn(now: number): Promise<void> {
    if (this.#name === undefined) throw new Error("a journal has the name of its principal");
    this.#hear(await principalsOf(this.#env).add({ principal: this.#name, seen: now }));
  }
}
