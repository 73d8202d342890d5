// The document on the host, read from the artifact's pieces where it is touched.
// Never decodes what a call does not reach, never changes what it hands out, and keeps no more text than its bound.

import { componentsPiece, firstOperation, rootPiece } from "./format.ts";
import type { ArtifactIndex, ComponentsDirectory } from "./format.ts";
import { readPiece } from "./pieces.ts";

export type Json = Record<string, unknown>;

/** The operations of a path, for references into one. */
type OperationsAt = (path: string) => { item: number; number: number; method: string }[];

/** References followed one after another before a chain is taken for a circle. */
const longestChain = 32;

export class SpecDocument {
  readonly #bodies: ArrayBuffer;
  readonly #keptBytes: number;
  #kept = new Map<number, { value: unknown; bytes: number }>();
  #bytes = 0;
  #directory: ComponentsDirectory | undefined;
  readonly #sections = new Map<number, Map<string, number>>();
  #rest: Json | undefined;
  readonly #rootValues: Json;
  readonly #items: ArtifactIndex["pathItems"];
  #itemPieces: Map<number, number> | undefined;
  readonly #operationsAt: OperationsAt;

  /** @param keptBytes bytes of pieces kept parsed; the oldest go first */
  constructor(index: ArtifactIndex, bodies: ArrayBuffer, operationsAt: OperationsAt, keptBytes: number) {
    this.#rootValues = index.rootValues;
    this.#items = [...index.pathItems, ...index.pathLists];
    this.#bodies = bodies;
    this.#operationsAt = operationsAt;
    this.#keptBytes = keptBytes;
  }

  /** An operation's fields beyond the index, its `$ref`s as the document writes them. */
  operation(number: number): Json {
    return record(this.#piece(firstOperation + number));
  }

  /** What a path item holds beside its operations. @param item number of the path in the index */
  pathItem(item: number): Json {
    this.#itemPieces ??= new Map(this.#items.map(([number, , piece]) => [number, piece]));
    const piece = this.#itemPieces.get(item);
    return piece === undefined ? {} : record(this.#piece(piece));
  }

  /** A value of the document's own, such as `security`: neither paths nor components. */
  rootValue(key: string): unknown {
    if (Object.hasOwn(this.#rootValues, key)) return this.#rootValues[key];
    this.#rest ??= record(readPiece(this.#bodies, rootPiece));
    return Object.hasOwn(this.#rest, key) ? this.#rest[key] : undefined;
  }

  /** The value behind a `$ref`, and behind the one it leads to; undefined for one that leads nowhere or round in a circle. */
  resolve(value: unknown): unknown {
    let current = value;
    for (let step = 0; step < longestChain; step += 1) {
      if (!isRecord(current) || typeof current["$ref"] !== "string") return current;
      current = this.lookup(current["$ref"]);
    }
    return undefined;
  }

  /** The value at an internal pointer such as `#/components/schemas/Item`, not followed any further. */
  lookup(reference: string): unknown {
    if (!reference.startsWith("#/")) return undefined;
    const tokens = reference.slice(2).split("/").map(pointerToken);
    const [value, rest] = this.#start(tokens);
    return walk(value, rest);
  }

  #start(tokens: string[]): [value: unknown, rest: string[]] {
    const [area, first = "", second = "", ...deeper] = tokens;
    if (area === "components") {
      this.#directory ??= readPiece(this.#bodies, componentsPiece) as ComponentsDirectory;
      const { other } = this.#directory;
      const numbers = this.#section(first);
      if (numbers === undefined) return [other, tokens.slice(1)];
      const number = numbers.get(second);
      return [number === undefined ? undefined : this.#piece(number), deeper];
    }
    if (area !== "paths") return [this.rootValue(area ?? ""), tokens.slice(1)];
    const operations = this.#operationsAt(first);
    const operation = operations.find(({ method }) => method.toLowerCase() === second);
    if (operation !== undefined) return [this.operation(operation.number), deeper];
    return [this.pathItem(operations[0]?.item ?? -1), tokens.slice(2)];
  }

  /** The pieces of a section's components, by name. */
  #section(name: string): Map<string, number> | undefined {
    const sections = this.#directory?.sections ?? {};
    const section = Object.hasOwn(sections, name) ? sections[name] : undefined;
    if (section === undefined) return undefined;
    let pieces = this.#sections.get(section.names);
    if (pieces === undefined) {
      const names = readPiece(this.#bodies, section.names) as string[];
      pieces = new Map(names.map((each, n) => [each, section.first + n]));
      this.#sections.set(section.names, pieces);
    }
    return pieces;
  }

  #piece(n: number): unknown {
    const known = this.#kept.get(n);
    if (known !== undefined) return known.value;
    const view = new DataView(this.#bodies);
    const bytes = view.getUint32(8 + 4 * n, true) - view.getUint32(4 + 4 * n, true);
    const value = readPiece(this.#bodies, n);
    this.#kept.set(n, { value, bytes });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#kept) {
      if (this.#bytes <= this.#keptBytes || oldest === n) break;
      this.#kept.delete(oldest);
      this.#bytes -= freed;
    }
    return value;
  }
}

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function record(value: unknown): Json {
  return isRecord(value) ? value : {};
}

function walk(start: unknown, tokens: string[]): unknown {
  let value = start;
  for (const token of tokens) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, token)) return undefined;
    value = (value as Json)[token];
  }
  return value;
}

function pointerToken(token: string): string {
  let text = token;
  try {
    text = decodeURIComponent(token);
  } catch {
    // Not percent-encoded after all: taken as it stands.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}
