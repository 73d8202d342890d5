// Results that can be read again: whole, for a time, by the principal whose journal this is. Never shows one in part as whole.

import type { Limits } from "../limits.ts";
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

  constructor(sql: SqlStorage, limits: Limits) {
    this.#sql = sql;
    this.#limits = limits;
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
    this.#sql.exec(
      `UPDATE runs SET kept = octet_length(coalesce(shown, ''))
         + (SELECT coalesce(sum(octet_length(text)), 0) FROM results WHERE run = ?) WHERE id = ?`,
      run,
      run,
    );
    let bytes = this.#sql
      .exec<{ bytes: number }>("SELECT coalesce(sum(kept), 0) AS bytes FROM runs WHERE kept > 0")
      .one().bytes;
    while (bytes > this.#limits.resultsBytes) {
      const [oldest] = this.#sql.exec<{ id: string; kept: number }>(
        "SELECT id, kept FROM runs WHERE kept > 0 AND id <> ? ORDER BY started LIMIT 1",
        run,
      );
      if (oldest === undefined) return;
      this.forget(oldest.id);
      bytes -= oldest.kept;
    }
  }

  forget(run: string): void {
    this.#sql.exec("DELETE FROM results WHERE run = ?", run);
    this.#sql.exec("UPDATE runs SET shown = NULL, kept = 0 WHERE id = ?", run);
  }

  read(run: string, part: number, now: number): ResultPart {
    const [row] = this.#sql.exec<Row>(
      "SELECT outcome, shown, format, whole, parts FROM runs WHERE id = ? AND started > ?",
      run,
      now - this.#limits.resultMs,
    );
    const days = this.#limits.resultMs / (24 * 60 * 60 * 1_000);
    if (row !== undefined && row.outcome !== "ok")
      return no(
        `The run ${run} has no result: ${row.outcome === null ? "it has not ended" : `it ended with ${row.outcome}`}.`,
      );
    // One sentence for what never was, what is over and what is somebody else's: it must not tell them apart.
    if (row === undefined || row.shown === null)
      return no(
        `There is no result of a run ${run} here: one is kept for ${days} days at most, and for who ran it alone. Run the program again.`,
      );
    if (row.whole === 1) {
      const { shown } = row;
      return {
        ok: true,
        text: row.format === "text" ? JSON.stringify(shown) : shown,
        parts: 1,
        format: row.format,
      };
    }
    if (row.parts === 0)
      return no(`The result of the run ${run} was too large to be kept whole. Run it again and return less.`);
    const [stored] = this.#sql.exec<{ text: string }>(
      "SELECT text FROM results WHERE run = ? AND part = ?",
      run,
      part,
    );
    return stored === undefined
      ? no(`The result of the run ${run} has no part ${part}.`)
      : { ok: true, text: stored.text, parts: row.parts, format: row.format };
  }
}

function no(message: string): ResultPart {
  return { ok: false, message };
}
