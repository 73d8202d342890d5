// A process of its own, started by start-local-api.ts: Miniflare, the simulator of `wrangler dev`, around a Worker that does
// nothing. What matters is the local Cloudflare API it serves beside it, over the storage it was given and no other.

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { fail, serve } from "../dev-server/serve.ts";
import { localApiPath } from "./local-api.ts";
import type { Served } from "./start-local-api.ts";

const { port, persistTo, storage, traces } = JSON.parse(process.argv[2] ?? "") as Served;

try {
  const miniflare = new Miniflare(options());
  await keepRunning(miniflare, await serve(miniflare));
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}

/** Miniflare starts a runtime that ended again, but not one that ended while it was starting. Throws when five did. */
async function keepRunning(miniflare: Miniflare, ending: AbortSignal): Promise<void> {
  let failed = 0;
  while (!ending.aborted) {
    await sleep(1_000);
    try {
      await (failed === 0 ? miniflare.ready : miniflare.setOptions(options()));
      failed = 0;
    } catch (error) {
      failed += 1;
      if (failed === 5 && !ending.aborted) throw error;
    }
  }
}

function options() {
  return convertV4MiniflareOptions({
    name: "playground",
    host: "127.0.0.1",
    port,
    // Where it runs would be asked of the Internet.
    cf: false,
    log: new Log(LogLevel.INFO),
    unsafeLocalExplorer: true,
    // Of its own: what else runs on this machine is none of its business.
    unsafeDevRegistryPath: join(persistTo, "dev-registry"),
    unsafeObservability: traces,
    // Where wrangler keeps it, too.
    resourcePersistencePath: join(persistTo, "v3"),
    compatibilityDate: "2026-10-01",
    modules: true,
    script: `export default { fetch: () => new Response("The Twofold playground. Its API: ${localApiPath}\\n") };`,
    kvNamespaces: storage.namespaces,
    d1Databases: storage.databases,
    r2Buckets: storage.buckets,
  });
}
