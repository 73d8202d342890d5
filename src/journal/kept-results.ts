// Results that can be read again: whole, for a time, by the principal whose journal this is. Never shows one in part as whole.

import type { Limits } from "../limits.ts";
import type { LargeResults } from "./large-results.ts";
import type { ResultFormat, ResultPart } from "./run.ts";

type Row = {
  outcome: string | null;
  shown: string | null;
  format: ResultFormat;
  whole: number;
  parts: number;
};

export class KeptResults {
  readonly #sql: SqlStorage;
  readonly #limits: Limits;
  readonly #large: LargeResults;
  /** Bytes kept; unknown when the object woke and after a sweep. To add them up reads a row for each run there is. */
  #bytes: number | undefined;

  constructor(sql: SqlStorage, limits: Limits, large: LargeResults) {
    this.#sql = sql;
    this.#limits = limits;
    this.#large = large;
  }

  add(run: string, part: number, text: string): void {
    this.#sql.exec("INSERT OR REPLACE INTO results (run, part, text) VALUES (?, ?, ?)", run, part, text);
  }

  /** Called when a run has ended: says how much it keeps, and lets the oldest go when that is too much. */
  settle(run: string): void {
    this.#sql.exec(
      "DELETE FROM results WHERE run = ? AND part >= (SELECT parts FROM runs WHERE id = ?)",
      run,
      run,
    );
    const [{ kept = 0 } = {}] = this.#sql
      .exec<{ kept: number }>(
        `UPDATE runs SET kept = octet_length(coalesce(shown, ''))
           + (SELECT coalesce(sum(octet_length(text)), 0) FROM results WHERE run = ?1) WHERE id = ?1 RETURNING kept`,
        run,
      )
      .toArray();
    this.#bytes = this.#bytes === undefined ? this.#count() : this.#bytes + kept;
    for (const older of this.#large.beyondRoom(run)) this.forget(older);
    while (this.#bytes > this.#limits.resultsBytes) {
      const [oldest] = this.#sql
        .exec<{ id: string }>("SELECT id FROM runs WHERE kept > 0 AND id <> ? ORDER BY started LIMIT 1", run)
        .toArray();
      if (oldest === undefined) return;
      this.forget(oldest.id);
    }
  }

  forget(run: string): void {
    const [{ kept = 0 } = {}] = this.#sql
      .exec<{ kept: number }>("SELECT kept FROM runs WHERE id = ?", run)
      .toArray();
    if (this.#bytes !== undefined) this.#bytes -= kept;
    this.#sql.exec("DELETE FROM results WHERE run = ?", run);
    this.#sql.exec("UPDATE runs SET shown = NULL, kept = 0 WHERE id = ?", run);
  }

  /** Something else has deleted some. */
  swept(): void {
    this.#bytes = undefined;
  }

  #count(): number {
    return this.#sql
      .exec<{ bytes: number }>("SELECT coalesce(sum(kept), 0) AS bytes FROM runs WHERE kept > 0")
      .one().bytes;
  }

  /** Whether there is something to read. */
  has(run: string, now: number): boolean {
    return "row" in this.#find(run, now);
  }

  async read(run: string, part: number, now: number): Promise<ResultPart> {
    const found = this.#find(run, now);
    if ("message" in found) return no(found.message);
    const { row, shown } = found;
    const { format, parts } = row;
    if (row.whole === 1)
      return { ok: true, text: format === "text" ? JSON.stringify(shown) : shown, parts: 1, format };
    const [stored] = this.#sql.exec<{ text: string }>(
      "SELECT text FROM results WHERE run = ? AND part = ?",
      run,
      part,
    );
    if (stored !== undefined) return { ok: true, text: stored.text, parts, format };
    if (!this.#large.has(run, part)) return no(`The result of the run ${run} has no part ${part}.`);
    const text = await this.#large.read(run, part);
    return text === undefined
      ? no(`The result of the run ${run} is not in the bucket any more. Run the program again.`)
      : { ok: true, text, parts, format, large: true };
  }

  /** The row of a run whose result can be read, or why it cannot. */
  #find(run: string, now: number): { row: Row; shown: string } | { message: string } {
    const [row] = this.#sql.exec<Row>(
      "SELECT outcome, shown, format, whole, parts FROM runs WHERE id = ? AND started > ?",
      run,
      now - this.#limits.resultMs,
    );
    const days = this.#limits.resultMs / (24 * 60 * 60 * 1_000);
    if (row !== undefined && row.outcome !== "ok")
      return {
        message: `The run ${run} has no result: ${row.outcome === null ? "it has not ended" : `it ended with ${row.outcome}`}.`,
      };
    // One sentence for what never was, what is over and what is somebody else's: it must not tell them apart.
    if (row === undefined || row.shown === null)
      return {
        message: `There is no result of a run ${run} here: one is kept for ${days} days at most, and for who ran it alone. Run the program again.`,
      };
    if (row.whole === 0 && row.parts === 0)
      return {
        message: `The result of the run ${run} was too large to be kept whole. Run it again and return less.${this.#large.bound ? "" : wayOut(this.#limits)}`,
      };
    return { row, shown: row.shown };
  }
}

function wayOut({ keptLargeChars }: Limits): string {
  const most = Math.floor(keptLargeChars / 1_000_000);
  return ` Whoever operates this server can have results of up to ${most} million characters kept, by binding an R2 bucket as RESULTS.`;
}

function no(message: string): ResultPart {
  return { ok: false, message };
}
