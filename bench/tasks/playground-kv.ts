// Tasks over the key-value namespaces of the playground: settings and visits.

import type { PlaygroundState } from "./playground-state.ts";
import { bulkGet } from "./playground-values.ts";
import { describing, lookUp, run } from "./programs.ts";
import type { Task } from "./task.ts";

const [list, read, write] = [
  "workers-kv-namespace-list-a-namespace'-s-keys",
  "workers-kv-namespace-get-multiple-key-value-pairs",
  "workers-kv-namespace-write-multiple-key-value-pairs",
];
const readOne = "workers-kv-namespace-read-key-value-pair";

export const kvTasks: readonly Task<PlaygroundState>[] = [
  {
    id: "kv-read-flag",
    kind: "read",
    asks: "Look at the key flags:gift-cards in the KV namespace shop-settings: are gift cards on, and if not, why not?",
    programs: [
      lookUp("read a value of a KV key"),
      run(
        `async () => (await api.request({method: "GET", path: "/storage/kv/namespaces/{namespace_id}/values/{key_name}", params: {namespace_id: "shop-settings", key_name: "flags:gift-cards"}})).data`,
      ),
    ],
    calls: async ({ one }) =>
      (await one(readOne, { namespace_id: "shop-settings", key_name: "flags:gift-cards" })).text,
    says: () => [/\b(false|off|no|not|disabled)\b/i, "tax review"],
  },
  {
    id: "kv-inventory",
    kind: "read",
    asks: "Which KV namespaces, D1 databases and R2 buckets does this account have? Name the ids.",
    programs: [
      lookUp("list KV namespaces", "list D1 databases", "list R2 buckets"),
      run(`async () => {
  const [kv, d1, r2] = await Promise.all(["/storage/kv/namespaces", "/d1/database", "/r2/buckets"].map(path => api.request({method: "GET", path})));
  return {kv: kv.data.result.map(n => n.id), d1: d1.data.result.map(d => d.uuid), r2: r2.data.result.buckets.map(b => b.name)};
}`),
    ],
    calls: async ({ together }) => {
      const asked = ["workers-kv-namespace-list-namespaces", "d1-list-databases", "r2-list-buckets"];
      return (await together(asked.map((operation) => [operation, {}]))).map(({ text }) => text).join("\n");
    },
    says: ({ kv, files }) => [...Object.keys(kv), ...Object.keys(files), /\bshop\b(?!-)/],
  },
  {
    id: "kv-page-keys",
    kind: "page",
    asks: "The keys of the KV namespace shop-visits are visit:PAGE:NUMBER. How many keys are there of each page?",
    programs: [
      lookUp("list keys of a KV namespace"),
      run(`async () => {
  const counts = {};
  const call = {method: "GET", path: "/storage/kv/namespaces/{namespace_id}/keys", params: {namespace_id: "shop-visits"}};
  for await (const {name} of api.paginate(call, {max: 100000})) {
    const page = name.split(":")[1];
    counts[page] = (counts[page] ?? 0) + 1;
  }
  return counts;
}`),
    ],
    async calls({ one }) {
      const counts: Record<string, number> = {};
      for (let cursor: string | undefined = ""; cursor !== undefined;) {
        const at: object = cursor === "" ? {} : { cursor };
        const answer = (await one(list, { namespace_id: "shop-visits", ...at })).json<{
          result: { name: string }[];
          result_info: { cursor?: string };
        }>();
        for (const { name } of answer.result) {
          const page = name.split(":")[1] ?? "";
          counts[page] = (counts[page] ?? 0) + 1;
        }
        cursor = answer.result_info.cursor === "" ? undefined : answer.result_info.cursor;
      }
      return JSON.stringify(counts);
    },
    says({ kv }) {
      const keys = Object.keys(kv["shop-visits"] ?? {});
      return ["home", "cart", "checkout"].map(
        (page) => keys.filter((key) => key.includes(`:${page}:`)).length,
      );
    },
  },
  {
    id: "kv-copy-prefix",
    kind: "create",
    asks: "Copy all keys of the KV namespace shop-settings that begin with shipping: to the namespace shop-archive, with 2026/ in front of their names. Tell me how many you copied.",
    programs: [
      lookUp(
        "list keys of a KV namespace",
        "get multiple values of a KV namespace",
        "write multiple key-value pairs",
      ),
      describing(bulkGet),
      run(`async () => {
  const namespace_id = "shop-settings";
  const keys = await api.paginate({method: "GET", path: "/storage/kv/namespaces/{namespace_id}/keys", params: {namespace_id}, query: {prefix: "shipping:"}}).all();
  const {data} = await api.request({method: "POST", path: "/storage/kv/namespaces/{namespace_id}/bulk/get", params: {namespace_id}, body: {keys: keys.map(k => k.name)}});
  const body = Object.entries(data.result.values).map(([key, value]) => ({key: "2026/" + key, value}));
  const r = await api.request({method: "PUT", path: "/storage/kv/namespaces/{namespace_id}/bulk", params: {namespace_id: "shop-archive"}, body});
  return {status: r.status, result: r.data.result, copied: body.map(b => b.key)};
}`),
    ],
    async calls({ one }) {
      const namespace_id = "shop-settings";
      const listed = (await one(list, { namespace_id, prefix: "shipping:" })).json<{
        result: { name: string }[];
      }>();
      const keys = listed.result.map(({ name }) => name);
      const { result } = (await one(read, { namespace_id, body: { keys } })).json<{
        result: { values: Record<string, string> };
      }>();
      const body = Object.entries(result.values).map(([key, value]) => ({ key: `2026/${key}`, value }));
      return (await one(write, { namespace_id: "shop-archive", body })).text;
    },
    ends({ kv }) {
      const shipping = Object.entries(kv["shop-settings"] ?? {}).filter(([key]) =>
        key.startsWith("shipping:"),
      );
      for (const [key, value] of shipping) (kv["shop-archive"] ??= {})[`2026/${key}`] = value;
    },
    says: () => [3],
  },
  {
    id: "kv-set-flags",
    kind: "fix",
    asks: "In the KV namespace shop-settings, let everybody have the new checkout (percentage 100 in flags:new-checkout) and start free shipping at 40 (minimum in flags:free-shipping). Leave their other fields.",
    programs: [
      lookUp("get multiple values of a KV namespace", "write multiple key-value pairs"),
      describing(bulkGet),
      run(`async () => {
  const params = {namespace_id: "shop-settings"};
  const keys = ["flags:new-checkout", "flags:free-shipping"];
  const {data} = await api.request({method: "POST", path: "/storage/kv/namespaces/{namespace_id}/bulk/get", params, body: {keys}});
  const [checkout, shipping] = keys.map(key => JSON.parse(data.result.values[key]));
  checkout.percentage = 100;
  shipping.minimum = 40;
  const body = [checkout, shipping].map((value, i) => ({key: keys[i], value: JSON.stringify(value)}));
  const r = await api.request({method: "PUT", path: "/storage/kv/namespaces/{namespace_id}/bulk", params, body});
  return {ok: r.ok, body};
}`),
    ],
    async calls({ one }) {
      const namespace_id = "shop-settings";
      const keys = ["flags:new-checkout", "flags:free-shipping"];
      const { result } = (await one(read, { namespace_id, body: { keys } })).json<{
        result: { values: Record<string, string> };
      }>();
      const [checkout, shipping] = keys.map((key) => JSON.parse(result.values[key] ?? "") as object);
      const values = [
        { ...checkout, percentage: 100 },
        { ...shipping, minimum: 40 },
      ];
      const body = values.map((value, n) => ({ key: keys[n], value: JSON.stringify(value) }));
      await one(write, { namespace_id, body });
      return "new-checkout is at 100 percent, free-shipping begins at 40";
    },
    ends({ kv }) {
      const settings = kv["shop-settings"] as Record<string, Record<string, unknown>>;
      Object.assign(settings["flags:new-checkout"] ?? {}, { percentage: 100 });
      Object.assign(settings["flags:free-shipping"] ?? {}, { minimum: 40 });
    },
    says: () => [],
  },
];
