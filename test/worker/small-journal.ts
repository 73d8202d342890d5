// The real Worker over a journal with small limits, a clock that can be moved, and a storage that can be told to fail; and
// what lies in its bucket, where it has one.

import twofold from "../../src/index.ts";
import { Journal as RealJournal } from "../../src/journal/journal.ts";
import type { CallRow, RunStart } from "../../src/journal/run.ts";
import { limits } from "../../src/limits.ts";
import type { Env } from "../../src/run-tool.ts";

// All classes of the deployment; Journal is the one below.
export * from "../../src/index.ts";

export const small = { journalRuns: 4, resultsBytes: 250_000, largeResultsBytes: 20_000_000 };

// Of an operator's requests, which take these at each and not when they load: pages that two principals fill.
Object.assign(limits, { principalsPage: 2, principalsAtOnce: 1 });

// A journal begins anywhere in its count to the next sweep. Here all begin at its start: one that came by chance would take runs
// that a test still looks at.
Math.random = () => 0;

let moved = 0;
/** Runs that are not told of a stop. */
const deaf = new Set<string>();
/** Runs whose results never come to their last part. */
const stuck = new Set<string>();
/** Runs whose journal has been restarted since they began. */
const restarted = new Set<string>();

export class Journal extends RealJournal {
  protected override get limits() {
    return { ...limits, ...small } as unknown as typeof limits;
  }

  protected override now(): number {
    return Date.now() + moved;
  }

  /** Milliseconds from now on; then the alarm, as if its time had come. Answers what is left. */
  async move(milliseconds: number): Promise<Record<string, number>> {
    moved += milliseconds;
    await this.alarm();
    const { sql } = this.ctx.storage;
    const tables = sql.exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    );
    return Object.fromEntries(
      tables
        .toArray()
        .map(({ name }) => [name, sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${name}`).one().n]),
    );
  }

  /** Milliseconds until the alarm rings. */
  async alarmIn(): Promise<number> {
    return ((await this.ctx.storage.getAlarm()) ?? Infinity) - this.now();
  }

  override async begin(run: RunStart) {
    if (run.program.includes("journal: no begin")) throw new Error("broken");
    if (run.program.includes("journal: deaf")) deaf.add(run.id);
    if (run.program.includes("journal: stuck")) stuck.add(run.id);
    if (run.program.includes("journal: late begin")) await new Promise((resolve) => setTimeout(resolve, 800));
    const begun = await super.begin(run);
    if (run.program.includes("journal: restarts") && !restarted.has(run.id)) {
      restarted.add(run.id);
      setTimeout(() => this.ctx.abort("restarted by a test"), 20);
    }
    return begun;
  }

  /** How many runs are on disk, without looking in a way that stores any. */
  async storedRuns(): Promise<number> {
    return this.ctx.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM runs").one().n;
  }

  override async untilStopped(run: string) {
    return deaf.has(run) ? new Promise<never>(() => undefined) : super.untilStopped(run);
  }

  override async keep(run: string, part: number, text: string, isLarge: boolean) {
    if (part === 3 && stuck.has(run)) await new Promise<never>(() => undefined);
    await super.keep(run, part, text, isLarge);
  }

  override async before(run: string, calls: readonly CallRow[]) {
    if (calls.some(({ path }) => path.includes("unstorable"))) throw new Error("broken");
    if (calls.some(({ path }) => path.includes("late")))
      await new Promise((resolve) => setTimeout(resolve, 800));
    return super.before(run, calls);
  }
}

export default {
  async fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/test/move") {
      const whose = searchParams.get("principal") ?? "local";
      const journal = env.JOURNAL?.getByName(whose) as unknown as { move(ms: number): Promise<object> };
      return Response.json(await journal.move(Number(searchParams.get("ms"))));
    }
    if (pathname === "/test/alarm") {
      const whose = searchParams.get("principal") ?? "local";
      const journal = env.JOURNAL?.getByName(whose) as unknown as { alarmIn(): Promise<number> };
      return Response.json(await journal.alarmIn());
    }
    if (pathname === "/test/stored") {
      const journal = env.JOURNAL?.getByName("local") as unknown as { storedRuns(): Promise<number> };
      return Response.json(await journal.storedRuns());
    }
    if (pathname === "/test/objects") {
      const listed = await env.RESULTS?.list();
      return Response.json(listed?.objects.map(({ key }) => key) ?? []);
    }
    return (
      (twofold as ExportedHandler<Env>).fetch?.(request, env, context) ?? new Response(null, { status: 404 })
    );
  },
} satisfies ExportedHandler<Env>;
