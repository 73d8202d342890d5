// An API that tasks are done over: the API itself, and Twofold in front of it.

export interface TaskApi<State> {
  name: string;
  /** As the document says, upgraded; what both sides' tools are made of. */
  document: Record<string, unknown>;
  /** Of the API itself, and what it wants to be sent. */
  url: string;
  headers: Record<string, string>;
  /** Twofold's endpoint; `?readonly` makes a read-only one of it. */
  mcp: string;
  /** Operations that the policy denies to everybody. */
  isDenied(method: string, path: string): boolean;
  /** What each task begins with, before it adds its own. */
  base: State;
  /** By the API and never through Twofold. `write` changes what differs. */
  read(): Promise<State>;
  write(state: State): Promise<void>;
  stop(): Promise<void>;
}
