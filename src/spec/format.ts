// The artifact's format: what scripts/spec writes, and what gateway and guest read.

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

/** The fields of an operation that live in the index; all others are read from its piece when touched. */
export type OperationSummary = {
  operationId?: string;
  summary?: string;
  tags?: string[];
  deprecated?: boolean;
};

/** A path item in the index: its operations by method, and its own `summary` and `description`, which are texts. */
export type PathItemSummary = Record<string, OperationSummary | string>;

/** The operations of a path item, as `[method, summary]`. */
export function operationsOf(item: PathItemSummary): [method: string, operation: OperationSummary][] {
  return Object.entries(item).filter(
    (entry): entry is [string, OperationSummary] => typeof entry[1] !== "string",
  );
}

/**
 * `index.bin`, a JSON text. Operations are numbered in the order `paths` lists them, and the
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
  /** Hints of api.jsonc or an overlay, by number of the operation. */
  notes: Record<number, string>;
  /** Every key of the document, in its order; what is neither in `paths` nor in `components` is in piece 0. */
  root: string[];
  hasPaths: boolean;
  hasComponents: boolean;
};

/** Piece 0: the document without paths and components. */
export const rootPiece = 0;
/** Piece 1: `{ section: { name: piece number } }` of every component; other values of a section stay inline in `other`. */
export const componentsPiece = 1;
/** The first operation's piece. */
export const firstOperation = 2;

export type ComponentsDirectory = {
  sections: Record<string, Record<string, number>>;
  other: Record<string, unknown>;
};
