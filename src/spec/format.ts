// The artifact's format: what scripts/spec writes, and what gateway and guest read.

import type { Effect } from "./effect.ts";

/** Methods an OpenAPI path item can hold; 3.2 adds `query`. */
export const httpMethods = [
  "get",
  "put",
  "post",
  "delete",
  "options",
  "head",
  "patch",
  "trace",
  "query",
] as const;

/**
 * Methods of OpenAPI 3.2's `additionalOperations` that can be called: what the Workers runtime can send besides those above.
 * Names of other methods it refuses.
 */
export const additionalMethods = [
  ..."ACL CHECKOUT COPY LOCK MERGE MKACTIVITY MKCOL MOVE NOTIFY PROPFIND PROPPATCH PURGE REPORT SEARCH".split(
    " ",
  ),
  ..."SUBSCRIBE UNLOCK UNSUBSCRIBE".split(" "),
];

/** The fields of an operation that live in the index; all others are read from its piece when touched. */
export type OperationSummary = {
  operationId?: string;
  summary?: string;
  tags?: string[];
  deprecated?: boolean;
};

/**
 * A path item in the index: its operations by method, and its own `summary` and `description`, which are texts. Under
 * `additionalOperations` are more operations by method, all of which can be called.
 */
export type PathItemSummary = {
  [key: string]: OperationSummary | string | Record<string, OperationSummary>;
  additionalOperations?: Record<string, OperationSummary>;
};

/** The operations of a path item, as `[method, summary]`, in the order of the document. */
export function operationsOf(item: PathItemSummary): [method: string, operation: OperationSummary][] {
  return Object.entries(item).flatMap(([key, value]) => {
    if (typeof value === "string") return [];
    if (key === "additionalOperations") return Object.entries(value as Record<string, OperationSummary>);
    return [[key, value as OperationSummary]] satisfies [string, OperationSummary][];
  });
}

/**
 * What is known of all operations at once, stored as packed-index.ts has it. Operations are numbered in the order `paths` lists them, and the
 * n-th of them has piece `firstOperation + n`.
 */
export type ArtifactIndex = {
  format: 1;
  paths: Record<string, PathItemSummary>;
  /** What stands in `paths` and is no path item, such as extensions. */
  otherPaths: Record<string, unknown>;
  /** Lists of keys that occur together: what an operation or path item holds beyond the index. */
  shapes: string[][];
  /** The n-th operation's shape. */
  operations: number[];
  /** Path items with keys beyond those: number of the path, its shape, its piece. */
  pathItems: [path: number, shape: number, piece: number][];
  /** The same of path items whose other keys all hold lists, as `parameters` does. */
  pathLists: [path: number, shape: number, piece: number][];
  /** Distinct lists of request content types; the n-th operation's is `media[mediaOf[n]]`. */
  media: string[][];
  mediaOf: number[];
  /** Distinct lists of what calls must give: names of parameters, those of the path item included, and `body`. */
  required: string[][];
  /** The n-th operation's is `required[requiredOf[n]]`. */
  requiredOf: number[];
  /** Hints of api.jsonc or an overlay, by number of the operation. */
  notes: Record<number, string>;
  /** Numbers of the operations that do something else than their method says, ascending; absent when there are none. */
  effects?: Partial<Record<Effect, number[]>>;
  /** What nobody may call: why, in words for whoever tries, and the numbers of the operations. */
  denied?: [reason: string, operations: number[]][];
  /** Numbers of the operations that take GraphQL, the one to use first; absent when there are none. */
  graphql?: number[];
  /** Every key of the document, in its order. */
  root: string[];
  /** Small values of the root, such as `info` and `servers`; larger ones are in piece 0. */
  rootValues: Record<string, unknown>;
  hasPaths: boolean;
  hasComponents: boolean;
};

/** Piece 0: what of the root is not in the index, without paths and components. */
export const rootPiece = 0;
/** Piece 1: where the components are. */
export const componentsPiece = 1;
/** The first operation's piece. */
export const firstOperation = 2;

/**
 * A section's components have pieces in a row: `names`, a piece of its own, lists them in that order, so that one of a
 * small section can be found without reading a large one. Other values of `components` stay inline in `other`.
 */
export type ComponentsDirectory = {
  sections: Record<string, ComponentSection>;
  other: Record<string, unknown>;
};
type ComponentSection = { names: number; first: number };
