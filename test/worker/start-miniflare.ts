import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundleWorker } from "./bundle-worker.ts";
import { freePort } from "./free-port.ts";
import { descendants } from "./process-tree.ts";
import type { RunningWorkerd } from "./start-workerd.ts";
import type { WorkerSettings } from "./workerd-config.ts";

/** Also what Miniflare simulates of Cloudflare, as wrangler has it do. */
export interface SimulatedSettings extends WorkerSettings {
  kv_namespaces?: { binding: string }[];
  r2_buckets?: { binding: string }[];
  assets?: Assets;
}

interface Assets {
  directory: string;
  binding: string;
  run_worker_first?: boolean;
  html_handling?: "none";
  not_found_handling?: "none";
}

/**
 * The Worker with KV, R2 and the console's files, by the simulator that `wrangler dev` runs, in this process: a sixth of the
 * processor time of a wrangler.
 */
export async function startMiniflare(given: {
  settings: SimulatedSettings;
  artifact: string;
  secrets: Record<string, string>;
  state: string;
}): Promise<RunningWorkerd> {
  const { settings, artifact, secrets, state } = given;
  const port = await freePort();
  let output = "";
  const options = convertV4MiniflareOptions({
    name: "twofold",
    host: "127.0.0.1",
    port,
    // Where it runs would be asked of the Internet.
    cf: false,
    // So that a test can look into the storage.
    unsafeLocalExplorer: true,
    logRequests: false,
    handleStructuredLogs: ({ message }) => (output += `${message}\n`),
    resourcePersistencePath: state,
    modules: await modulesOf(await bundleWorker(settings.main), artifact),
    compatibilityDate: settings.compatibility_date,
    compatibilityFlags: settings.compatibility_flags,
    bindings: { ...settings.vars, ...secrets },
    workerLoaders: Object.fromEntries(names(settings.worker_loaders).map((binding) => [binding, {}])),
    kvNamespaces: names(settings.kv_namespaces),
    r2Buckets: names(settings.r2_buckets),
    durableObjects: Object.fromEntries(
      (settings.durable_objects?.bindings ?? []).map(({ name, class_name }) => [
        name,
        { className: class_name, useSQLite: true },
      ]),
    ),
    ...(settings.assets && { assets: assetsOf(settings.assets) }),
  });
  const miniflare = new Miniflare(options);
  await miniflare.ready;
  return {
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    kill() {
      const workerd = descendants(process.pid).find(({ command }) => command.includes(`=127.0.0.1:${port} `));
      if (workerd === undefined) throw new Error("There is no workerd to end.");
      process.kill(workerd.pid, "SIGKILL");
    },
    stop: () => miniflare.dispose(),
  };
}

async function modulesOf(bundle: string, artifact: string) {
  const data = (await readdir(artifact)).filter((name) => name.endsWith(".bin"));
  const text = async (path: string, file: string) => ({
    type: "ESModule" as const,
    path,
    contents: await readFile(file, "utf8"),
  });
  return Promise.all([
    text(basename(bundle), bundle),
    text("twofold-artifact", join(artifact, "artifact.js")),
    ...data.map(async (name) => ({
      type: "Data" as const,
      path: name,
      contents: new Uint8Array(await readFile(join(artifact, name))),
    })),
  ]);
}

function names(bindings: { binding: string }[] = []): string[] {
  return bindings.map(({ binding }) => binding);
}

/** As wrangler makes of its config what is asked first, the Worker or the files. */
function assetsOf({ directory, binding, run_worker_first = false, ...handling }: Assets) {
  return {
    directory,
    binding,
    run_worker_first,
    routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: run_worker_first },
    assetConfig: handling,
  };
}
