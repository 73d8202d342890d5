// The operations nearest to one that does not exist, for a refusal that teaches.

import type { Operation, Operations } from "../spec/operations.ts";

/** The three nearest, as `GET /path (operationId)`, best first. */
export function nearest(method: string, path: string, operations: Operations, count = 3): string {
  const wanted = words(path);
  const scored = operations.all.map((operation) => ({
    operation,
    distance: wordsDistance(wanted, words(operation.path)) + (operation.method === method ? 0 : 0.5),
  }));
  scored.sort((a, b) => a.distance - b.distance);
  return scored
    .slice(0, count)
    .map(({ operation }) => named(operation))
    .join(" · ");
}

export function named({ method, path, operationId }: Operation): string {
  return `${method} ${path}${operationId === undefined ? "" : ` (${operationId})`}`;
}

function words(path: string): string[] {
  // Bounded: comparing costs segments times segments for every operation of the document.
  return path
    .slice(0, 600)
    .toLowerCase()
    .split(/[/?]/)
    .filter((word) => word !== "")
    .slice(0, 20);
}

/** Edit distance over segments; replacing one costs how unlike the two are, a placeholder fits anything cheaply. */
function wordsDistance(a: string[], b: string[]): number {
  let previous = b.map((_, n) => n + 1);
  previous.unshift(0);
  for (const [i, left] of a.entries()) {
    const row = [i + 1];
    for (const [j, right] of b.entries()) {
      const replace = (previous[j] ?? 0) + (right.startsWith("{") ? 0.3 : unlikeness(left, right));
      row.push(Math.min((previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1, replace));
    }
    previous = row;
  }
  return previous.at(-1) ?? 0;
}

/** 0 for equal words, 1 for words without a common pair of letters (Dice's coefficient over letter pairs). */
export function unlikeness(a: string, b: string): number {
  if (a === b) return 0;
  const pairs = (word: string) =>
    Array.from({ length: Math.max(0, word.length - 1) }, (_, n) => word.slice(n, n + 2));
  const left = pairs(a);
  const right = new Set(pairs(b));
  const shared = left.filter((pair) => right.has(pair)).length;
  return 1 - (2 * shared) / Math.max(1, left.length + right.size);
}
