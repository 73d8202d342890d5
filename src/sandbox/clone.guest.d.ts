// The types of clone.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

export const cloneAnything: typeof structuredClone;
