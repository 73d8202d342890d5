// Parts of results that are too large for the journal's own tables, in an R2 bucket where one is bound. Never asks anybody whose
// they are: each journal has a folder of its own there, named for its object's id, and all it reads and writes lies below.

import type { Limits } from "../limits.ts";

/** As many keys as R2 deletes at once. */
const atOnce = 1_000;

export class LargeResults {
  readonly #sql: SqlStorage;
  readonly #bucket: R2Bucket | undefined;
  readonly #folder: string;
  readonly #limits: Limits;
  /** On their way to the bucket: to delete one now would be too early. */
  readonly #leaving = new Set<string>();

  constructor(sql: SqlStorage, bucket: R2Bucket | undefined, folder: string, limits: Limits) {
    this.#sql = sql;
    this.#bucket = bucket;
    this.#folder = folder;
    this.#limits = limits;
  }

  /** Whether there is where to put them. */
  get bound(): boolean {
    return this.#bucket !== undefined;
  }

  /** The row comes first: what may be in the bucket is known, so that a part whose run dies can be found and deleted. */
  async put(run: string, part: number, text: string, now: number): Promise<void> {
    if (this.#bucket === undefined) throw new Error("the R2 binding RESULTS is missing");
    const bytes = new TextEncoder().encode(text);
    const key = this.#key(run, part);
    this.#sql.exec(
      "INSERT OR REPLACE INTO objects (run, part, bytes, stored) VALUES (?, ?, ?, ?)",
      run,
      part,
      bytes.length,
      now,
    );
    this.#leaving.add(key);
    try {
      await this.#bucket.put(key, bytes);
    } finally {
      this.#leaving.delete(key);
    }
  }

  /** Whether this part is among them, and so is nowhere else. */
  has(run: string, part: number): boolean {
    return this.#sql.exec("SELECT 1 FROM objects WHERE run = ? AND part = ?", run, part).toArray().length > 0;
  }

  /** Undefined when it is gone: the bucket may have an end of its own for what it holds. */
  async read(run: string, part: number): Promise<string | undefined> {
    const object = await this.#bucket?.get(this.#key(run, part));
    return object === null ? undefined : object?.text();
  }

  /** Runs whose results must go for there to be room for this one's: the oldest first. */
  beyondRoom(run: string): string[] {
    if (!this.bound) return [];
    const rows = this.#sql
      .exec<{ run: string; bytes: number }>(
        `SELECT run, sum(objects.bytes) AS bytes FROM objects JOIN runs ON runs.id = run WHERE runs.kept > 0
         GROUP BY run ORDER BY runs.started DESC, run`,
      )
      .toArray();
    let room = this.#limits.largeResultsBytes - (rows.find((row) => row.run === run)?.bytes ?? 0);
    const older = rows.filter((row) => row.run !== run);
    return older
      .filter(({ bytes }) => (room -= bytes) < 0)
      .map((row) => row.run)
      .toReversed();
  }

  /** Deletes what no run keeps any more, and what was left behind by runs that never came to their end. */
  async sweep(now: number): Promise<void> {
    if (this.#bucket !== undefined) await this.#delete(this.#bucket, now);
    // What could not be deleted in all that time is left to the bucket's own rule.
    this.#sql.exec("DELETE FROM objects WHERE stored < ?", now - this.#limits.journalMs);
  }

  async #delete(bucket: R2Bucket, now: number): Promise<void> {
    const { wallMs, interruptedMs } = this.#limits;
    const rows = this.#sql.exec<{ run: string; part: number }>(
      `SELECT run, part FROM objects WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = objects.run
         AND ((runs.kept > 0 AND objects.part < runs.parts) OR (runs.ended IS NULL AND runs.started >= ?)))`,
      now - wallMs - interruptedMs,
    );
    const over = rows.toArray().filter(({ run, part }) => !this.#leaving.has(this.#key(run, part)));
    for (let from = 0; from < over.length; from += atOnce) {
      const some = over.slice(from, from + atOnce);
      await bucket.delete(some.map(({ run, part }) => this.#key(run, part)));
      for (const { run, part } of some)
        this.#sql.exec("DELETE FROM objects WHERE run = ? AND part = ?", run, part);
    }
  }

  #key(run: string, part: number): string {
    return `${this.#folder}/${run}/${part}`;
  }
}
