// One account's counts, in a Durable Object of its own: two requests at once cannot both take the last one. Knows nothing
// of who the account is, and forgets it when the longest window is over.

import { DurableObject } from "cloudflare:workers";
import { takeAll } from "./quota-windows.ts";
import type { Count, Quota, Taken } from "./quota-windows.ts";

export class Quotas extends DurableObject {
  async take(quotas: readonly Quota[], amount: number): Promise<Taken> {
    const now = Date.now();
    const { sql } = this.ctx.storage;
    // Here and not in a constructor: the alarm takes the table away while the object lives on.
    sql.exec(
      "CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, start INTEGER NOT NULL, count INTEGER NOT NULL)",
    );
    const rows = sql.exec<{ name: string; start: number; count: number }>(
      "SELECT name, start, count FROM counts",
    );
    const counts = new Map<string, Count>();
    for (const { name, start, count } of rows) counts.set(name, { start, count });
    const taken = takeAll(quotas, counts, now, amount);
    if (!taken.ok) return taken;
    for (const { name } of quotas) {
      const { start, count } = counts.get(name) ?? { start: 0, count: 0 };
      sql.exec("INSERT OR REPLACE INTO counts (name, start, count) VALUES (?, ?, ?)", name, start, count);
    }
    const longest = Math.max(...quotas.map(({ windowMs }) => windowMs));
    const end = now - (now % longest) + longest;
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm < end) await this.ctx.storage.setAlarm(end);
    return taken;
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}
