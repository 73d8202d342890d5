// The types of sentence.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

/** The first sentences of a text, as plain text on one line of at most `maximum` characters; a cut leaves a "…". */
export function sentence(text: unknown, maximum: number): string;
