// A call → the one operation of the document it means, or a refusal that names the nearest.

import type { Operation, Operations } from "../spec/operations.ts";
import type { ApiCall } from "./call.ts";
import { CallRefused, show } from "./call.ts";
import { nearest } from "./nearest.ts";

export type MatchedCall = {
  operation: Operation;
  params: Record<string, unknown>;
  query: [name: string, value: unknown][];
};

export function matchOperation(call: ApiCall, operations: Operations): MatchedCall {
  const method = call.method.toUpperCase();
  if (!/^[A-Z]+$/.test(method))
    throw new CallRefused("call", `method is ${show(call.method)}. Give an HTTP method, e.g. "GET".`);
  if (call.path.includes("#"))
    throw new CallRefused(
      "parameter",
      `path ${show(call.path)} has a fragment ("#…"); write it without, or as %23 inside a params value.`,
    );
  const { path, query } = splitQuery(call.path, operations);
  const found = operations.at(path);
  if (found === undefined) {
    throw new CallRefused(
      "unknown-operation",
      `${method} ${show(path)} is not in the document. Nearest: ${nearest(method, path, operations)}. Look a path up in spec.paths; values go into params.`,
    );
  }
  const operation = found.operations.find((candidate) => candidate.method === method);
  if (operation === undefined) {
    const allowed = found.operations.map((candidate) => candidate.method).join(", ") || "no method";
    throw new CallRefused(
      "unknown-operation",
      `${method} is not defined for ${found.template}; the document has ${allowed} there. Nearest: ${nearest(method, path, operations)}.`,
    );
  }
  // In a concrete path the value already stands in its place; a params value of the same name would be ignored silently.
  const both = Object.keys(found.params).find((name) => call.params[name] !== undefined);
  if (both !== undefined) {
    throw new CallRefused(
      "parameter",
      `params.${both} is given, but the path ${show(path)} already has a value there. Write the path as ${found.template}, or leave params.${both} out.`,
    );
  }
  return {
    operation,
    params: { ...call.params, ...found.params },
    query: [...query, ...Object.entries(call.query)],
  };
}

/** `/items?limit=5` is taken as it is meant, unless the document itself has a `?` in that path. */
function splitQuery(path: string, operations: Operations): { path: string; query: [string, string][] } {
  const mark = path.indexOf("?");
  if (mark === -1 || operations.at(path) !== undefined) return { path, query: [] };
  return { path: path.slice(0, mark), query: [...new URLSearchParams(path.slice(mark + 1))] };
}
