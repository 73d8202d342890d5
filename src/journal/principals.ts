// Who has a journal, and whether everybody is paused: one object of the deployment. Knows no run, and of a principal its id alone.

import { DurableObject } from "cloudflare:workers";

/** Numbered, so that of two words the older one never counts, whichever comes first. */
export type Everybody = { paused: boolean; version: number };

/** @param seen when its journal last said that it is there, milliseconds since 1970: to the hour, while it runs programs */
export type Seen = { principal: string; seen: number };

export class Principals extends DurableObject {
  readonly #sql = this.#open();

  #open(): SqlStorage {
    const { sql } = this.ctx.storage;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS principals (principal TEXT PRIMARY KEY, seen INTEGER NOT NULL) WITHOUT ROWID;
       CREATE INDEX IF NOT EXISTS principals_by_seen ON principals (seen DESC, principal);
       CREATE TABLE IF NOT EXISTS everybody (version INTEGER PRIMARY KEY, paused INTEGER NOT NULL);`,
    );
    return sql;
  }

  /** A journal says that it is there. Whoever comes after everybody was paused learns it here, before anything runs. */
  add({ principal, seen }: Seen): Everybody {
    this.#sql.exec("INSERT OR REPLACE INTO principals (principal, seen) VALUES (?, ?)", principal, seen);
    return this.everybody();
  }

  forget(principal: string): void {
    this.#sql.exec("DELETE FROM principals WHERE principal = ?", principal);
  }

  has(principal: string): boolean {
    return this.#sql.exec("SELECT 1 FROM principals WHERE principal = ?", principal).toArray().length > 0;
  }

  everybody(): Everybody {
    const [last] = this.#sql.exec<{ version: number; paused: number }>(
      "SELECT version, paused FROM everybody",
    );
    return last === undefined ? { paused: false, version: 0 } : { ...last, paused: last.paused === 1 };
  }

  /** From now on for those who come; those who are there have to be told. */
  pauseEverybody(paused: boolean): Everybody {
    const version = this.everybody().version + 1;
    this.#sql.exec("DELETE FROM everybody");
    this.#sql.exec("INSERT INTO everybody (version, paused) VALUES (?, ?)", version, Number(paused));
    return { paused, version };
  }

  /** The last seen first. */
  list(before: Seen | undefined, count: number): Seen[] {
    const { seen, principal } = before ?? { seen: Number.MAX_SAFE_INTEGER, principal: "" };
    const found = this.#sql.exec<Seen>(
      `SELECT principal, seen FROM principals WHERE seen < ?1 OR (seen = ?1 AND principal > ?2)
       ORDER BY seen DESC, principal LIMIT ?3`,
      seen,
      principal,
      count,
    );
    return found.toArray();
  }

  /** In an order that does not change while it is gone through: nobody is passed over who is seen meanwhile. */
  names(after: string, count: number): string[] {
    const found = this.#sql.exec<{ principal: string }>(
      "SELECT principal FROM principals WHERE principal > ? ORDER BY principal LIMIT ?",
      after,
      count,
    );
    return found.toArray().map(({ principal }) => principal);
  }
}

export type PrincipalsEnv = { PRINCIPALS?: DurableObjectNamespace<Principals> };

export function principalsOf({ PRINCIPALS: principals }: PrincipalsEnv): DurableObjectStub<Principals> {
  if (principals === undefined) throw new Error("the Durable Object binding PRINCIPALS is missing");
  return principals.getByName("all");
}
