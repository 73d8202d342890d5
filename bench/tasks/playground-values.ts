// Tasks over many JSON values of the playground's key-value namespaces: sessions and receipts.

import type { PlaygroundState } from "./playground-state.ts";
import { describing, lookUp, run } from "./programs.ts";
import type { Calls, Task } from "./task.ts";

const [list, read, write] = [
  "workers-kv-namespace-list-a-namespace'-s-keys",
  "workers-kv-namespace-get-multiple-key-value-pairs",
  "workers-kv-namespace-write-multiple-key-value-pairs",
];

interface Session {
  user: string;
  plan: string;
  currency: string;
  lastSeen: string;
}

function sessions(count: number): Record<string, Session> {
  const all = Array.from({ length: count }, (_, n): [string, Session] => [
    `session:${String(n).padStart(4, "0")}`,
    {
      user: `user-${(n * 37) % 211}`,
      plan: ["free", "free", "pro", "team"][n % 4] ?? "free",
      currency: n % 5 === 2 || n % 7 === 3 ? "EURO" : "EUR",
      lastSeen: new Date(Date.UTC(2026, 7, 1 + ((n * 13) % 100))).toISOString(),
    },
  ]);
  return Object.fromEntries(all);
}

const sessionsOf = (state: PlaygroundState) => (state.kv["shop-sessions"] ?? {}) as Record<string, Session>;
const isStale = ({ lastSeen }: Session) => lastSeen < "2026-10-01";

interface Receipt {
  customer: string;
  lines: { sku: string; quantity: number; cents: number }[];
  totalCents: number;
}

function receipts(): Record<string, Receipt> {
  const skus = ["kettle", "grinder", "dripper", "filters", "scale", "beans"];
  const all = Array.from({ length: 40 }, (_, n): [string, Receipt] => {
    const lines = Array.from({ length: 1 + ((n * 5) % 9) }, (__, line) => ({
      sku: skus[(n + line) % skus.length] ?? "beans",
      quantity: 1 + (line % 3),
      cents: 690 + ((n * 97 + line * 41) % 90) * 100,
    }));
    const totalCents = lines.reduce((sum, { cents }) => sum + cents, 0);
    return [`receipt:${1000 + n}`, { customer: `customer ${(n % 10) + 1}`, lines, totalCents }];
  });
  return Object.fromEntries(all);
}

/** All keys of a namespace that fit one page, then their values in hundreds. */
async function readAll<T>(calls: Calls, namespace_id: string): Promise<Record<string, T>> {
  const { result } = (await calls.one(list, { namespace_id })).json<{ result: { name: string }[] }>();
  const keys = result.map(({ name }) => name);
  const parts = Array.from({ length: Math.ceil(keys.length / 100) }, (_, n) =>
    keys.slice(n * 100, n * 100 + 100),
  );
  const answers = await calls.together(parts.map((part) => [read, { namespace_id, body: { keys: part } }]));
  const values: Record<string, T> = {};
  for (const answer of answers) {
    const page = answer.json<{ result: { values: Record<string, string> } }>();
    for (const [key, text] of Object.entries(page.result.values)) values[key] = JSON.parse(text) as T;
  }
  return values;
}

/** Searches put the operation for one value before it. */
export const bulkGet = "POST /storage/kv/namespaces/{namespace_id}/bulk/get";

const readAllProgram = `const keys = await api.paginate({method: "GET", path: "/storage/kv/namespaces/{namespace_id}/keys", params: {namespace_id}}).all();
  const values = {};
  for (let i = 0; i < keys.length; i += 100) {
    const r = await api.request({method: "POST", path: "/storage/kv/namespaces/{namespace_id}/bulk/get", params: {namespace_id}, body: {keys: keys.slice(i, i + 100).map(k => k.name)}});
    Object.assign(values, r.data.result.values);
  }`;

const sample = run(`async () => {
  const namespace_id = "shop-sessions";
  const keys = (await api.request({method: "GET", path: "/storage/kv/namespaces/{namespace_id}/keys", params: {namespace_id}})).data.result;
  const r = await api.request({method: "POST", path: "/storage/kv/namespaces/{namespace_id}/bulk/get", params: {namespace_id}, body: {keys: keys.slice(0, 2).map(k => k.name)}});
  return {count: keys.length, sample: r.data.result.values};
}`);

export const valueTasks: readonly Task<PlaygroundState>[] = [
  {
    id: "kv-sum-receipts",
    kind: "aggregate",
    asks: "The KV namespace shop-archive holds receipts as JSON. Which one has the highest totalCents, and what do the totals of all receipts add up to, in cents?",
    begins: (state) => void (state.kv["shop-archive"] = receipts()),
    programs: [
      lookUp("list keys of a KV namespace", "get multiple values of a KV namespace"),
      describing(bulkGet),
      run(`async () => {
  const namespace_id = "shop-archive";
  ${readAllProgram}
  const all = Object.entries(values).map(([key, value]) => ({key, total: JSON.parse(value).totalCents}));
  all.sort((a, b) => b.total - a.total);
  return {highest: all[0], sum: all.reduce((s, r) => s + r.total, 0), receipts: all.length};
}`),
    ],
    async calls(calls) {
      const all = Object.entries(await readAll<Receipt>(calls, "shop-archive"));
      const [highest] = all.toSorted(([, one], [, other]) => other.totalCents - one.totalCents);
      return `${highest?.[0]} with ${highest?.[1].totalCents}; together ${all.reduce((sum, [, { totalCents }]) => sum + totalCents, 0)}`;
    },
    says({ kv }) {
      const all = Object.entries(kv["shop-archive"] as Record<string, Receipt>);
      const sum = all.reduce((total, [, { totalCents }]) => total + totalCents, 0);
      const highest = Math.max(...all.map(([, { totalCents }]) => totalCents));
      return [sum, highest, all.find(([, { totalCents }]) => totalCents === highest)?.[0] ?? ""];
    },
  },
  {
    id: "kv-fix-currency",
    kind: "fix",
    asks: "Some sessions in the KV namespace shop-sessions, which are JSON, have the currency EURO. It must be EUR. Mend them, leave everything else as it is, and tell me how many you changed.",
    begins: (state) => void (state.kv["shop-sessions"] = sessions(130)),
    programs: [
      lookUp(
        "list keys of a KV namespace",
        "get multiple values of a KV namespace",
        "write multiple key-value pairs",
      ),
      describing(bulkGet),
      sample,
      run(`async () => {
  const namespace_id = "shop-sessions";
  ${readAllProgram}
  const body = [];
  for (const [key, text] of Object.entries(values)) {
    const session = JSON.parse(text);
    if (session.currency === "EURO") body.push({key, value: JSON.stringify({...session, currency: "EUR"})});
  }
  const r = await api.request({method: "PUT", path: "/storage/kv/namespaces/{namespace_id}/bulk", params: {namespace_id}, body});
  return {ok: r.ok, changed: body.length, result: r.data.result};
}`),
    ],
    async calls(calls) {
      const wrong = Object.entries(await readAll<Session>(calls, "shop-sessions")).filter(
        ([, { currency }]) => currency === "EURO",
      );
      const body = wrong.map(([key, session]) => ({
        key,
        value: JSON.stringify({ ...session, currency: "EUR" }),
      }));
      await calls.one(write, { namespace_id: "shop-sessions", body });
      return `changed ${body.length}`;
    },
    ends(state) {
      for (const session of Object.values(sessionsOf(state))) session.currency = "EUR";
    },
    says: (state) => [Object.values(sessionsOf(state)).filter(({ currency }) => currency === "EURO").length],
  },
  {
    id: "kv-delete-stale",
    kind: "fix",
    asks: "Delete the sessions in the KV namespace shop-sessions, which are JSON, whose lastSeen is before 1 October 2026. Tell me how many you deleted and how many are left.",
    begins: (state) => void (state.kv["shop-sessions"] = sessions(90)),
    programs: [
      lookUp(
        "list keys of a KV namespace",
        "get multiple values of a KV namespace",
        "delete multiple key-value pairs",
      ),
      describing(bulkGet, "POST /storage/kv/namespaces/{namespace_id}/bulk/delete"),
      sample,
      run(`async () => {
  const namespace_id = "shop-sessions";
  ${readAllProgram}
  const stale = Object.keys(values).filter(key => JSON.parse(values[key]).lastSeen < "2026-10-01");
  const r = await api.request({method: "POST", path: "/storage/kv/namespaces/{namespace_id}/bulk/delete", params: {namespace_id}, body: stale});
  return {ok: r.ok, deleted: stale.length, left: keys.length - stale.length, result: r.data.result};
}`),
    ],
    async calls(calls) {
      const all = Object.entries(await readAll<Session>(calls, "shop-sessions"));
      const stale = all.filter(([, session]) => isStale(session)).map(([key]) => key);
      const remove = "workers-kv-namespace-delete-multiple-key-value-pairs";
      await calls.one(remove, { namespace_id: "shop-sessions", body: stale });
      return `deleted ${stale.length}, left ${all.length - stale.length}`;
    },
    ends(state) {
      const all = sessionsOf(state);
      for (const [key, session] of Object.entries(all)) if (isStale(session)) delete all[key];
    },
    says(state) {
      const all = Object.values(sessionsOf(state));
      const stale = all.filter(isStale).length;
      return [stale, all.length - stale];
    },
  },
];
