// The bench's Workers, started by the same code that `npm start` uses, each over a built artifact.

import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type RunningWorker, startWorker } from "../scripts/dev-server.ts";
import { repositoryRoot } from "../scripts/repository-root.ts";
import { writeWorkerConfig } from "../scripts/worker-config.ts";
import { writeIfChanged } from "../scripts/write-if-changed.ts";
import { freePort } from "../test/worker/free-port.ts";
import type { BuiltDocument } from "./build-document.ts";

/** Twofold itself at /mcp, and what it is compared with below /bench. `api` takes the place of the document's own server. */
export async function serveTwofold(built: BuiltDocument, api?: string): Promise<RunningWorker> {
  const vars = api === undefined ? {} : { API_BASE_URL: api };
  const path = await writeWorkerConfig(built.name, { artifact: built.directory, vars });
  const config = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  config["main"] = workerFile("twofold.ts");
  return start(built, "twofold", config);
}

/** The peer over the same document, at /. */
export async function servePeer(built: BuiltDocument): Promise<RunningWorker> {
  const path = await writeWorkerConfig(built.name, { artifact: built.directory });
  const { compatibility_date } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  const directory = join(built.directory, "raw");
  await mkdir(directory, { recursive: true });
  await writeIfChanged(join(directory, "document.bin"), JSON.stringify(built.document));
  await writeIfChanged(
    join(directory, "document.js"),
    'export { default as document } from "./document.bin";\n',
  );
  return start(built, "peer", {
    name: "twofold-bench-peer",
    main: workerFile("peer.ts"),
    compatibility_date,
    compatibility_flags: ["nodejs_compat"],
    worker_loaders: [{ binding: "LOADER" }],
    rules: [{ type: "Data", globs: ["**/*.bin"], fallthrough: false }],
    alias: { "bench-document": join(directory, "document.js") },
  });
}

async function start(
  { name, directory }: BuiltDocument,
  which: string,
  config: object,
): Promise<RunningWorker> {
  const path = join(directory, `${which}.wrangler.json`);
  await writeIfChanged(path, JSON.stringify(config, null, 2));
  const port = await freePort();
  // One of its own: several servers of one kind may run at once.
  const state = await emptied(stateOf(directory, `${which}-${port}`));
  const worker = await startWorker({
    label: `The bench's ${which} of ${name}`,
    config: path,
    port,
    persistTo: state,
    logFile: join(directory, `${which}.log`),
    // Answered by wrangler's own part: the first request that reaches the Worker is then one that is measured.
    probePath: "/cdn-cgi/local/explorer/api",
    startTimeout: 120_000,
  });
  const stop = async () => {
    await worker.stop();
    await rm(state, { recursive: true, force: true });
  };
  return { ...worker, stop };
}

function workerFile(name: string): string {
  return join(repositoryRoot, "bench", "worker", name);
}

export function stateOf(directory: string, which: string): string {
  return join(directory, `${which}.state`);
}

/** Journals that earlier runs of the bench filled would make this one slower than they were. */
export async function emptied(state: string): Promise<string> {
  await rm(state, { recursive: true, force: true });
  return state;
}
