// When who asks, over a day pressed into seconds: a night, a morning and an afternoon, some people busier than others. Pure.

interface Arrival {
  /** Milliseconds from the beginning. */
  at: number;
  principal: number;
  /** Which of this principal's runs. */
  n: number;
}

/** Runs of each hour of the day, as shares of the average hour: what an office does. */
const hours = [
  0.2, 0.15, 0.1, 0.1, 0.15, 0.3, 0.5, 0.9, 1.6, 2.1, 2.3, 2.0, 1.4, 1.8, 2.2, 2.1, 1.8, 1.3, 0.9, 0.7, 0.6,
  0.4, 0.3, 0.2,
];

/** The busiest hour against the average one. */
export const peakFactor = Math.max(...hours) / (hours.reduce((sum, hour) => sum + hour) / hours.length);

export function arrivals(
  { principals, runs, milliseconds }: { principals: number; runs: number; milliseconds: number },
  chance: () => number,
): Arrival[] {
  // The busiest asks for five times the average, the quietest for a fifth.
  const weights = Array.from({ length: principals }, () => 5 ** (2 * chance() - 1));
  const pickPrincipal = picker(weights, chance);
  const pickHour = picker(hours, chance);
  const made = new Map<number, number>();
  const times = Array.from({ length: runs }, () => ((pickHour() + chance()) / hours.length) * milliseconds);
  return times
    .toSorted((a, b) => a - b)
    .map((at) => {
      const principal = pickPrincipal();
      const n = made.get(principal) ?? 0;
      made.set(principal, n + 1);
      return { at, principal, n };
    });
}

function picker(weights: readonly number[], chance: () => number): () => number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return () => {
    let left = chance() * sum;
    for (const [n, weight] of weights.entries()) {
      left -= weight;
      if (left < 0) return n;
    }
    return weights.length - 1;
  };
}

/** The same numbers in every run of the bench (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
