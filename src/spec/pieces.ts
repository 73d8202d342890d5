// Many texts in one buffer, each readable without touching the others:
// [u32 count][u32 offset × (count + 1)][UTF-8 texts], little endian, offsets from the buffer's start.

export function encodePieces(texts: string[]): Uint8Array {
  const encoder = new TextEncoder();
  const encoded = texts.map((text) => encoder.encode(text));
  const header = 4 + 4 * (texts.length + 1);
  const size = encoded.reduce((sum, bytes) => sum + bytes.length, header);
  const buffer = new Uint8Array(size);
  const view = new DataView(buffer.buffer);
  view.setUint32(0, texts.length, true);
  let offset = header;
  encoded.forEach((bytes, n) => {
    view.setUint32(4 + 4 * n, offset, true);
    buffer.set(bytes, offset);
    offset += bytes.length;
  });
  view.setUint32(4 + 4 * texts.length, offset, true);
  return buffer;
}

/** The n-th text, parsed as JSON. */
export function readPiece(buffer: ArrayBuffer, n: number): unknown {
  const view = new DataView(buffer);
  const start = view.getUint32(4 + 4 * n, true);
  const end = view.getUint32(8 + 4 * n, true);
  return JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, start, end - start)));
}
