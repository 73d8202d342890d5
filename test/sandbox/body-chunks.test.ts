import { expect, test } from "vitest";
import { chunkBodies, chunkBytes } from "../../src/sandbox/body-chunks.ts";
import { encodePieces } from "../../src/spec/pieces.ts";
import { openDocument } from "./open-document.ts";

/** Descriptions from nothing to more than two chunks, so that pieces begin, end and span where chunks do. */
const lengths = Array.from({ length: 40 }, (_, n) => (n === 7 ? 2.5 * chunkBytes : (n * 37_123) % 150_000));
const schemas = Object.fromEntries(
  lengths.map((length, n) => [`S${n}`, { type: "object", description: `${n}é`.repeat(length / 3) }]),
);

test("a document of many chunks reads as it was written, in whatever order it is read", () => {
  const { spec } = openDocument({
    openapi: "3.1.0",
    info: { title: "Large", version: "1" },
    paths: {},
    components: { schemas },
  });
  for (const name of Object.keys(schemas).toReversed()) {
    expect(spec.components.schemas[name].description === schemas[name]?.description).toBe(true);
  }
});

test("a chunk holds the pieces that begin in it and little more, and none is missing", () => {
  const bodies = encodePieces(Object.values(schemas).map((schema) => JSON.stringify(schema)));
  const { chunks } = chunkBodies(bodies.buffer as ArrayBuffer);
  expect(chunks.size).toBeGreaterThan(8);
  const longest = Math.max(...lengths) * 2;
  for (const chunk of chunks.values()) expect(chunk.byteLength).toBeLessThan(chunkBytes + longest);
  const all = [...chunks.values()].reduce((sum, chunk) => sum + chunk.byteLength, 0);
  expect(all).toBeLessThan(2 * bodies.length);
});
