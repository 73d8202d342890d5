import { callTool, type ToolAnswer } from "./tool-call.ts";

interface Body {
  type: string;
  bytes: number;
  text?: string;
  cut?: number;
  sha256?: string;
  why?: string;
}

export interface Run {
  id: string;
  tool: string;
  client: string;
  outcome: string;
  program: string;
  message: string;
  calls: number;
  writes: number;
  started: number;
  ended: number | null;
  stopped: number | null;
  logs: string[];
  result: { format: string; shown: string | null; whole: boolean; readable: boolean };
  requests: {
    sequence: number;
    operation: string;
    method: string;
    template: string;
    path: string;
    effect: string;
    status: number | null;
    ms: number | null;
    attempts: number;
    state: string;
    note?: string;
    requestBody?: Body;
    responseBody?: Body;
  }[];
}

/** What the journal answers over HTTP. */
export class JournalClient {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(base: string, token?: string) {
    this.#base = base;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  ask(
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Response> {
    const headers = { ...this.#headers, ...init.headers };
    return fetch(this.#base + path, { ...init, headers, signal: AbortSignal.timeout(30_000) });
  }

  post(path: string): Promise<Response> {
    return this.ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  }

  async list(query = ""): Promise<{ version: number; paused: boolean; runs: Run[]; next?: string }> {
    const response = await this.ask(`/runs${query}`);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as never;
  }

  async run(id: string): Promise<Run> {
    const response = await this.ask(`/runs/${id}`);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as Run;
  }

  /** Runs a program; its end is stored after its answer, so this waits for that too. */
  async execute(code: string): Promise<ToolAnswer & { id: string }> {
    const answer = await callTool(this.#base, "execute", { code }, this.#headers);
    const id = /^run (r_\w+)/m.exec(answer.notes)?.[1] ?? "";
    return { ...answer, id };
  }
}
