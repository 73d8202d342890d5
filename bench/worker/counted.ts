// The real Worker, whose bindings are counted on their way in: what each run asks of Durable Objects, KV and the loader, in
// the units Cloudflare bills. Changes nothing of what they do.

import twofold, {
  Journal as RealJournal,
  Principals as RealPrincipals,
  Quotas as RealQuotas,
} from "../../src/index.ts";
import type { CallRow, RunStart } from "../../src/journal/run.ts";
import type { Env } from "../../src/run-tool.ts";

// All classes of the deployment; Journal, Quotas and Principals are those below.
export * from "../../src/index.ts";

/** Everything counted so far, by name. The Worker and its objects live in one process here, and share it. */
const counts: Record<string, number> = {};
const count = (name: string, amount = 1) => (counts[name] = (counts[name] ?? 0) + amount);

/** Whose journals there are. */
const principals = new Set<string>();

/** For how long an object has something to do: for that its memory is billed, whoever asked and however many. */
class Activity {
  readonly #kind: string;
  readonly #underWay = new Set<unknown>();
  #since = 0;

  constructor(kind: string) {
    this.#kind = kind;
  }

  begin(what: unknown): void {
    if (this.#underWay.size === 0) this.#since = Date.now();
    this.#underWay.add(what);
  }

  end(what: unknown): void {
    if (this.#underWay.delete(what) && this.#underWay.size === 0)
      count(`${this.#kind} active ms`, Date.now() - this.#since);
  }

  async during<T>(work: () => T): Promise<Awaited<T>> {
    const what = Symbol("a request");
    this.begin(what);
    try {
      return await work();
    } finally {
      this.end(what);
    }
  }
}

/** A storage whose statements and alarms are counted as rows, by the counters of SQLite's own cursors. */
function countedStorage(storage: DurableObjectStorage, kind: string): DurableObjectStorage {
  let last: { rowsRead: number; rowsWritten: number } | undefined;
  // A cursor counts while it is read, so each is looked at when the next statement comes.
  const settle = () => {
    if (last === undefined) return;
    count(`${kind} rows read`, last.rowsRead);
    count(`${kind} rows written`, last.rowsWritten);
    last = undefined;
  };
  const sql = counting(storage.sql, {
    exec: (...given: Parameters<SqlStorage["exec"]>) => {
      settle();
      const cursor = storage.sql.exec(...given);
      last = cursor;
      return cursor;
    },
  });
  return counting(storage, {
    sql,
    setAlarm: (...given: Parameters<DurableObjectStorage["setAlarm"]>) => {
      count(`${kind} rows written`);
      return storage.setAlarm(...given);
    },
    sync: () => {
      settle();
      return storage.sync();
    },
  });
}

/** The object with some members replaced; the others are called on the object itself. */
function counting<T extends object>(target: T, replaced: Record<string, unknown>): T {
  return new Proxy(target, {
    get(_, name) {
      if (typeof name === "string" && Object.hasOwn(replaced, name)) return replaced[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

export class Quotas extends RealQuotas {
  readonly #activity = new Activity("quotas");

  override async take(...given: Parameters<RealQuotas["take"]>) {
    return this.#activity.during(() => super.take(...given));
  }

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    this.ctx = counting<DurableObjectState<object>>(ctx as DurableObjectState<object>, {
      storage: countedStorage(ctx.storage, "quotas"),
    });
  }
}

/** Asked by journals, past the bindings that are counted: here it counts itself. */
export class Principals extends RealPrincipals {
  readonly #activity = new Activity("principals");

  override add(...given: Parameters<RealPrincipals["add"]>) {
    count("principals requests");
    // Of the table and of its index.
    count("principals rows written", 2);
    this.#activity.begin(given);
    try {
      return super.add(...given);
    } finally {
      this.#activity.end(given);
    }
  }
}

export interface JournalSize {
  bytes: number;
  runs: number;
  requests: number;
  keptBytes: number;
}

export class Journal extends RealJournal {
  readonly #uncounted: SqlStorage;
  readonly #activity = new Activity("journal");

  override async begin(...given: Parameters<RealJournal["begin"]>) {
    return this.#activity.during(() => super.begin(...given));
  }

  override async before(...given: Parameters<RealJournal["before"]>) {
    return this.#activity.during(() => super.before(...given));
  }

  /** Held open by the run's Worker until the run ends, and not always answered: the Worker may be gone by then. */
  override async untilStopped(run: string) {
    this.#activity.begin(run);
    return super.untilStopped(run);
  }

  override async end(...given: Parameters<RealJournal["end"]>): Promise<void> {
    await super.end(...given);
    this.#activity.end(given[0].id);
  }

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    this.#uncounted = ctx.storage.sql;
    this.ctx = counting<DurableObjectState<object>>(ctx as DurableObjectState<object>, {
      storage: countedStorage(ctx.storage, "journal"),
    });
  }

  size(): JournalSize {
    const sql = this.#uncounted;
    const one = (query: string) => sql.exec<{ n: number }>(query).one().n;
    return {
      bytes: sql.databaseSize,
      runs: one("SELECT count(*) AS n FROM runs"),
      requests: one("SELECT count(*) AS n FROM requests"),
      keptBytes: one("SELECT coalesce(sum(kept), 0) AS n FROM runs"),
    };
  }
}

/** An object's methods, each of which is one billed request. */
function countedStub<T extends object>(stub: T, kind: string): T {
  return new Proxy(stub, {
    get(target, method) {
      const value: unknown = Reflect.get(target, method, target);
      if (typeof value !== "function" || method === "then" || typeof method !== "string") return value;
      return (...given: unknown[]) => {
        count(`${kind} requests`);
        count(`${kind} requests: ${method}`);
        // Not value.apply: of a method of a stub that would be a method of that name in the object.
        return Reflect.apply(value, target, given) as unknown;
      };
    },
  });
}

function countedNamespace<T extends object>(namespace: T, kind: string): T {
  const { getByName } = namespace as unknown as { getByName(name: string): object };
  return counting(namespace, {
    getByName: (name: string) => {
      if (kind === "journal") principals.add(name);
      return countedStub(getByName.call(namespace, name), kind);
    },
  });
}

function countedEnv(env: Env): Env {
  const { OAUTH_KV: kv, LOADER: loader, JOURNAL: journal, QUOTAS: quotas } = env;
  const called = <A extends unknown[], R>(name: string, method: (...given: A) => R) => {
    return (...given: A): R => {
      count(name);
      return method(...given);
    };
  };
  return {
    ...env,
    LOADER: counting(loader, {
      load: called("isolates", loader.load.bind(loader)),
      get: called("isolates", loader.get.bind(loader)),
    }),
    ...(journal !== undefined && { JOURNAL: countedNamespace(journal, "journal") }),
    ...(quotas !== undefined && { QUOTAS: countedNamespace(quotas, "quotas") }),
    ...(kv !== undefined && {
      OAUTH_KV: counting(kv, {
        get: called("kv reads", kv.get.bind(kv) as (...given: unknown[]) => unknown),
        getWithMetadata: called("kv reads", kv.getWithMetadata.bind(kv) as (...given: unknown[]) => unknown),
        list: called("kv lists", kv.list.bind(kv) as (...given: unknown[]) => unknown),
        put: called("kv writes", kv.put.bind(kv)),
        delete: called("kv writes", kv.delete.bind(kv)),
      }),
    }),
  };
}

interface Month {
  from: number;
  runs: number;
  /** With those that came before and those still to come. */
  total: number;
  /** Of each result. */
  chars: number;
}

/** Runs of one principal straight into its journal: what a month leaves there, and how much one object can take. */
async function month(env: Env, { from, runs, total, chars }: Month): Promise<object> {
  if (env.JOURNAL === undefined) throw new Error("the Durable Object binding JOURNAL is missing");
  const journal = env.JOURNAL.getByName("month") as unknown as DurableObjectStub<Journal>;
  const started = Date.now();
  const day = 24 * 60 * 60 * 1_000;
  for (let n = from; n < from + runs; n += 1) {
    const id = `r_${String(n).padStart(10, "0")}`;
    // Days of a hundred runs, the last of them today.
    const at = started - Math.round(((total - n) * day) / 100);
    const call = (sequence: number, effect: CallRow["effect"]): CallRow => ({
      sequence,
      operation: effect === "read" ? "issues/list-for-repo" : "issues/create",
      method: effect === "read" ? "GET" : "POST",
      template: "/repos/{owner}/{repo}/issues",
      path: `/repos/octocat/hello-world/issues?page=${sequence}`,
      effect,
      started: at,
      status: 200,
      bytes: 6_000,
      ms: 80,
      attempts: 1,
      state: "done",
    });
    const run: RunStart = {
      id,
      tool: "execute",
      program: `// run ${n}\n${"const answer = await api.request(call); ".repeat(12)}`,
      client: "bench",
      scopes: ["read", "write"],
      started: at,
    };
    await journal.begin(run);
    await journal.before(id, [call(1, "read"), call(2, "write")]);
    const end = {
      ended: at + 500,
      outcome: "ok",
      message: "",
      logs: [],
      shown: "x".repeat(chars),
      format: "text" as const,
      whole: true,
      parts: 0,
    };
    await journal.end(run, end, [call(2, "write")]);
  }
  const milliseconds = Date.now() - started;
  return { runs, requests: runs * 3, milliseconds, size: await journal.size() };
}

export default {
  async fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    const number = (name: string) => Number(searchParams.get(name));
    if (pathname === "/bench/counts") return Response.json(counts);
    if (pathname === "/bench/sizes") {
      const sizes: JournalSize[] = [];
      for (const principal of principals) {
        const stub = env.JOURNAL?.getByName(principal);
        if (stub !== undefined) sizes.push(await (stub as unknown as DurableObjectStub<Journal>).size());
      }
      return Response.json(sizes);
    }
    if (pathname === "/bench/month") {
      const wanted = {
        from: number("from"),
        runs: number("runs"),
        total: number("total"),
        chars: number("chars"),
      };
      return Response.json(await month(env, wanted));
    }
    const answer = (twofold as ExportedHandler<Env>).fetch?.(request, countedEnv(env), context);
    return answer ?? new Response(null, { status: 404 });
  },
} satisfies ExportedHandler<Env>;
