// The types of tick.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

export class LoopError extends Error {}

export function createTick(maximum: number): () => void;
