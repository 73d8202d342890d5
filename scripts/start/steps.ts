/** Progress as short lines, e.g. `Playground … ready (1.9 s)`. */
export type Say = (line: string) => void;

/** Runs one step and says how it went and how long it took. The outcome may add to the line. */
export async function step<T>(say: Say, name: string, work: () => Promise<T>, done: (value: T) => string) {
  const began = performance.now();
  const value = await work();
  say(`${name} … ${done(value)} (${((performance.now() - began) / 1_000).toFixed(1)} s)`);
  return value;
}
