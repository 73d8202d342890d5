// The tables of a journal. A change is a new entry at the end: what is there was run by databases that are older than it.

const migrations: readonly string[] = [
  `CREATE TABLE runs (
     id TEXT PRIMARY KEY,
     tool TEXT NOT NULL,
     program TEXT NOT NULL,
     client TEXT NOT NULL,
     scopes TEXT NOT NULL,
     started INTEGER NOT NULL,
     ended INTEGER,
     stopped INTEGER,
     outcome TEXT,
     message TEXT NOT NULL DEFAULT '',
     logs TEXT NOT NULL DEFAULT '',
     calls INTEGER NOT NULL DEFAULT 0,
     writes INTEGER NOT NULL DEFAULT 0,
     bytes INTEGER NOT NULL DEFAULT 0,
     shown TEXT,
     format TEXT NOT NULL DEFAULT 'nothing',
     whole INTEGER NOT NULL DEFAULT 0,
     parts INTEGER NOT NULL DEFAULT 0,
     kept INTEGER NOT NULL DEFAULT 0
   );
   CREATE INDEX runs_by_start ON runs (started DESC, id);
   CREATE INDEX runs_with_result ON runs (started) WHERE kept > 0;
   CREATE TABLE requests (
     run TEXT NOT NULL,
     sequence INTEGER NOT NULL,
     operation TEXT NOT NULL,
     method TEXT NOT NULL,
     template TEXT NOT NULL,
     path TEXT NOT NULL,
     effect TEXT NOT NULL,
     started INTEGER NOT NULL,
     status INTEGER,
     bytes INTEGER NOT NULL DEFAULT 0,
     ms INTEGER,
     attempts INTEGER NOT NULL DEFAULT 1,
     state TEXT NOT NULL,
     PRIMARY KEY (run, sequence)
   ) WITHOUT ROWID;
   CREATE TABLE results (run TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run, part));
   CREATE TABLE settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL);`,
  // Bodies of calls, each as JSON of a StoredBody; `side` is request or response.
  `CREATE TABLE bodies (
     run TEXT NOT NULL,
     sequence INTEGER NOT NULL,
     side TEXT NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (run, sequence, side)
   );`,
  // Parts of results in an R2 bucket, known before they are there; `stored` is when.
  `CREATE TABLE objects (
     run TEXT NOT NULL,
     part INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     stored INTEGER NOT NULL,
     PRIMARY KEY (run, part)
   ) WITHOUT ROWID;`,
  // Under which grant a run runs; and grants that ended, with until when what began under them is not to go on.
  `ALTER TABLE runs ADD COLUMN grant TEXT;
   CREATE TABLE ended_grants (grant TEXT PRIMARY KEY, until INTEGER NOT NULL, ended INTEGER NOT NULL);`,
];

/** Brings a database of any age to the present: all of it or, when something throws, nothing. */
export function migrate(storage: DurableObjectStorage): "new" | "known" {
  const { sql } = storage;
  sql.exec("CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY)");
  const { version } = sql
    .exec<{ version: number }>("SELECT coalesce(max(version), 0) AS version FROM migrations")
    .one();
  if (version > migrations.length)
    throw new Error(
      `the journal is of version ${version}, and this code knows ${migrations.length}: deploy the newer one`,
    );
  storage.transactionSync(() => {
    for (const [n, statements] of migrations.entries()) {
      if (n < version) continue;
      sql.exec(statements);
      sql.exec("INSERT INTO migrations (version) VALUES (?)", n + 1);
    }
  });
  return version === 0 ? "new" : "known";
}
