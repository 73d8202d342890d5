declare const source: string;
export default source;
export function innerValues(
  pieces: AsyncIterable<string>,
  names: readonly string[],
  most: number,
  refusal: (message: string) => Error,
): AsyncGenerator<unknown>;
