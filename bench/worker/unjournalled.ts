// The real Worker over a journal that stores nothing: what is left is what the journal costs.

import { DurableObject } from "cloudflare:workers";
import twofold from "../../src/index.ts";
import type { Env } from "../../src/run-tool.ts";

export * from "../../src/index.ts";

/** The least that storing a row before each call can cost: one insert, one commit. */
export class Commits extends DurableObject {
  insert(): void {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT)");
    sql.exec("INSERT INTO rows (text) VALUES ('a row of a journal')");
  }
}

const nothing = {
  begin: async () => "begun",
  before: async () => "stored",
  note: async () => undefined,
  end: async () => undefined,
  record: async () => undefined,
  untilStopped: () => new Promise(() => undefined),
};

export default {
  async fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/bench/commits") {
      const commits = env.COMMITS.getByName("all");
      for (let n = Number(searchParams.get("times")); n > 0; n -= 1) await commits.insert();
      return new Response();
    }
    const JOURNAL = { getByName: () => nothing } as unknown as NonNullable<Env["JOURNAL"]>;
    const answer = (twofold as ExportedHandler<Env>).fetch?.(request, { ...env, JOURNAL }, context);
    return answer ?? new Response(null, { status: 404 });
  },
} satisfies ExportedHandler<Env & { COMMITS: DurableObjectNamespace<Commits> }>;
