// What a task is: a thing a person wants of an API, two ways a model gets there, and how to tell that it did.

export type Kind = "read" | "aggregate" | "create" | "fix" | "page" | "upload" | "refuse";

/** One call of Twofold's tools, as a model would send it. */
export interface Program {
  tool: "search" | "execute";
  code: string;
}

/** What a tool of one operation answers. */
export interface CallAnswer {
  ok: boolean;
  status: number;
  /** What enters the model's context. */
  text: string;
  /** The same, parsed. */
  json<T>(): T;
}

/** The tools of one API, one an operation. A model reads each answer before it writes its next reply. */
export interface Calls {
  one(operationId: string, args?: Record<string, unknown>): Promise<CallAnswer>;
  /** Calls that do not need each other's answers: some models send them in one reply. */
  together(calls: readonly (readonly [string, Record<string, unknown>])[]): Promise<CallAnswer[]>;
}

/** A number is looked for however it is written: 687.2, 687.20; 3, three. */
export type Fact = string | number | RegExp;

export interface Task<State> {
  id: string;
  kind: Kind;
  /** What a person would ask, with all that the answer depends on. */
  asks: string;
  /** Over a server that only reads. */
  readOnly?: true;
  /** On top of the state that every task begins with. */
  begins?(state: State): void;
  /** In order; every path and operation that a program calls stands in the answer of a search before it. */
  programs: readonly Program[];
  /** The same by single calls; resolves with what the model says at the end. */
  calls(calls: Calls): Promise<string>;
  /** Why nobody gets there by single calls alone. The calls then come as far as they can. */
  beyondCalls?: string;
  /** What the state is to be in the end, everything else untouched. Nothing changes when it is left out. */
  ends?(state: State): void;
  /** What the answer must say, of the state at the beginning. */
  says(state: State): readonly Fact[];
  /** What it must not: an answer that names everything is no answer. */
  omits?(state: State): readonly Fact[];
}
