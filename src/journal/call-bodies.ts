// Bodies of calls, where the API's settings keep them. Never clears them of anything: what comes here may be stored.

import type { CallRow, StoredBody } from "./run.ts";

type Row = { sequence: number; side: "request" | "response"; body: string };

export class CallBodies {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  store(run: string, calls: readonly CallRow[]): void {
    for (const { sequence, requestBody, responseBody } of calls) {
      if (requestBody !== undefined) this.#add(run, sequence, "request", requestBody);
      if (responseBody !== undefined) this.#add(run, sequence, "response", responseBody);
    }
  }

  /** The calls of a run, each with what is kept of its bodies. */
  join<T extends CallRow>(run: string, calls: readonly T[]): T[] {
    const rows = this.#sql
      .exec<Row>("SELECT sequence, side, body FROM bodies WHERE run = ? ORDER BY sequence, side", run)
      .toArray();
    const bySequence = Map.groupBy(rows, ({ sequence }) => sequence);
    return calls.map((call) => {
      const kept = (bySequence.get(call.sequence) ?? []).map(({ side, body }) => [
        `${side}Body`,
        JSON.parse(body) as StoredBody,
      ]);
      return { ...call, ...Object.fromEntries(kept) };
    });
  }

  #add(run: string, sequence: number, side: Row["side"], body: StoredBody): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO bodies (run, sequence, side, body) VALUES (?, ?, ?, ?)",
      run,
      sequence,
      side,
      JSON.stringify(body),
    );
  }
}
