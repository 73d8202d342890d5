// What the journal says of a run and of its calls. Types alone: they cross from the Worker to the journal and back.

/** A run as it begins. */
export type RunStart = {
  id: string;
  tool: "search" | "execute";
  program: string;
  /** Which program asked, as far as it said. */
  client: string;
  /** The person's consent it runs under; absent where there was none. */
  grant?: string;
  /** When its request came, before its token was looked at; it may have taken its time, and waited for its turn since. */
  arrived?: number;
  scopes: readonly string[];
  /** Milliseconds since 1970. */
  started: number;
};

/** What a journal says to a run that is to begin: `paused` and `over`, since its grant has ended, let nothing be sent. */
export type Begun = "begun" | "paused" | "over";

/** How a run ended: `ok`, `program-error`, `refused`, or the limit it met. */
export type RunEnd = {
  ended: number;
  outcome: string;
  message: string;
  logs: readonly string[];
  /** The result as it was shown; null when there was none. */
  shown: string | null;
  /** What it was: `json`, `text`, `bytes` or `nothing`. */
  format: ResultFormat;
  /** Whether what was shown is all of it; if not, in how many parts the whole was kept: none when it was too large. */
  whole: boolean;
  parts: number;
};

export type ResultFormat = "json" | "text" | "bytes" | "nothing";

/** One call of a run. `in flight` stays when nobody lived to say what became of it. */
export type CallRow = {
  /** From 1, in the order the calls were made. */
  sequence: number;
  /** The document's name for it; empty when it has none. */
  operation: string;
  method: string;
  /** The path as the document writes it, and as it was called: with its values and query, and without any credential. */
  template: string;
  path: string;
  effect: "read" | "write" | "delete";
  started: number;
  status: number | null;
  bytes: number;
  ms: number | null;
  attempts: number;
  state: "in flight" | "done" | "failed" | "refused";
  /** Where the API's settings keep bodies: of the call, and of its answer. */
  requestBody?: StoredBody;
  responseBody?: StoredBody;
};

/** A body cleared of what is secret; `cut` characters are missing at its end. By its digest alone where it is no text, too
 * large, or a text in which secret fields could not be told apart. */
export type StoredBody = { type: string; bytes: number } & (
  | { text: string; cut: number }
  | { sha256: string; why: "bytes" | "fields" | "large" }
);

/** A run in a list; times are milliseconds since 1970. */
export type RunSummary = Omit<RunStart, "program" | "grant"> & {
  /** Null while it runs, and for ever where its end never came. */
  ended: number | null;
  /** As in RunEnd, or `running`, or `interrupted`: it began, and its end never came. */
  outcome: string;
  message: string;
  calls: number;
  writes: number;
  bytes: number;
  stopped: number | null;
  /** The beginning of the program. */
  excerpt: string;
};

export type RunDetail = RunSummary & {
  program: string;
  logs: string[];
  result: { format: ResultFormat; shown: string | null; whole: boolean; readable: boolean };
  requests: (CallRow & { note?: string })[];
};

export type RunFilter = {
  outcome?: string;
  /** An operationId, or a method and path. */
  operation?: string;
  /** Part of the id, program, client or message. */
  text?: string;
  /** Looks for the text in messages of refusals alone. */
  hidesMessages?: boolean;
  /** Older than this run: `started` and `id` of the last one seen. */
  before?: { started: number; id: string };
  count: number;
};

/** Who has paused a principal: it waits until each of them resumes it. */
export type Pauser = "self" | "operator" | "everybody";

/** What an operator sees of a principal at a glance. */
export type Status = { pausedBy: Pauser[]; running: RunSummary[] };

/** A part of a kept result, or why there is none. `large`: the whole may not fit a program. */
export type ResultPart =
  | { ok: true; text: string; parts: number; format: ResultFormat; large?: true }
  | { ok: false; message: string };
