import { dirname, join } from "node:path";
import { repositoryRoot } from "./repository-root.ts";
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

const wrangler = join(repositoryRoot, "node_modules", "wrangler", "wrangler-dist", "cli.js");

/** Starts `wrangler dev` on 127.0.0.1 and resolves once the Worker answers. Its processes end with ours. */
export function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { config, persistTo, vars: _, ownEnvFiles: __, ...others } = options;
  return startServer({
    label: "The Worker",
    ...others,
    program: "wrangler",
    arguments: [wrangler, ...devArguments(options)],
    environment: wranglerEnvironment(persistTo),
    base: dirname(config),
  });
}

function devArguments(options: WorkerOptions): string[] {
  const vars = Object.entries(options.vars ?? {}).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const fixed = `dev --ip 127.0.0.1 --inspector-port 0 --show-interactive-dev-session=false`.split(" ");
  const chosen = [
    "--config",
    options.config,
    "--port",
    String(options.port),
    "--persist-to",
    options.persistTo,
  ];
  const files = [...(options.envFile === undefined ? [] : [options.envFile]), ...(options.ownEnvFiles ?? [])];
  const secrets = files.flatMap((file) => ["--env-file", file]);
  return [...fixed, ...chosen, ...secrets, ...vars];
}
