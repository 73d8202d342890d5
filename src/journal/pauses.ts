// Who has paused a principal. Each resumes what it paused, and the last of them lets programs begin again. Stops nothing itself.

import type { Everybody } from "./principals.ts";
import type { Pauser } from "./run.ts";

/** A pause of the principal's own has the name it always had. */
const names: Record<Pauser, string> = {
  self: "paused",
  operator: "paused by the operator",
  everybody: "paused with everybody",
};

export class Pauses {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  by(): Pauser[] {
    const rows = this.#sql.exec<{ name: string }>("SELECT name FROM settings").toArray();
    const pausers = Object.keys(names) as Pauser[];
    return pausers.filter((one) => rows.some(({ name }) => name === names[one]));
  }

  add(one: Pauser, now: number): void {
    this.#sql.exec("INSERT OR IGNORE INTO settings (name, value) VALUES (?, ?)", names[one], now);
  }

  remove(one: Pauser): void {
    this.#sql.exec("DELETE FROM settings WHERE name = ?", names[one]);
  }
}

/** The last word on everybody. An older one than was heard is over, whichever comes first. */
export class LastWord {
  #version = 0;

  isNews({ version }: Everybody): boolean {
    if (version < this.#version) return false;
    this.#version = version;
    return true;
  }
}
