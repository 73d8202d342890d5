// The types of plain.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

export function toPlain(value: unknown, pointers: WeakMap<object, string>): { data: unknown };

export function isData(value: unknown, atMost?: number): boolean;
