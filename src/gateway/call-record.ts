// What is said of a call to whoever records it: before it leaves, and when its end is known. Never a header or a credential,
// and no body unless the deployment asks for that.

import type { Effect } from "../spec/effect.ts";
import type { RecordedBody } from "./body-recorder.ts";

export type CallRecord = {
  /** From 1, in the order the calls were made. */
  sequence: number;
  /** The document's name for it; empty when it has none. */
  operation: string;
  method: string;
  /** The path as the document writes it, and as it is called, with its query. */
  template: string;
  path: string;
  effect: Effect;
  /** Milliseconds since 1970. */
  started: number;
  status: number | null;
  /** Of the answer's body. */
  bytes: number;
  ms: number | null;
  attempts: number;
  /** `refused` was not sent; `failed` was, or may have been, and got no answer that could be read. */
  state: "in flight" | "done" | "failed" | "refused";
  /** Where bodies are recorded: the one it carries, known before it leaves, and the one of its answer. */
  requestBody?: RecordedBody;
  responseBody?: RecordedBody;
};

export type Recorder = {
  /** Awaited before the call leaves; what it answers is why it may not. */
  before(call: CallRecord): Promise<string | undefined>;
  after(call: CallRecord): void;
};
