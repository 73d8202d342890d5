// The operations of the built document, by method and path. Never resolves or fetches anything.

import { SpecDocument } from "./document.ts";
import { effects, methodEffect } from "./effect.ts";
import type { Effect } from "./effect.ts";
import { operationsOf } from "./format.ts";
import type { ArtifactIndex } from "./format.ts";
import { readDetails } from "./operation-details.ts";
import type { OperationDetails } from "./operation-details.ts";

export type Operation = {
  /** Position in the index, and its path's. */
  number: number;
  item: number;
  /** Upper case. */
  method: string;
  /** The template, as the document writes it. */
  path: string;
  operationId?: string;
  /** Request content types, in the document's order. */
  contentTypes: string[];
  /** A hint of whoever set this API up, e.g. which other operation to use. */
  note?: string;
  /** By its method, unless the document or policy says otherwise. */
  effect: Effect;
  /** Why nobody may call it; absent for most. */
  denied?: string;
  /** It takes GraphQL: what a call does is in its query. */
  graphql?: true;
};

export class Operations {
  readonly all: Operation[] = [];
  /** Those that take GraphQL, the one to use first. */
  readonly graphql: Operation[] = [];
  /** Whether policy denies any. */
  readonly someDenied: boolean;
  /** What the operations refer to. */
  readonly document: SpecDocument;
  readonly #cachedDefinitions: number;
  #details = new Map<number, OperationDetails>();
  #byId: Map<string, Operation[]> | undefined;
  #byTemplate = new Map<string, Operation[]>();
  #bySegments = new Map<number, Template[]>();

  constructor(
    index: ArtifactIndex,
    bodies: ArrayBuffer,
    limits: { cachedDefinitions: number; cachedPieceBytes: number },
  ) {
    this.document = new SpecDocument(
      index,
      bodies,
      (path) => this.#byTemplate.get(path) ?? [],
      limits.cachedPieceBytes,
    );
    this.#cachedDefinitions = limits.cachedDefinitions;
    this.someDenied = (index.denied ?? []).length > 0;
    const effectOf = new Map(
      effects.flatMap((effect) => (index.effects?.[effect] ?? []).map((number) => [number, effect] as const)),
    );
    const deniedFor = new Map(
      (index.denied ?? []).flatMap(([reason, numbers]) => numbers.map((number) => [number, reason] as const)),
    );
    for (const [item, [path, summaries]] of Object.entries(index.paths).entries()) {
      const operations: Operation[] = [];
      for (const [method, { operationId }] of operationsOf(summaries)) {
        const number = this.all.length;
        const contentTypes = index.media[index.mediaOf[number] ?? -1] ?? [];
        const effect = effectOf.get(number) ?? methodEffect(method);
        const operation: Operation = {
          number,
          item,
          method: method.toUpperCase(),
          path,
          contentTypes,
          effect,
        };
        if (operationId !== undefined) operation.operationId = operationId;
        const note = index.notes[number];
        if (note !== undefined) operation.note = note;
        const denied = deniedFor.get(number);
        if (denied !== undefined) operation.denied = denied;
        operations.push(operation);
        this.all.push(operation);
      }
      this.#byTemplate.set(path, operations);
      const template = compileTemplate(path);
      const same = this.#bySegments.get(template.segments.length);
      if (same === undefined) this.#bySegments.set(template.segments.length, [template]);
      else same.push(template);
    }
    for (const number of index.graphql ?? []) {
      const operation = this.all[number];
      if (operation === undefined) continue;
      operation.graphql = true;
      this.graphql.push(operation);
    }
    // The most literal template wins, as OpenAPI asks: /users/me before /users/{id}.
    for (const templates of this.#bySegments.values()) templates.sort((a, b) => a.rank.localeCompare(b.rank));
  }

  /** The operations an operationId names: one, as a rule. */
  called(operationId: string): Operation[] {
    if (this.#byId === undefined) {
      this.#byId = new Map();
      for (const operation of this.all) {
        if (operation.operationId === undefined) continue;
        const same = this.#byId.get(operation.operationId);
        if (same === undefined) this.#byId.set(operation.operationId, [operation]);
        else same.push(operation);
      }
    }
    return this.#byId.get(operationId) ?? [];
  }

  /** The operation's definition, read when first asked for; the one asked for longest ago is forgotten first. */
  details(operation: Operation): OperationDetails {
    const details = this.#details.get(operation.number) ?? readDetails(this.document, operation);
    this.#details.delete(operation.number);
    this.#details.set(operation.number, details);
    const [oldest] = this.#details.keys();
    if (oldest !== undefined && this.#details.size > this.#cachedDefinitions) this.#details.delete(oldest);
    return details;
  }

  /**
   * Operations at a path: the template itself, or the template a concrete path fits, the most literal first.
   * Of several that fit, the first that has the method (upper case): `DELETE /users/me` may mean `/users/{id}`.
   */
  at(path: string, method: string): PathMatch | undefined {
    const exact = this.#byTemplate.get(path);
    if (exact !== undefined) return { template: path, operations: exact, params: {} };
    const segments = path.split("/");
    let first: PathMatch | undefined;
    for (const template of this.#bySegments.get(segments.length) ?? []) {
      const params = matchTemplate(template, segments);
      if (params === undefined) continue;
      const operations = this.#byTemplate.get(template.path) ?? [];
      const found = { template: template.path, operations, params };
      if (operations.some((operation) => operation.method === method)) return found;
      first ??= found;
    }
    return first;
  }
}

/** `params` are the values a concrete path has in place of the template's placeholders, decoded. */
export type PathMatch = { template: string; operations: Operation[]; params: Record<string, string> };

type Template = { path: string; segments: Segment[]; rank: string };
type Segment = { literal: string } | { pattern: RegExp; names: string[] };

function compileTemplate(path: string): Template {
  const texts = path.split("/");
  const segments = texts.map((text): Segment => {
    if (!text.includes("{")) return { literal: text };
    const names: string[] = [];
    const pattern = text.split(/(\{[^{}]*\})/).map((part) => {
      if (!part.startsWith("{")) return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
      names.push(part.slice(1, -1));
      return "(.+)";
    });
    return { pattern: new RegExp(`^${pattern.join("")}$`), names };
  });
  return { path, segments, rank: segments.map((segment) => ("literal" in segment ? "0" : "1")).join("") };
}

function matchTemplate(template: Template, segments: string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [position, segment] of template.segments.entries()) {
    const text = segments[position] ?? "";
    if ("literal" in segment) {
      if (segment.literal !== text) return undefined;
      continue;
    }
    // Several placeholders in one segment make the pattern try every split of a long text.
    const match = text.length > 500 && segment.names.length > 1 ? null : segment.pattern.exec(text);
    if (match === null) return undefined;
    for (const [group, name] of segment.names.entries()) params[name] = decode(match[group + 1] ?? "");
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
