// Samples of several things, taken in turn. Never all of one and then all of the next: a machine has slow minutes.

import { setTimeout } from "node:timers/promises";

/** Milliseconds between two calls: an isolate that ended is taken down after its answer, and must not weigh on the next. */
const pause = 10;

interface Subject {
  name: string;
  /** `n` counts the calls of this subject, warm-up included, for what must be new each time. */
  call(n: number): Promise<unknown>;
  /** Takes part in every n-th round only; for what is slow. */
  every?: number;
}

export type Timings<Name extends string = string> = Record<Name, number[]>;

export async function interleave(
  subjects: readonly Subject[],
  { rounds, warmup, progress }: { rounds: number; warmup: number; progress: (message: string) => void },
): Promise<Timings> {
  const timings: Timings = Object.fromEntries(subjects.map(({ name }) => [name, []]));
  const calls = new Map<string, number>();
  const take = async ({ name, call }: Subject): Promise<number> => {
    const n = calls.get(name) ?? 0;
    calls.set(name, n + 1);
    const start = performance.now();
    await call(n);
    const taken = performance.now() - start;
    await setTimeout(pause);
    return taken;
  };
  for (let round = 0; round < warmup; round += 1) {
    for (const subject of subjects) if (round === 0 || subject.every === undefined) await take(subject);
  }
  for (let round = 0; round < rounds; round += 1) {
    if (round % 20 === 0) progress(`round ${round} of ${rounds}`);
    // Each round begins elsewhere, so that nobody always comes after the slow one.
    const order = [...subjects.slice(round % subjects.length), ...subjects.slice(0, round % subjects.length)];
    for (const subject of order) {
      if (round % (subject.every ?? 1) === 0) timings[subject.name]?.push(await take(subject));
    }
  }
  return timings;
}
