// A process of its own, started by dev-server.ts: what `wrangler dev` does, by wrangler's own code, without the inspector that
// the command always opens. That asks for no Origin, so any web page that finds its port could stop the Worker and read its secrets.

import { createRequire } from "node:module";
import type { BuildFailure } from "esbuild";
import type * as Wrangler from "wrangler";
import { fail, serve } from "./serve.ts";

/** What dev-server.ts tells. Visible in the process list: never a secret. */
export interface ServedWorker {
  /** Path of a wrangler config file. */
  config: string;
  port: number;
  persistTo: string;
  registry: string;
  vars: Record<string, string>;
  /** Undefined for those that wrangler finds itself. */
  envFiles?: string[];
}

const { config, port, persistTo, registry, vars, envFiles } = JSON.parse(
  process.argv[2] ?? "",
) as ServedWorker;

// Not by import: that takes wrangler through the loader of ES modules, which reads and scans its 15 MB several times over.
const { unstable_startWorker: startWorker } = createRequire(import.meta.url)("wrangler") as typeof Wrangler;
try {
  const worker = await startWorker({
    config,
    ...(envFiles !== undefined && { envFiles }),
    bindings: Object.fromEntries(
      Object.entries(vars).map(([name, value]) => [name, { type: "plain_text", value }]),
    ),
    dev: {
      server: { hostname: "127.0.0.1", port },
      inspector: false,
      remote: false,
      persist: persistTo,
      registry,
    },
  });
  await serve(worker);
} catch (error) {
  fail(inWords(error));
}

/** As the command says it: the cause at the bottom, and of a build its first error with the place. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return inWords(error.cause);
  const [first] = (error as Partial<BuildFailure>).errors ?? [];
  if (first === undefined) return error.message;
  const { file, line, column } = first.location ?? {};
  return file === undefined ? first.text : `${first.text}\n\n    ${file}:${line}:${column}:\n`;
}
