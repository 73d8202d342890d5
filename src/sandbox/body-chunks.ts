// The artifact's bodies in modules of their own size, so that an isolate takes in only those a program touches.
// Never cuts a piece in two: a chunk holds every piece that begins in it, to its end.

/** Bytes. Passing a module costs about as much as its bytes, requiring it again: a program touches two or three. */
export const chunkBytes = 256 * 1024;

type BodyChunks = {
  /** Where each piece begins and ends: the head of the bodies (src/spec/pieces.ts). */
  offsets: ArrayBuffer;
  /** By number; a piece that begins at byte n is in chunk `floor(n / chunkBytes)`, whose first byte is that chunk's. */
  chunks: ReadonlyMap<number, ArrayBuffer>;
};

const chunked = new WeakMap<ArrayBuffer, BodyChunks>();

/** Cut once in the life of a Worker: the bodies do not change. */
export function chunkBodies(bodies: ArrayBuffer): BodyChunks {
  let known = chunked.get(bodies);
  if (known === undefined) chunked.set(bodies, (known = cut(bodies)));
  return known;
}

function cut(bodies: ArrayBuffer): BodyChunks {
  const view = new DataView(bodies);
  const count = view.getUint32(0, true);
  const headBytes = 4 + 4 * (count + 1);
  const ends = new Map<number, number>();
  for (let piece = 0; piece < count; piece += 1) {
    const start = view.getUint32(4 + 4 * piece, true);
    // Pieces lie in order, so the last to begin in a chunk is the last to end.
    ends.set(Math.floor(start / chunkBytes), view.getUint32(8 + 4 * piece, true));
  }
  return {
    offsets: bodies.slice(0, headBytes),
    chunks: new Map([...ends].map(([number, end]) => [number, bodies.slice(number * chunkBytes, end)])),
  };
}
