// The types of paginate.guest.js: a text to the Worker that passes it on, a module to whoever imports it in Node.

declare const source: string;
export default source;

export interface Exchanged {
  answer: { status: number; ok: boolean; data: unknown };
  page: object | undefined;
  name: string;
}

export function createPaginate(parts: {
  exchange(call: object, more: { pages: { items?: string } }): Promise<Exchanged>;
  unsuccessful(name: string, answer: object): Error;
  ApiError: new (said: { kind: string; message: string }) => Error;
}): (
  call: object,
  options?: { max?: number; items?: string },
) => AsyncIterableIterator<unknown> & { all(options?: { max?: number }): Promise<unknown[]> };
