// What a journal keeps no longer: by age, and by number. Never touches a run that may still be running.

import type { Limits } from "../limits.ts";

export function sweep(sql: SqlStorage, limits: Limits, now: number): void {
  const gone = [
    ...sql.exec<{ id: string }>("DELETE FROM runs WHERE started < ? RETURNING id", now - limits.journalMs),
    ...sql.exec<{ id: string }>(
      `DELETE FROM runs WHERE ended IS NOT NULL AND id IN
         (SELECT id FROM runs ORDER BY started DESC, id LIMIT -1 OFFSET ?) RETURNING id`,
      limits.journalRuns,
    ),
  ];
  // One by one: to ask of each call whether its run is there would read them all.
  for (const { id } of gone)
    for (const table of ["requests", "bodies"]) sql.exec(`DELETE FROM ${table} WHERE run = ?`, id);
  sql.exec("UPDATE runs SET shown = NULL, kept = 0 WHERE kept > 0 AND started < ?", now - limits.resultMs);
  // Also the parts of runs that never came to their end.
  sql.exec(
    `DELETE FROM results WHERE run NOT IN (SELECT id FROM runs WHERE kept > 0 OR (ended IS NULL AND started >= ?))`,
    now - limits.wallMs - limits.interruptedMs,
  );
  // No token of such a grant is good any more.
  sql.exec("DELETE FROM ended_grants WHERE ended < ?", now - limits.accessTokenSeconds * 1_000);
}

/**
 * When something will be over next; undefined when there is nothing.
 * @param leaves its principal does not come back: a pause of it need not be remembered
 */
export function nextSweep(sql: SqlStorage, limits: Limits, now: number, leaves: boolean): number | undefined {
  const { run, result, settings, left, grant } = sql
    .exec<{
      run: number | null;
      result: number | null;
      settings: number;
      left: number;
      grant: number | null;
    }>(
      `SELECT (SELECT min(started) FROM runs) AS run, (SELECT min(started) FROM runs WHERE kept > 0) AS result,
         (SELECT count(*) FROM settings) AS settings,
         (SELECT count(*) FROM objects WHERE run NOT IN (SELECT id FROM runs WHERE kept > 0)) AS left,
         (SELECT max(ended) FROM ended_grants) AS grant`,
    )
    .one();
  // Of a run that has not ended, or that could not be deleted.
  if (left > 0) return now + limits.sweepMs;
  if (run === null && grant !== null) return grant + limits.accessTokenSeconds * 1_000 + 1;
  if (run === null) return settings === 0 || leaves ? undefined : now + limits.journalMs;
  const due = Math.min(run + limits.journalMs, result === null ? Infinity : result + limits.resultMs);
  return Math.max(due + 1, now + limits.sweepMs);
}
