// The types of result.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

export function renderResult(
  value: unknown,
  pointers: WeakMap<object, string>,
  limits: { resultChars: number; imageBytes: number; keptChars?: number },
): Promise<{ text: string; note?: string; image?: { data: string; mimeType: string }; full?: string }>;
