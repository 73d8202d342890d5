// The types of json.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

export function createStringify(pointers: WeakMap<object, string>): typeof JSON.stringify;
