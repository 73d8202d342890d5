import { join } from "node:path";
import { type RunningWorker, type ServerOptions, startServer } from "../dev-server/start-server.ts";

/** Ids by binding; the API names a database by its binding. */
export interface Storage {
  namespaces: Record<string, string>;
  databases: Record<string, string>;
  buckets: Record<string, string>;
}

/** What serve.ts is told. */
export interface Served {
  port: number;
  persistTo: string;
  storage: Storage;
  /** Whether a trace of every call is kept on disk, which the API then offers. It costs a fifth of each call. */
  traces: boolean;
}

type LocalApiOptions = Served & Pick<ServerOptions, "label" | "logFile" | "unloggedPath" | "startTimeout">;

/** Starts a local Cloudflare API over this storage; it is at `localApiPath` of the server's URL. */
export function startLocalApi(options: LocalApiOptions): Promise<RunningWorker> {
  const { port, persistTo, storage, traces, ...others } = options;
  const served: Served = { port, persistTo, storage, traces };
  return startServer({
    ...others,
    port,
    program: "Miniflare",
    arguments: [join(import.meta.dirname, "serve.ts"), JSON.stringify(served)],
    environment: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    base: import.meta.dirname,
  });
}
