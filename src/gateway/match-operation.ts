// A call → the one operation of the document it means, or a refusal that names the nearest.

import type { Operation, Operations } from "../spec/operations.ts";
import type { ApiCall } from "./call.ts";
import { CallRefused, show } from "./call.ts";
import { limits } from "../limits.ts";
import { nearest } from "./nearest.ts";

export type MatchedCall = {
  operation: Operation;
  params: Record<string, unknown>;
  query: [name: string, value: unknown][];
};

export function matchOperation(call: ApiCall, operations: Operations): MatchedCall {
  const method = call.method.toUpperCase();
  if (call.path.length > limits.pathChars)
    throw new CallRefused(
      "call",
      `path is ${call.path.length} characters long; at most ${limits.pathChars} are taken. Long values belong into query or body.`,
    );
  if (!/^[A-Z]+$/.test(method))
    throw new CallRefused("call", `method is ${show(call.method)}. Give an HTTP method, e.g. "GET".`);
  // Some documents tell operations of one path apart by a fragment of their own.
  if (call.path.includes("#") && operations.at(call.path, method) === undefined)
    throw new CallRefused(
      "parameter",
      `path ${show(call.path)} has a fragment ("#…"); write it without, or as %23 inside a params value.`,
    );
  const { path, query } = splitQuery(call.path, method, operations);
  const found = operations.at(path, method);
  if (found === undefined) {
    throw new CallRefused(
      "unknown-operation",
      `${method} ${show(path)} is not in the document. Nearest: ${nearest(method, path, operations)}. Write the path as the document does and give its values in params; a value with a slash fits only there.`,
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
  // `/buckets/shop/objects/{key}` has one value in its place and one still to come from params.
  const inPath = Object.fromEntries(
    Object.entries(found.params).filter(([name, value]) => value !== `{${name}}`),
  );
  // Where a value stands in the path already, a params value of the same name would be ignored silently.
  const both = Object.keys(inPath).find((name) => call.params[name] !== undefined);
  if (both !== undefined) {
    throw new CallRefused(
      "parameter",
      `params.${both} is given, but the path ${show(path)} already has a value there. Write the path as ${found.template}, or leave params.${both} out.`,
    );
  }
  return {
    operation,
    params: { ...call.params, ...inPath },
    query: [...query, ...Object.entries(call.query)],
  };
}

/** `/items?limit=5` is taken as it is meant, unless the document itself has a `?` in that path. */
function splitQuery(
  path: string,
  method: string,
  operations: Operations,
): { path: string; query: [string, string][] } {
  const mark = path.indexOf("?");
  if (mark === -1 || operations.at(path, method) !== undefined) return { path, query: [] };
  return { path: path.slice(0, mark), query: [...new URLSearchParams(path.slice(mark + 1))] };
}
