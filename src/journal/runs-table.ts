// Runs and their calls in SQLite. Never decides anything about a run; it stores, finds and words what is stored.

import type { Limits } from "../limits.ts";
import type { CallRow, ResultFormat, RunDetail, RunEnd, RunFilter, RunStart, RunSummary } from "./run.ts";

type StoredRun = {
  id: string;
  tool: "search" | "execute";
  program: string;
  client: string;
  scopes: string;
  started: number;
  ended: number | null;
  stopped: number | null;
  outcome: string | null;
  message: string;
  logs: string;
  calls: number;
  writes: number;
  bytes: number;
  shown: string | null;
  format: ResultFormat;
  whole: number;
  parts: number;
  kept: number;
};

type RunState = { id: string; started: number; ended: number | null; stopped: number | null };

/** Whether a run whose end is not stored may still come to one. */
type Runs = (run: { id: string; started: number }) => boolean;

const excerptChars = 300;
const columns = "id, tool, client, scopes, started, ended, stopped, outcome, message, calls, writes, bytes";

export class RunsTable {
  readonly #sql: SqlStorage;
  readonly #limits: Limits;

  constructor(sql: SqlStorage, limits: Limits) {
    this.#sql = sql;
    this.#limits = limits;
  }

  start(run: RunStart): void {
    this.#sql.exec(
      "INSERT OR IGNORE INTO runs (id, tool, program, client, scopes, started, grant) VALUES (?, ?, ?, ?, ?, ?, ?)",
      run.id,
      run.tool,
      run.program,
      run.client,
      run.scopes.join(" "),
      run.started,
      run.grant ?? null,
    );
  }

  /** Runs under this grant that began before `until` are over, also those that come here later. */
  endGrant(grant: string, until: number, now: number): void {
    this.#sql.exec(
      `INSERT INTO ended_grants (grant, until, ended) VALUES (?, ?, ?)
       ON CONFLICT (grant) DO UPDATE SET until = max(until, excluded.until), ended = excluded.ended`,
      grant,
      until,
      now,
    );
  }

  /** Whether the grant of a run has ended since its token was looked at. */
  isOver({ grant, started, arrived = started }: RunStart): boolean {
    if (grant === undefined) return false;
    const ended = "SELECT 1 FROM ended_grants WHERE grant = ? AND until >= ?";
    return this.#sql.exec(ended, grant, arrived).toArray().length > 0;
  }

  /** Stores what is known of these calls now, in the place of what was known before. */
  store(run: string, calls: readonly CallRow[]): void {
    for (const call of calls) {
      this.#sql.exec(
        `INSERT OR REPLACE INTO requests
           (run, sequence, operation, method, template, path, effect, started, status, bytes, ms, attempts, state)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        run,
        call.sequence,
        call.operation,
        call.method,
        call.template,
        call.path.slice(0, this.#limits.journalPathChars),
        call.effect,
        call.started,
        call.status,
        call.bytes,
        call.ms,
        call.attempts,
        call.state,
      );
    }
  }

  end(run: string, end: RunEnd): void {
    this.#sql.exec(
      `UPDATE runs SET ended = ?, outcome = ?, message = ?, logs = ?, shown = ?, format = ?, whole = ?, parts = ?,
         calls = (SELECT count(*) FROM requests WHERE run = id),
         writes = (SELECT count(*) FROM requests WHERE run = id AND effect <> 'read'),
         bytes = (SELECT coalesce(sum(bytes), 0) FROM requests WHERE run = id)
       WHERE id = ? AND ended IS NULL`,
      end.ended,
      end.outcome,
      end.message.slice(0, this.#limits.errorChars),
      JSON.stringify(end.logs),
      end.shown,
      end.format,
      Number(end.whole),
      end.parts,
      run,
    );
  }

  /** Undefined when there is no such run. */
  state(run: string): RunState | undefined {
    const [row] = this.#sql.exec<RunState>("SELECT id, started, ended, stopped FROM runs WHERE id = ?", run);
    return row;
  }

  stop(run: string, now: number): void {
    this.#sql.exec(
      "UPDATE runs SET stopped = ? WHERE id = ? AND ended IS NULL AND stopped IS NULL",
      now,
      run,
    );
  }

  /** @param grant those alone that run under it */
  open(grant: string | null = null): { id: string; started: number }[] {
    const found = this.#sql.exec<{ id: string; started: number }>(
      "SELECT id, started FROM runs WHERE ended IS NULL AND (?1 IS NULL OR grant = ?1)",
      grant,
    );
    return found.toArray();
  }

  list(filter: RunFilter, runs: Runs): RunSummary[] {
    const where: string[] = [];
    const values: (string | number)[] = [];
    const only = (condition: string, ...given: (string | number)[]) => {
      where.push(condition);
      values.push(...given);
    };
    const { outcome, operation, text, before } = filter;
    const messages = filter.hidesMessages === true ? "iif(outcome = 'refused', message, '')" : "message";
    if (outcome === "running" || outcome === "interrupted") {
      const ids = this.open()
        .filter((run) => runs(run) === (outcome === "running"))
        .map(({ id }) => id);
      only("id IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
    } else if (outcome !== undefined) only("outcome = ?", outcome);
    if (operation !== undefined)
      only(
        "EXISTS (SELECT 1 FROM requests WHERE run = id AND (operation = ? OR method || ' ' || template = ?))",
        operation,
        operation,
      );
    if (text !== undefined)
      only(
        `instr(lower(id || char(10) || program || char(10) || client || char(10) || ${messages}), lower(?)) > 0`,
        text,
      );
    if (before !== undefined)
      only("(started < ? OR (started = ? AND id > ?))", before.started, before.started, before.id);
    const rows = this.#sql.exec<Omit<StoredRun, "program"> & { excerpt: string }>(
      `SELECT ${columns}, substr(program, 1, ${excerptChars}) AS excerpt FROM runs
       ${where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`} ORDER BY started DESC, id LIMIT ?`,
      ...values,
      filter.count,
    );
    return rows.toArray().map((row) => this.#summary(row, runs));
  }

  read(run: string, runs: Runs, readable: boolean): RunDetail | undefined {
    const [row] = this.#sql.exec<StoredRun>("SELECT * FROM runs WHERE id = ?", run);
    if (row === undefined) return undefined;
    const calls = this.#sql.exec<Omit<CallRow, "requestBody" | "responseBody">>(
      `SELECT sequence, operation, method, template, path, effect, started, status, bytes, ms, attempts, state
       FROM requests WHERE run = ? ORDER BY sequence`,
      run,
    );
    const summary = this.#summary({ ...row, excerpt: row.program.slice(0, excerptChars) }, runs);
    return {
      ...summary,
      program: row.program,
      logs: row.logs === "" ? [] : (JSON.parse(row.logs) as string[]),
      result: { format: row.format, shown: row.shown, whole: row.whole === 1, readable },
      requests: calls.toArray().map((call) => {
        const note = noteOf(call, summary.outcome);
        return note === undefined ? call : { ...call, note };
      }),
    };
  }

  #summary(row: Omit<StoredRun, "program"> & { excerpt: string }, runs: Runs): RunSummary {
    const { id, tool, client, scopes, started, ended, stopped, outcome, message, excerpt } = row;
    const now = ended === null ? this.#counted(id) : row;
    const { calls, writes, bytes } = now;
    return {
      id,
      tool,
      client,
      scopes: scopes === "" ? [] : scopes.split(" "),
      started,
      ended,
      outcome: outcome ?? (runs(row) ? "running" : "interrupted"),
      message,
      calls,
      writes,
      bytes,
      stopped,
      excerpt,
    };
  }

  #counted(run: string): { calls: number; writes: number; bytes: number } {
    return this.#sql
      .exec<{ calls: number; writes: number; bytes: number }>(
        `SELECT count(*) AS calls, coalesce(sum(effect <> 'read'), 0) AS writes, coalesce(sum(bytes), 0) AS bytes
         FROM requests WHERE run = ?`,
        run,
      )
      .one();
  }
}

/** What a reader must know of a call that the journal itself cannot know. */
function noteOf({ state, effect }: CallRow, outcome: string): string | undefined {
  const reads = effect === "read";
  if (state === "in flight") {
    if (outcome === "running") return undefined;
    const when = outcome === "interrupted" ? "when the server stopped" : "when the run ended";
    return reads ? `in flight ${when}` : `in flight ${when}: may have been carried out`;
  }
  return state === "failed" && !reads ? "no answer that could be read: may have been carried out" : undefined;
}
