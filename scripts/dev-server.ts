import { dirname, join } from "node:path";
import type { ServedWorker } from "./dev-server/serve-worker.ts";
import { type RunningWorker, type ServerOptions, startServer } from "./dev-server/start-server.ts";
import { wranglerEnvironment } from "./dev-server/wrangler-environment.ts";

export type { RunningWorker };

interface WorkerOptions extends Partial<
  Pick<
    ServerOptions,
    | "label"
    | "envFile"
    | "logFile"
    | "onOutput"
    | "unloggedPath"
    | "probePath"
    | "probeHeaders"
    | "startTimeout"
  >
> {
  /** Path of a wrangler config file. */
  config: string;
  port: number;
  /** Where local KV, D1, R2 and Durable Objects are kept. */
  persistTo: string;
  /** Visible in the process list: never a secret. */
  vars?: Record<string, string>;
  /** Files of variables beside `envFile`, of which a person knows nothing. */
  ownEnvFiles?: readonly string[];
}

/** Starts what `wrangler dev` starts, on 127.0.0.1, and resolves once the Worker answers. Its processes end with ours. */
export function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { config, persistTo, vars = {}, ownEnvFiles = [], ...others } = options;
  const envFiles = [...(options.envFile === undefined ? [] : [options.envFile]), ...ownEnvFiles];
  const served: ServedWorker = {
    config,
    port: options.port,
    persistTo,
    // Dev processes find one another through this folder, and the local Cloudflare API then lists and serves the bindings of
    // them all. Shared, it would give programs our own KV and Durable Objects.
    registry: join(persistTo, "dev-registry"),
    vars,
    ...(envFiles.length > 0 && { envFiles }),
  };
  return startServer({
    label: "The Worker",
    ...others,
    program: "wrangler",
    arguments: [join(import.meta.dirname, "dev-server", "serve-worker.ts"), JSON.stringify(served)],
    environment: wranglerEnvironment(),
    base: dirname(config),
  });
}
