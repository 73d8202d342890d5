// Which other operations a finished URL may run on the API's side: `GET /users/{id}` with the id "me" is `GET /users/me`.
// Without this, policy on one operation could be passed by naming its neighbour. Reads servers' leniency, never the document.

import { methodEffect } from "../spec/effect.ts";
import type { Operation, Operations } from "../spec/operations.ts";

type Template = { operation: Operation; pattern: RegExp; rank: string };
type Neighbours = Map<string, Template[]>;

const known = new WeakMap<Operations, Neighbours | null>();

/** @param pathname of the URL, below the API's base path */
export function alsoReached(operations: Operations, operation: Operation, pathname: string): Operation[] {
  let neighbours = known.get(operations);
  if (neighbours === undefined) {
    neighbours = hasPolicy(operations) ? compile(operations) : null;
    known.set(operations, neighbours);
  }
  // Of operations with one method, all do the same as long as nobody says otherwise.
  if (neighbours === null) return [];
  const own = rankOf(segmentsOf(operation.path.split(/[?#]/)[0] ?? ""));
  const reached = new Set<Operation>();
  for (const path of readings(pathname)) {
    const segments = segmentsOf(path);
    const text = segments.join("/");
    for (const { operation: other, pattern, rank } of neighbours.get(
      `${operation.method} ${segments.length}`,
    ) ?? []) {
      // The more literal template wins on the API's side too; a tie there is anybody's guess.
      if (other === operation || (segments.length === own.length && own < rank)) continue;
      if (pattern.test(text)) reached.add(other);
    }
  }
  return [...reached];
}

function hasPolicy(operations: Operations): boolean {
  return operations.all.some(
    ({ method, effect, denied }) => denied !== undefined || effect !== methodEffect(method),
  );
}

function compile(operations: Operations): Neighbours {
  const neighbours: Neighbours = new Map();
  for (const operation of operations.all) {
    const segments = segmentsOf(operation.path.split(/[?#]/)[0] ?? "");
    const source = segments.map((segment) =>
      segment
        .split(/(\{[^{}]*\})/)
        .map((part) => (part.startsWith("{") ? "[^/]+" : part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")))
        .join(""),
    );
    const template = { operation, pattern: new RegExp(`^${source.join("/")}$`, "i"), rank: rankOf(segments) };
    const key = `${operation.method} ${segments.length}`;
    const same = neighbours.get(key);
    if (same === undefined) neighbours.set(key, [template]);
    else same.push(template);
  }
  return neighbours;
}

/** "0" for each literal segment, "1" for the others: smaller is more literal, from the left. */
function rankOf(segments: string[]): string {
  return segments.map((segment) => (segment.includes("{") ? "1" : "0")).join("");
}

/** Slashes at the end or doubled make no difference to most routers. */
function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

/** What servers may make of one path: decoded before or after it is split, without `;parameters`, without a format at its end. */
export function readings(pathname: string): Set<string> {
  const decoded = decodeFully(pathname);
  const bySegment = pathname
    .split("/")
    .map((segment) => decodeFully(segment).replaceAll(/[/\\]/g, "\u0001"))
    .join("/");
  const split = [bySegment, decoded.replaceAll("\\", "/")];
  const plain = split.flatMap((path) => [path, path.replaceAll(/;[^/]*/g, "")]);
  return new Set(
    plain
      .flatMap((path) => [path, path.replace(/\.[a-z]{2,5}\/?$/i, "")])
      .map((path) => path.replaceAll(/[\0\t\r\n ]+(?=\/|$)/g, "")),
  );
}

function decodeFully(text: string): string {
  let current = text;
  for (let round = 0; round < 4; round += 1) {
    let decoded: string;
    try {
      decoded = decodeURIComponent(current);
    } catch {
      return current;
    }
    if (decoded === current) break;
    current = decoded;
  }
  return current;
}
