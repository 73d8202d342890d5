// The playground of `npm start` with more room: namespaces of sessions, receipts and visits, and a second bucket.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadDocument } from "../../scripts/spec/load-document.ts";
import { localApiPath } from "../../scripts/playground/local-api.ts";
import { seedPlayground, shopStorage } from "../../scripts/playground/seed.ts";
import { startLocalApi } from "../../scripts/playground/start-local-api.ts";
import { freePort } from "../../test/worker/free-port.ts";
import { buckets, namespaces, type PlaygroundState, PlaygroundStore } from "./playground-state.ts";
import { serveTaskApi } from "./serve-task-api.ts";
import type { TaskApi } from "./task-api.ts";

const keepReason = "Reports are kept for ten years; ask accounting.";

/** `visits`: whether the namespace of visits is filled, which takes 10 s. */
export async function startPlayground({ visits = true } = {}): Promise<TaskApi<PlaygroundState>> {
  const directory = await mkdtemp(join(tmpdir(), "twofold-tasks-"));
  const worker = await startLocalApi({
    label: "The tasks' playground",
    port: await freePort(),
    persistTo: join(directory, "playground"),
    storage: { ...shopStorage, namespaces: byBinding(namespaces), buckets: byBinding(buckets) },
    traces: false,
    logFile: join(directory, "playground.log"),
    startTimeout: 120_000,
  });
  const url = worker.url + localApiPath;
  const stop = async () => {
    await worker.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await seedPlayground(url);
    const store = new PlaygroundStore(url);
    if (visits) await store.writeVisits();
    const base = await store.read();
    const document = (await loadDocument(url)).document as unknown as Record<string, unknown>;
    const policy = { deny: [{ operations: "DELETE /r2/**", reason: keepReason }] };
    const settings = { source: url, baseUrl: url, auth: { type: "none" as const }, policy };
    const twofold = await serveTaskApi({ name: "playground", document, settings, directory });
    return {
      name: "playground",
      document,
      url,
      headers: {},
      mcp: `${twofold.url}/mcp`,
      isDenied: (method, at) => method === "delete" && at.startsWith("/r2/"),
      base,
      read: () => store.read(),
      write: (state) => store.write(state),
      async stop() {
        await twofold.stop();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function byBinding(ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id) => [id.replace("shop-", "").toUpperCase(), id]));
}
