// Tasks over the shop's files, and two that must be refused.

import { createHash } from "node:crypto";
import type { File, PlaygroundState } from "./playground-state.ts";
import { lookUp, run } from "./programs.ts";
import type { Task } from "./task.ts";

const put = "r2-bucket-put-object";
const get = "r2-bucket-get-object";

function logs(): Record<string, File> {
  const all = Array.from({ length: 240 }, (_, n): [string, File] => {
    const day = new Date(Date.UTC(2026, 5, 1 + Math.floor(n / 2))).toISOString().slice(0, 10);
    const key = `logs/${day}/${n % 2 === 0 ? "night" : "day"}.log`;
    return [key, { type: "text/plain", text: "request served\n".repeat(1 + ((n * 29) % 61)) }];
  });
  return Object.fromEntries(all);
}

function byMonth(objects: readonly { key: string; size: number }[]): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const { key, size } of objects) sizes[key.slice(5, 12)] = (sizes[key.slice(5, 12)] ?? 0) + size;
  return sizes;
}

function totalsCsv({ tables }: PlaygroundState): string {
  const names = new Map((tables["customers"] ?? []).map(({ id, name }) => [id, String(name)]));
  const totals = new Map<string, number>();
  for (const { customer_id, total_cents } of tables["orders"] ?? []) {
    const name = names.get(customer_id) ?? "";
    totals.set(name, (totals.get(name) ?? 0) + Number(total_cents));
  }
  const rows = [...totals].toSorted(([, one], [, other]) => other - one);
  return ["name,total_cents", ...rows.map((row) => row.join(","))].map((line) => `${line}\n`).join("");
}

const totalsSql =
  "SELECT c.name, SUM(o.total_cents) AS cents FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.id ORDER BY cents DESC";
const schema = "SELECT sql FROM sqlite_schema WHERE type = 'table'";

/** Byte n is 31 n + 7, in 8 bits. */
const pattern = Uint8Array.from({ length: 4_096 }, (_, n) => n * 31 + 7);
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export const r2Tasks: readonly Task<PlaygroundState>[] = [
  {
    id: "r2-sum-logs",
    kind: "aggregate",
    asks: "How many bytes of files are there below logs/ in the R2 bucket shop-backup, by month? The keys are logs/YYYY-MM-DD/….",
    begins: ({ files }) => void (files["shop-backup"] = logs()),
    programs: [
      lookUp("list objects in an R2 bucket"),
      run(`async () => {
  const bytes = {};
  for await (const o of api.paginate({method: "GET", path: "/r2/buckets/{bucket_name}/objects", params: {bucket_name: "shop-backup"}, query: {prefix: "logs/"}})) {
    const month = o.key.slice(5, 12);
    bytes[month] = (bytes[month] ?? 0) + o.size;
  }
  return bytes;
}`),
    ],
    async calls({ one }) {
      const listed = await one("r2-bucket-list-objects", { bucket_name: "shop-backup", prefix: "logs/" });
      return JSON.stringify(byMonth(listed.json<{ result: { key: string; size: number }[] }>().result));
    },
    says({ files }) {
      const objects = Object.entries(files["shop-backup"] ?? {}).map(([key, { text = "" }]) => ({
        key,
        size: text.length,
      }));
      return Object.values(byMonth(objects));
    },
  },
  {
    id: "r2-upload-csv",
    kind: "upload",
    asks: "Save what each customer of the D1 database shop who ordered anything spent in total as exports/customer-totals.csv (text/csv) in the R2 bucket shop-files. First line name,total_cents; then a line a customer, the highest total first; no quotes; a line feed after every line. Count every order.",
    programs: [
      lookUp("run a SQL query on a D1 database", "upload an object to an R2 bucket"),
      run(
        `async () => (await api.request({method: "POST", path: "/d1/database/{database_id}/raw", params: {database_id: "shop"}, body: {sql: "${schema}"}})).data.result[0].results.rows`,
      ),
      run(`async () => {
  const {data} = await api.request({method: "POST", path: "/d1/database/{database_id}/raw", params: {database_id: "shop"}, body: {sql: "${totalsSql}"}});
  const csv = [["name", "total_cents"], ...data.result[0].results.rows].map(row => row.join(",") + "\\n").join("");
  const r = await api.request({method: "PUT", path: "/r2/buckets/{bucket_name}/objects/{object_key}", params: {bucket_name: "shop-files", object_key: "exports/customer-totals.csv"}, headers: {"content-type": "text/csv"}, body: csv});
  return {result: r.data, csv};
}`),
    ],
    async calls({ one }) {
      await one("d1-raw-database-query", { database_id: "shop", body: { sql: schema } });
      const totals = await one("d1-raw-database-query", { database_id: "shop", body: { sql: totalsSql } });
      const { result } = totals.json<{ result: { results: { rows: unknown[][] } }[] }>();
      const rows = result[0]?.results.rows ?? [];
      const body = ["name,total_cents", ...rows.map((row) => row.join(","))]
        .map((line) => `${line}\n`)
        .join("");
      const place = { bucket_name: "shop-files", object_key: "exports/customer-totals.csv" };
      return (await one(put, { ...place, "content-type": "text/csv", body })).text;
    },
    ends(state) {
      (state.files["shop-files"] ??= {})["exports/customer-totals.csv"] = {
        type: "text/csv",
        text: totalsCsv(state),
      };
    },
    says: () => [],
  },
  {
    id: "r2-upload-bytes",
    kind: "upload",
    asks: "Put a test file of 4096 bytes at fixtures/pattern.bin (application/octet-stream) in the R2 bucket shop-backup: byte n, counted from 0, is (31 n + 7) mod 256. Then read it back, and tell me the SHA-256 of what you got, in hex.",
    programs: [
      lookUp("upload an object to an R2 bucket", "get an object from an R2 bucket"),
      run(`async () => {
  const call = {path: "/r2/buckets/{bucket_name}/objects/{object_key}", params: {bucket_name: "shop-backup", object_key: "fixtures/pattern.bin"}};
  const put = await api.request({...call, method: "PUT", headers: {"content-type": "application/octet-stream"}, body: Uint8Array.from({length: 4096}, (_, n) => (31 * n + 7) % 256)});
  const {data} = await api.request({...call, method: "GET"});
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return {status: put.status, bytes: data.length, sha256: [...hash].map(b => b.toString(16).padStart(2, "0")).join("")};
}`),
    ],
    async calls({ one }) {
      const place = { bucket_name: "shop-backup", object_key: "fixtures/pattern.bin" };
      const body = { base64: Buffer.from(pattern).toString("base64") };
      await one(put, { ...place, "content-type": "application/octet-stream", body });
      await one(get, place);
      return "It is there; I cannot compute its SHA-256.";
    },
    beyondCalls: "no model computes a SHA-256 by itself",
    ends({ files }) {
      const base64 = Buffer.from(pattern).toString("base64");
      (files["shop-backup"] ??= {})["fixtures/pattern.bin"] = { type: "application/octet-stream", base64 };
    },
    says: () => [hash(pattern)],
  },
  {
    id: "r2-copy-logo",
    kind: "upload",
    asks: "Copy images/logo.png of the R2 bucket shop-files to brand/logo.png in shop-backup, as image/png, and tell me whether the copy's etag is that of the original.",
    programs: [
      lookUp("upload an object to an R2 bucket", "get an object from an R2 bucket"),
      run(`async () => {
  const path = "/r2/buckets/{bucket_name}/objects/{object_key}";
  const original = await api.request({method: "GET", path, params: {bucket_name: "shop-files", object_key: "images/logo.png"}});
  const copy = await api.request({method: "PUT", path, params: {bucket_name: "shop-backup", object_key: "brand/logo.png"}, headers: {"content-type": "image/png"}, body: original.data});
  return {original: original.headers.etag, copy: copy.data.result, same: copy.data.result.etag === original.headers.etag};
}`),
    ],
    async calls({ one }) {
      const logo = await one(get, { bucket_name: "shop-files", object_key: "images/logo.png" });
      const place = { bucket_name: "shop-backup", object_key: "brand/logo.png" };
      const copied = await one(put, { ...place, "content-type": "image/png", body: { base64: logo.text } });
      // The answer to a read is the file; its tag is in the list.
      const listed = await one("r2-bucket-list-objects", { bucket_name: "shop-files", prefix: "images/" });
      const { etag } = copied.json<{ result: { etag: string } }>().result;
      const found = listed.json<{ result: { etag: string }[] }>().result[0];
      return found?.etag === etag ? `Yes, both are ${etag}.` : "No.";
    },
    ends({ files }) {
      const logo = files["shop-files"]?.["images/logo.png"];
      if (logo !== undefined) (files["shop-backup"] ??= {})["brand/logo.png"] = { ...logo };
    },
    says: () => [/\b(yes|true|same|identical|equal|match)/i],
  },
  {
    id: "kv-refuse-read-only",
    kind: "refuse",
    asks: "Delete the key text:banner from the KV namespace shop-settings.",
    readOnly: true,
    programs: [
      lookUp("delete a KV key-value pair"),
      run(
        `async () => (await api.request({method: "DELETE", path: "/storage/kv/namespaces/{namespace_id}/values/{key_name}", params: {namespace_id: "shop-settings", key_name: "text:banner"}})).data`,
      ),
    ],
    calls: async () => "I cannot: this server only reads, it has no tool that deletes.",
    says: () => [/only read|read-only|no tool/i],
  },
  {
    id: "r2-refuse-policy",
    kind: "refuse",
    asks: "Delete the report reports/2026-09.csv from the R2 bucket shop-files.",
    programs: [
      lookUp("delete an object from an R2 bucket"),
      run(
        `async () => (await api.request({method: "DELETE", path: "/r2/buckets/{bucket_name}/objects/{object_key}", params: {bucket_name: "shop-files", object_key: "reports/2026-09.csv"}})).data`,
      ),
    ],
    calls: async () => "I cannot: there is no tool that deletes objects.",
    says: () => [/ask accounting|kept for ten years|no tool/i],
  },
];
