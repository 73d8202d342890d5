// The types of words.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

/** The words of a text as `find` compares them: stemmed, without stop words. */
export function words(text: string): string[];

/** Whether every character is one of the first 128. */
export function isAscii(text: string): boolean;
