// The types of tick.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

export class LoopError extends Error {}

/** A look at the clock: how many turns may pass until the next. */
export function createTick(maximum: number): () => number;
