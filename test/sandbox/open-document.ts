import { cutDocument } from "../../scripts/spec/cut-document.ts";
import { buildFindIndex } from "../../scripts/spec/find-index.ts";
import { operationTexts } from "../../scripts/spec/operation-texts.ts";
import { chunkBodies, chunkBytes } from "../../src/sandbox/body-chunks.ts";
import { createDescribe } from "../../src/sandbox/describe.guest.js";
import { createDocument } from "../../src/sandbox/document.guest.js";
import { createFind, listOperations } from "../../src/sandbox/find.guest.js";
import { createStringify } from "../../src/sandbox/json.guest.js";
import { packIndex } from "../../src/spec/packed-index.ts";
import { encodePieces } from "../../src/spec/pieces.ts";

/** What a program is handed of a document: built as the artifact is, read as the guest reads it. */
export function openDocument(document: object) {
  const { index, pieces } = cutDocument(document as Record<string, unknown>);
  const bodies = encodePieces(pieces).buffer as ArrayBuffer;
  const packed = packIndex(index);
  const fresh = JSON.parse(JSON.stringify(packed.index)) as unknown;
  const operationsFile = new TextEncoder().encode(JSON.stringify(packed.operations)).buffer as ArrayBuffer;
  const { offsets, chunks } = chunkBodies(bodies);
  let reads = 0;
  const readBodies = (chunk?: number) => {
    reads += 1;
    const read = chunk === undefined ? offsets : chunks.get(chunk);
    if (read === undefined) throw new Error(`no chunk ${chunk}`);
    return read;
  };
  const late = { chunkBytes, operations: () => operationsFile };
  const { spec, pointers, readOperation, operationsApart } = createDocument(
    fresh,
    Object.assign(readBodies, late),
  );
  const operations = listOperations(fresh, operationsApart());
  const findIndex = buildFindIndex(operationTexts(document as Record<string, unknown>)).buffer as ArrayBuffer;
  return {
    spec: spec as Document,
    /** How often anything beyond the index was read. */
    reads: () => reads,
    stringify: createStringify(pointers),
    find: createFind(operations, findIndex) as (text: string, options?: object) => Hit[],
    describe: createDescribe(operations, readOperation, pointers) as (
      which: unknown,
      options?: object,
    ) => string,
  };
}

/** A document has any shape; each test says what it expects of its own. */
// oxlint-disable-next-line typescript/no-explicit-any
type Document = any;

interface Hit {
  method: string;
  path: string;
  operationId?: string;
  summary?: string;
  required: string[];
  reads: boolean;
  deprecated?: boolean;
  note?: string;
}
