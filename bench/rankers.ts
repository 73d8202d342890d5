// What is compared: Twofold's ranking, run in Node by the very files the isolate runs, and the filter a model writes.

import { buildFindIndex } from "../scripts/spec/find-index.ts";
import { operationTexts } from "../scripts/spec/operation-texts.ts";
import { createRanker } from "../src/sandbox/rank.guest.js";
import { httpMethods } from "../src/spec/format.ts";
import { words } from "./questions.ts";

/** Best first. */
export type Rank = (query: string, limit: number) => { method: string; path: string }[];

type Json = Record<string, unknown>;

export function twofoldRank(document: Json): Rank {
  const operations = operationsOf(document);
  const bytes = buildFindIndex(operationTexts(document));
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const rank = createRanker(buffer, operations);
  return (query, limit) => (rank(query, limit) ?? []).flatMap((n) => operations[n] ?? []);
}

export function allWordsRank(document: Json): Rank {
  const texts = operationsOf(document).map(({ method, path, operationId, summary, tags }) => ({
    method,
    path,
    text: `${method} ${path} ${operationId} ${summary} ${tags.join(" ")}`.toLowerCase(),
  }));
  return (query, limit) => {
    const asked = words(query);
    return texts.filter(({ text }) => asked.every((word) => text.includes(word))).slice(0, limit);
  };
}

/** In the artifact's order: paths as the document lists them, methods as each path item does. */
function operationsOf(document: Json) {
  const methods = new Set<string>(httpMethods);
  return Object.entries(document["paths"] as Record<string, Record<string, Json>>).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) => {
      if (!methods.has(method)) return [];
      const { operationId = "", summary = "", tags = [], deprecated } = operation;
      return [
        {
          method,
          path,
          operationId: String(operationId),
          summary: String(summary),
          tags: tags as string[],
          deprecated: deprecated === true,
        },
      ];
    }),
  );
}
