// Questions with a known answer, from a document: what its own authors say an operation is for.

import { httpMethods } from "../src/spec/format.ts";

export interface Question {
  method: string;
  path: string;
  /** The first sentence of the description. */
  text: string;
  /** Its three words that are in the fewest questions: a model's terse query. */
  rarest: string;
}

type Json = Record<string, unknown>;

/** The questions, and the document without the descriptions they were taken from. */
export function questionsOf(source: Json): { document: Json; questions: Question[] } {
  const document = structuredClone(source);
  const found: Omit<Question, "rarest">[] = [];
  for (const [path, item] of Object.entries(document["paths"] as Record<string, Record<string, Json>>)) {
    for (const method of httpMethods) {
      const operation = item[method];
      if (operation === undefined) continue;
      const { description } = operation;
      delete operation["description"];
      if (typeof description !== "string") continue;
      const text = firstSentence(description);
      if (words(text).length > 1) found.push({ method, path, text });
    }
  }
  const frequency = new Map<string, number>();
  for (const { text } of found) {
    for (const word of new Set(words(text))) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  }
  const rarity = (word: string) => frequency.get(word) ?? 0;
  const questions = found.map((question) => {
    const rarest = [...new Set(words(question.text))].toSorted((a, b) => rarity(a) - rarity(b)).slice(0, 3);
    return { ...question, rarest: rarest.join(" ") };
  });
  return { document, questions };
}

function firstSentence(description: string): string {
  const plain = description
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[`*]/g, "")
    .trim();
  return /^.*?[.!?](?=\s|$)|^[^\n]+/.exec(plain)?.[0] ?? "";
}

export function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
