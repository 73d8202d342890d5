import { callLocalApi } from "./local-api.ts";
import { seedFiles } from "./seed-files.ts";
import { seedSettings } from "./seed-settings.ts";
import { seedTables } from "./seed-tables.ts";
import type { Storage } from "./start-local-api.ts";

const namespace = "shop-settings";
const database = "shop";
const bucket = "shop-files";

/** What must be there to be filled. */
export const shopStorage: Storage = {
  namespaces: { SETTINGS: namespace },
  databases: { SHOP: database },
  buckets: { FILES: bucket },
};

/** Fills a playground through its API, as any client would. Safe to repeat after an interruption. */
export async function seedPlayground(api: string): Promise<void> {
  for (const sql of seedTables()) {
    await callLocalApi(api, "POST", `/d1/database/${database}/raw`, JSON.stringify({ sql }));
  }
  const pairs = Object.entries(seedSettings).map(([key, value]) => ({ key, value: JSON.stringify(value) }));
  await callLocalApi(api, "PUT", `/storage/kv/namespaces/${namespace}/bulk`, JSON.stringify(pairs));
  for (const { key, contentType, content } of seedFiles()) {
    const path = `/r2/buckets/${bucket}/objects/${encodeURIComponent(key)}`;
    await callLocalApi(api, "PUT", path, content, contentType);
  }
}
