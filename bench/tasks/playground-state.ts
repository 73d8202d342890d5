// All that the playground holds, as plain data: read and written through its own API.

import { isDeepStrictEqual } from "node:util";

export interface File {
  type: string;
  /** One of the two: base64 is for what is no text. */
  text?: string;
  base64?: string;
}

export interface PlaygroundState {
  /** Namespace → key → value, parsed where it is JSON. */
  kv: Record<string, Record<string, unknown>>;
  /** Table of the shop's database → rows. */
  tables: Record<string, Record<string, unknown>[]>;
  /** Bucket → key → file. */
  files: Record<string, Record<string, File>>;
}

export const namespaces = ["shop-settings", "shop-sessions", "shop-archive", "shop-visits"] as const;
/** Written once and never again, because its keys take 10 s: of these the state has the names alone. */
const visits = "shop-visits";
export const buckets = ["shop-files", "shop-backup"] as const;
/** Rows refer to those of a table before theirs. */
const seeded = ["products", "customers", "orders"];

interface Listed<T> {
  result: T;
  result_info?: { cursor?: string; is_truncated?: boolean | string };
}

export class PlaygroundStore {
  #url: string;
  /** Files do not change without their tag and time. */
  #known = new Map<string, File>();

  constructor(url: string) {
    this.#url = url;
  }

  async read(): Promise<PlaygroundState> {
    const each = async <T>(names: readonly string[], of: (name: string) => Promise<T>) =>
      Object.fromEntries(await Promise.all(names.map(async (name) => [name, await of(name)] as const)));
    const tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    const [kv, files, named] = await Promise.all([
      each(namespaces, (namespace) => this.#values(namespace)),
      each(buckets, (bucket) => this.#files(bucket)),
      this.#rows(tables),
    ]);
    const own = named.map(({ name }) => String(name)).filter((name) => !/^(sqlite|_cf)_/.test(name));
    return { kv, files, tables: await each(own, (name) => this.#rows(`SELECT * FROM "${name}" ORDER BY 1`)) };
  }

  /** More keys than a page has. */
  async writeVisits(): Promise<void> {
    const page = (n: number) => ["home", "home", "home", "cart", "cart", "checkout"][n % 6] ?? "home";
    const keys = Array.from({ length: 1_130 }, (_, n) => `visit:${page(n)}:${String(n).padStart(5, "0")}`);
    for (let at = 0; at < keys.length; at += 400) {
      const pairs = keys.slice(at, at + 400).map((key) => ({ key, value: "1" }));
      await this.#send("PUT", `/storage/kv/namespaces/${visits}/bulk`, pairs);
    }
  }

  async write(wanted: PlaygroundState): Promise<void> {
    const now = await this.read();
    for (const namespace of namespaces) {
      const [has, wants] = [now.kv[namespace] ?? {}, wanted.kv[namespace] ?? {}];
      const path = `/storage/kv/namespaces/${namespace}/bulk`;
      const gone = Object.keys(has).filter((key) => !(key in wants));
      if (gone.length > 0) await this.#send("POST", `${path}/delete`, gone);
      const pairs = Object.entries(wants).filter(([key, value]) => !isDeepStrictEqual(has[key], value));
      const put = pairs.map(([key, value]) => ({ key, value: JSON.stringify(value) }));
      if (put.length > 0) await this.#send("PUT", path, put);
    }
    for (const bucket of buckets) {
      const [has, wants] = [now.files[bucket] ?? {}, wanted.files[bucket] ?? {}];
      const path = `/r2/buckets/${bucket}/objects`;
      const gone = Object.keys(has).filter((key) => !(key in wants));
      if (gone.length > 0) await this.#send("DELETE", path, gone);
      for (const [key, file] of Object.entries(wants)) {
        if (isDeepStrictEqual(has[key], file)) continue;
        const bytes = file.text ?? Buffer.from(file.base64 ?? "", "base64");
        await this.#send("PUT", `${path}/${encodeURIComponent(key)}`, bytes, file.type);
      }
    }
    for (const name of Object.keys(now.tables)) {
      if (!(name in wanted.tables)) await this.#rows(`DROP TABLE "${name}"`);
    }
    if (isDeepStrictEqual(now.tables, wanted.tables)) return;
    for (const name of seeded.toReversed()) await this.#rows(`DELETE FROM ${name}`);
    for (const name of seeded) {
      const rows = wanted.tables[name] ?? [];
      const values = rows.map((row) => `(${Object.values(row).map(literal).join(", ")})`);
      await this.#rows(
        `INSERT INTO ${name} (${Object.keys(rows[0] ?? {}).join(", ")}) VALUES ${values.join(", ")}`,
      );
    }
  }

  async #values(namespace: string): Promise<Record<string, unknown>> {
    const path = `/storage/kv/namespaces/${namespace}`;
    const keys: string[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined;) {
      const query: string = cursor === "" ? "" : `?cursor=${encodeURIComponent(cursor)}`;
      const page: Listed<{ name: string }[]> = await this.#get(`${path}/keys${query}`);
      keys.push(...page.result.map(({ name }) => name));
      cursor = page.result_info?.cursor === "" ? undefined : page.result_info?.cursor;
    }
    if (namespace === visits) return Object.fromEntries(keys.map((key) => [key, 1]));
    const values: Record<string, unknown> = {};
    for (let at = 0; at < keys.length; at += 100) {
      const response = await this.#send("POST", `${path}/bulk/get`, { keys: keys.slice(at, at + 100) });
      const { result } = (await response.json()) as Listed<{ values: Record<string, string> }>;
      for (const [key, text] of Object.entries(result.values)) values[key] = parsed(text);
    }
    return values;
  }

  async #files(bucket: string): Promise<Record<string, File>> {
    const path = `/r2/buckets/${bucket}/objects`;
    const files: Record<string, File> = {};
    const { result } = await this.#get<Listed<{ key: string; etag: string; last_modified: string }[]>>(path);
    for (const { key, etag, last_modified } of result) {
      const mark = [bucket, key, etag, last_modified].join("\n");
      const file = this.#known.get(mark) ?? (await this.#file(`${path}/${encodeURIComponent(key)}`));
      this.#known.set(mark, file);
      files[key] = file;
    }
    return files;
  }

  async #file(path: string): Promise<File> {
    const response = await this.#fetch(path, { method: "GET" });
    // The charset is a matter of taste.
    const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString();
    const isText = Buffer.from(text).equals(bytes) && !text.includes("\0");
    return isText ? { type, text } : { type, base64: bytes.toString("base64") };
  }

  async #rows(sql: string): Promise<Record<string, unknown>[]> {
    const response = await this.#send("POST", "/d1/database/shop/raw", { sql });
    const { result } = (await response.json()) as Listed<
      { results: { columns: string[]; rows: unknown[][] } }[]
    >;
    const { columns = [], rows = [] } = result[0]?.results ?? {};
    return rows.map((row) => Object.fromEntries(columns.map((column, n) => [column, row[n]])));
  }

  async #get<T>(path: string): Promise<T> {
    return (await (await this.#fetch(path, { method: "GET" })).json()) as T;
  }

  #send(method: string, path: string, body: unknown, type = "application/json"): Promise<Response> {
    const isFile = typeof body === "string" || body instanceof Uint8Array;
    return this.#fetch(path, {
      method,
      headers: { "content-type": type },
      body: isFile ? (body as string) : JSON.stringify(body),
    });
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(this.#url + path, { ...init, signal: AbortSignal.timeout(15_000) });
    if (!response.ok)
      throw new Error(`${init.method} ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function literal(value: unknown): string {
  return typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}
