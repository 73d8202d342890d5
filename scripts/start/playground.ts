import { rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunningWorker } from "../dev-server.ts";
import { localApiPath } from "../playground/local-api.ts";
import { seedPlayground, shopStorage } from "../playground/seed.ts";
import { startLocalApi } from "../playground/start-local-api.ts";
import { probePath } from "./watchdog/probe.ts";

export interface Playground {
  worker: RunningWorker;
  /** Base URL of its Cloudflare API. */
  api: string;
  seeded: boolean;
}

/** Starts the playground, and fills it with the shop's data when its storage is new. */
export async function startPlayground(state: string, port: number, fresh: boolean): Promise<Playground> {
  const storage = join(state, "playground");
  if (fresh) await rm(storage, { recursive: true, force: true });
  const worker = await startLocalApi({
    label: "The playground",
    port,
    persistTo: storage,
    storage: shopStorage,
    logFile: join(state, "playground.log"),
    unloggedPath: probePath,
    // Part of the API that it is.
    traces: true,
  });
  const api = worker.url + localApiPath;
  // A file beside the storage and not a key inside it: a program may delete every key, and seeding again
  // would then replace the tables it left alone.
  const marker = join(storage, "seeded");
  const seeded = !existsSync(marker);
  try {
    if (seeded) {
      await seedPlayground(api);
      await writeFile(marker, "");
    }
  } catch (error) {
    await worker.stop();
    throw error;
  }
  return { worker, api, seeded };
}
