// The inverted index of `find` (layout in src/sandbox/rank.guest.js). Pure: words of operations in, bytes out.

import { words } from "../../src/sandbox/words.guest.js";

/** The texts of one operation, by field. */
export type OperationText = {
  summary: string;
  operationId: string;
  /** Path without placeholders. */
  path: string;
  placeholders: string;
  tags: string;
  parameters: string;
  parameterDescriptions: string;
  body: string;
  schemas: string;
  description: string;
  /** The last word of the path that is no placeholder: what the operation is about, where the others say where. */
  resource: string;
  /** Names of fields: of the body's own fields, and of the answer where the operation acts. */
  nested: string;
  answer: string;
};

/** How much a word counts in each field; the name's fields outweigh the prose. */
const weights: { [F in keyof OperationText]: number } = {
  summary: 4,
  operationId: 3,
  path: 3,
  placeholders: 1,
  tags: 1,
  parameters: 0.5,
  parameterDescriptions: 0.4,
  body: 0.5,
  schemas: 1,
  description: 1,
  resource: 1,
  nested: 0.25,
  answer: 0.2,
};
const fields = Object.keys(weights) as (keyof OperationText)[];

const methodWords = new Set(words("get post put patch delete list"));

/** BM25's saturation: how soon more of the same word stops counting. */
const k1 = 2;
/** BM25's length normalisation. */
const b = 0.5;

export function buildFindIndex(operations: OperationText[]): Uint8Array {
  const texts = operations.map((operation) => fields.map((field) => words(operation[field])));
  const averages = fields.map(
    (_, f) => texts.reduce((sum, text) => sum + (text[f]?.length ?? 0), 0) / Math.max(1, texts.length) || 1,
  );
  const postings = new Map<string, number[]>();
  const firstSentence = ({ summary }: OperationText) => words(summary.split(/[.!?](?:\s|$)/)[0] ?? "");
  const names = operations.map(
    (operation) =>
      new Set(operation.summary === "" ? words(operation.operationId) : firstSentence(operation)),
  );
  // In `PostCustomers` the first word is the method, which nobody asks for by that name.
  const ids = operations.map(
    ({ operationId }) => new Set(words(operationId).filter((word, n) => n > 0 || !methodWords.has(word))),
  );
  for (const [operation, text] of texts.entries()) {
    const frequencies = new Map<string, number>();
    for (const [f, field] of fields.entries()) {
      const list = text[f] ?? [];
      const norm = 1 - b + (b * list.length) / (averages[f] ?? 1);
      for (const word of list) frequencies.set(word, (frequencies.get(word) ?? 0) + weights[field] / norm);
    }
    for (const [word, frequency] of frequencies) {
      const saturated = (frequency * (k1 + 1)) / (k1 + frequency) / (k1 + 1);
      const posting =
        operation * 4096 +
        (names[operation]?.has(word) ? 2048 : 0) +
        (ids[operation]?.has(word) ? 1024 : 0) +
        Math.max(1, Math.round(saturated * 1023));
      const list = postings.get(word);
      if (list === undefined) postings.set(word, [posting]);
      else list.push(posting);
    }
  }
  const idf = (word: string) => {
    const found = postings.get(word)?.length ?? 0;
    return Math.log(1 + (operations.length - found + 0.5) / (found + 0.5));
  };
  const vocabulary = [...postings.keys()].toSorted();
  const total = vocabulary.reduce((sum, word) => sum + (postings.get(word)?.length ?? 0), 0);
  const terms = new TextEncoder().encode(vocabulary.join("\n"));
  const buffer = new Uint8Array(20 + 4 * (2 * operations.length + vocabulary.length + total) + terms.length);
  const view = new DataView(buffer.buffer);
  let offset = 0;
  const u32 = (value: number) => {
    view.setUint32(offset, value, true);
    offset += 4;
  };
  for (const value of [vocabulary.length, operations.length, total, terms.length]) u32(value);
  for (const name of [...names, ...ids]) {
    view.setFloat32(
      offset,
      [...name].reduce((sum, word) => sum + idf(word), 0),
      true,
    );
    offset += 4;
  }
  let start = 0;
  for (const word of vocabulary) {
    u32(start);
    start += postings.get(word)?.length ?? 0;
  }
  u32(start);
  for (const word of vocabulary) for (const posting of postings.get(word) ?? []) u32(posting);
  buffer.set(terms, offset);
  return buffer;
}
