// A call → the one operation of the document it means, or a refusal that names the nearest.

import type { Operation, Operations, PathMatch } from "../spec/operations.ts";
import type { CallTarget } from "./call.ts";
import { CallRefused, show } from "./call.ts";
import { limits } from "../limits.ts";
import { nearestName } from "./nearest-name.ts";
import { named, nearest } from "./nearest.ts";

export type MatchedCall = {
  operation: Operation;
  params: Record<string, unknown>;
  query: [name: string, value: unknown][];
};

type TargetedCall = CallTarget & {
  params: Record<string, unknown>;
  query: Record<string, unknown>;
};

export function matchOperation(call: TargetedCall, operations: Operations): MatchedCall {
  if ("operation" in call) {
    const id = call.operation.trim();
    // What `describe` takes and `find` shows is taken here as well.
    const [, method, path] = /^([a-z]+)\s+(\/.*)$/i.exec(id) ?? [];
    if (method !== undefined && path !== undefined)
      return matchOperation({ method, path, params: call.params, query: call.query }, operations);
    return { operation: matchId(id, operations), params: call.params, query: Object.entries(call.query) };
  }
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
  const found = operations.at(path, method) ?? otherSlashes(path, method, operations);
  if (found === undefined) {
    const address = leadingAddress(path, method, operations);
    if (address !== undefined)
      throw new CallRefused(
        "call",
        `path is ${show(path)}: leave out ${show(address)}, the path begins behind it: ${show(path.slice(address.length))}.`,
      );
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

/** `/orders/` and `orders` where the document has `/orders` alone, or the other way round. */
function otherSlashes(path: string, method: string, operations: Operations): PathMatch | undefined {
  if (/^[a-z]+:/i.test(path)) return undefined;
  const rooted = path.startsWith("/") ? path : `/${path}`;
  const asGiven = rooted === path ? undefined : operations.at(rooted, method);
  if (asGiven !== undefined) return asGiven;
  const found = operations.at(rooted.endsWith("/") ? rooted.slice(0, -1) : `${rooted}/`, method);
  const meant = found?.operations.find((operation) => operation.method === method);
  // DELETE /orders/ may be DELETE /orders/{id} with an id that came out empty, and must not become DELETE /orders.
  const hasOne = operations.at(`${rooted}x`, method)?.operations.some((each) => each.method === method);
  if (meant !== undefined && meant.effect !== "read" && rooted.endsWith("/") && hasOne) {
    throw new CallRefused(
      "parameter",
      `path ${show(path)} ends with a slash: a value is missing behind it, or the slash is too much. Nothing was sent. Write ${found?.template} or the path with its value.`,
    );
  }
  return found;
}

/** What of a whole URL stands before the path of an operation. */
function leadingAddress(path: string, method: string, operations: Operations): string | undefined {
  const origin = /^https?:\/\/[^/?#]*/i.exec(path)?.[0];
  if (origin === undefined) return undefined;
  for (let at = origin.length; at !== -1 && at < path.length; at = path.indexOf("/", at + 1)) {
    const found = operations.at(path.slice(at), method);
    if (found?.operations.some((operation) => operation.method === method)) return path.slice(0, at);
  }
  return origin;
}

function matchId(id: string, operations: Operations): Operation {
  const called = operations.called(id);
  const [operation] = called;
  if (operation !== undefined && called.length === 1) return operation;
  if (operation !== undefined) {
    const addresses = called
      .slice(0, 5)
      .map(({ method, path }) => `{method: "${method}", path: ${show(path)}}`);
    throw new CallRefused(
      "unknown-operation",
      `${called.length} operations of the document are called ${show(id)}. Give one of these in place of operation: ${addresses.join(" · ")}.`,
    );
  }
  const near = nearestNames(id, operations);
  throw new CallRefused(
    "unknown-operation",
    `No operation of the document is called ${show(id)}. ${near.length === 0 ? "None of them has an operationId; give method and path." : `Nearest: ${near.map(named).join(" · ")}.`}`,
  );
}

function nearestNames(id: string, operations: Operations): Operation[] {
  const withId = operations.all.filter(({ operationId }) => operationId !== undefined);
  return nearestName(id, withId, ({ operationId = "" }) => operationId, 3);
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
