// `find`: operations ranked by relevance to a few words. Reads the index alone, so that a program which only finds is
// handed no bodies.

import { createRanker } from "./rank.guest.js";

/** Methods that only read (src/spec/effect.ts); policy may say otherwise of an operation. */
const safe = new Set(["get", "head", "options", "trace", "query"]);
/** Hits, unless a program asks for another number, and at most. */
const usual = 10;
const most = 100;

/**
 * @param {ReturnType<typeof listOperations>} operations
 * @param {ArrayBuffer} findIndex
 */
export function createFind(operations, findIndex) {
  let rank;
  /**
   * @param {string} text words, best those of the task: "cancel a workflow run"
   * @param {{limit?: number, tag?: string | string[], method?: string | string[]}} [options] limit is 10, at most 100
   */
  return function find(text, options = {}) {
    if (typeof text !== "string")
      throw new Error(
        `find takes a text, not ${kindOf(text)}. Write find("cancel a workflow run", {limit: 5})`,
      );
    rank ??= createRanker(findIndex, operations);
    // find("orders", 5): a number can only be meant as the limit.
    const given = typeof options === "number" ? { limit: options } : (options ?? {});
    const unknown = Object.keys(given).find((name) => !["limit", "tag", "method"].includes(name));
    if (unknown !== undefined)
      throw new Error(`${unknown} is not an option of find. It takes {limit, tag, method}`);
    const { limit, tag, method } = given;
    const atMost = limit === undefined || limit === null ? usual : Math.min(most, Math.floor(Number(limit)));
    if (!(atMost >= 1))
      throw new Error(`limit takes a whole number from 1 to ${most}, not ${String(limit).slice(0, 40)}.`);
    // One, or a list of which any will do.
    const [tags, methods] = [tag, method].map((each) =>
      each === undefined || each === null ? [] : [each].flat(),
    );
    for (const each of tags) known("tag", each, new Set(operations.flatMap((operation) => operation.tags)));
    for (const each of methods)
      known("method", each, new Set(operations.map((operation) => operation.method.toUpperCase())));
    const wanted = (operation) =>
      (tags.length === 0 || operation.tags.some((name) => tags.some((each) => same(name, each)))) &&
      (methods.length === 0 || methods.some((each) => same(operation.method, each)));
    const found = rank(text, atMost, wanted) ?? containing(text, operations, wanted).slice(0, atMost);
    return found.map((n) => hit(operations[n]));
  };
}

/**
 * The operations in the index's order. Listed before a program runs: the index becomes its `spec.paths`, to change at will.
 * @param {{operationIds: (string | null)[], required: string[][], requiredOf: number[]}} apart src/spec/packed-index.ts
 */
export function listOperations(index, { operationIds, required, requiredOf }) {
  const operations = [];
  const effects = new Map(
    Object.entries(index.effects ?? {}).flatMap(([effect, numbers]) => numbers.map((n) => [n, effect])),
  );
  const denials = new Map(
    (index.denied ?? []).flatMap(([reason, numbers]) => numbers.map((n) => [n, reason])),
  );
  const add = (item, path, method, { summary, tags = [], deprecated = false }) => {
    const n = operations.length;
    const operationId = operationIds[n] ?? undefined;
    const effect = effects.get(n);
    const reads = effect === undefined ? safe.has(method) : effect === "read";
    const denied = denials.get(n);
    const needs = required[requiredOf[n]];
    const note = index.notes[n];
    const its = { n, item, method, path, operationId, summary, tags, deprecated, reads, denied, needs, note };
    operations.push(its);
  };
  for (const [item, path] of Object.keys(index.paths).entries()) {
    const entries = index.paths[path];
    for (const key of Object.keys(entries)) {
      const entry = entries[key];
      if (typeof entry === "string") continue;
      if (key !== "additionalOperations") add(item, path, key, entry);
      else for (const method of Object.keys(entry)) add(item, path, method.toLowerCase(), entry[method]);
    }
  }
  return operations;
}

/** A word of the text, if there is any, somewhere in the operation's name, whatever the ranking's words are. */
function containing(text, operations, wanted) {
  const parts = text
    .toLowerCase()
    .split(/\s+/)
    .filter((part) => part !== "");
  return operations.flatMap((operation, n) => {
    const { path, operationId = "", summary = "" } = operation;
    const name = `${path} ${operationId} ${summary}`.toLowerCase();
    const isMeant = parts.length === 0 || parts.some((part) => name.includes(part));
    return isMeant && wanted(operation) ? [n] : [];
  });
}

function hit({ method, path, operationId, summary, deprecated, reads, denied, needs, note }) {
  const result = { method: method.toUpperCase(), path };
  if (operationId !== undefined) result.operationId = operationId;
  if (summary !== undefined) result.summary = summary;
  result.required = [...needs];
  result.reads = reads;
  if (denied !== undefined) result.denied = denied;
  if (deprecated) result.deprecated = true;
  if (note !== undefined) result.note = note;
  return result;
}

/** A filter nothing can pass is a slip, and an empty answer would not say so. */
function known(kind, value, values) {
  if ([...values].some((each) => same(each, value))) return;
  const shown = [...values].slice(0, 40).join(", ");
  throw new Error(
    `No operation has the ${kind} ${JSON.stringify(value)}. There are: ${shown}${values.size > 40 ? ", …" : ""}.`,
  );
}

function kindOf(value) {
  if (value === undefined || value === null) return "nothing";
  return Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function same(a, b) {
  return String(a).toLowerCase() === String(b).toLowerCase();
}
