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
      .flatMap((path) => [path, ...withoutFormat(path)])
      .map((path) => path.replaceAll(/[\0\t\r\n ]+(?=\/|$)/g, "")),
  );
}

/** The path without what may be a format at its end, once, twice and more: `/purge.json.xml` → `/purge.json`, `/purge`. */
function withoutFormat(path: string): string[] {
  const paths: string[] = [];
  for (let rest = path; /\.[^/.]*\/?$/.test(rest) && paths.length < 8;) {
    rest = rest.replace(/\.[^/.]*\/?$/, "");
    paths.push(rest);
  }
  return paths;
}

function decodeFully(text: string): string {
  let current = text;
  for (let round = 0; round < 4; round += 1) {
    const decoded = current.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodeRun);
    if (decoded === current) break;
    current = decoded;
  }
  return current;
}

/** What is no UTF-8 is decoded as lenient servers do, byte by byte, and the two bytes that some take for one letter as it. */
function decodeRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run
      .replaceAll(/%(c[01])%([89ab][0-9a-f])/gi, (_, first: string, second: string) =>
        String.fromCharCode(((Number.parseInt(first, 16) & 31) << 6) | (Number.parseInt(second, 16) & 63)),
      )
      .replaceAll(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
  }
}
