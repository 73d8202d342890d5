import { join } from "node:path";
import { repositoryRoot } from "../repository-root.ts";
import type { RunningWorker } from "../dev-server.ts";
import { writeArtifact } from "../spec/artifact.ts";
import { type ApiSettings, readSettings } from "../spec/settings.ts";
import { fetchDocument } from "./local-api.ts";
import { playgroundName, type StartOptions } from "./options.ts";
import { startPlayground } from "./playground.ts";
import { firstFree, isFree, ownerOf } from "./port.ts";
import { holderOf, lockState } from "./state-lock.ts";
import { type Say, step } from "./steps.ts";
import { writeWorkerConfig } from "../worker-config.ts";
import { requireArtifact, startTwofold } from "./twofold.ts";

export interface Started {
  /** The MCP endpoint. */
  url: string;
  /** Everything that runs, with a name for messages. */
  workers: { name: string; log: string; worker: RunningWorker }[];
}

/**
 * Brings up the playground, builds its artifact, and starts Twofold on it; or, for another API, Twofold
 * alone. `started` sees every process as soon as it runs, so that the caller can end it whatever happens.
 */
export async function bringUp(
  options: StartOptions,
  say: Say,
  started: (worker: RunningWorker) => void,
): Promise<Started> {
  const { api, port, state, fresh } = options;
  await refuseTakenPort(port, state);
  await lockState(state);
  // Before anything is started: what a person has to mend should not take seconds to be found.
  const settings = await readSettings(api);
  if (api !== playgroundName) requireArtifact(api);
  const config = await writeWorkerConfig(api);
  const workers: Started["workers"] = [];
  const add = (name: string, file: string, worker: RunningWorker) => {
    started(worker);
    workers.push({ name, log: join(state, file), worker });
  };

  let apiBaseUrl: string | undefined;
  if (api === playgroundName) {
    const playgroundPort = await firstFree(port + 1, [port]);
    const playground = await step(
      say,
      "Playground",
      () => startPlayground(state, playgroundPort, fresh),
      ({ seeded }) => (seeded ? "seeded and ready" : "ready"),
    );
    add("The playground", "playground.log", playground.worker);
    apiBaseUrl = playground.api;
    await step(
      say,
      "API document",
      () => buildArtifact(playground.api, settings),
      ({ operations }) => `${operations} operations`,
    );
  }
  const twofold = await step(
    say,
    "Twofold",
    () => startTwofold({ api, config, port, state, ...(apiBaseUrl !== undefined && { apiBaseUrl }) }),
    () => "ready",
  );
  add("Twofold", "twofold.log", twofold);
  return { url: `http://localhost:${port}/mcp`, workers };
}

async function buildArtifact(api: string, settings: ApiSettings) {
  const document = await fetchDocument(api);
  const directory = join(repositoryRoot, "spec", playgroundName, "artifact");
  return writeArtifact({ name: playgroundName, document, settings, directory });
}

async function refuseTakenPort(port: number, state: string): Promise<void> {
  if (await isFree(port)) return;
  const holder = await holderOf(state);
  const owner = holder === undefined ? await ownerOf(port) : `another npm start, process ${holder}`;
  const other = await firstFree(port + (port === 8787 ? 3 : 1));
  // The state folder of a running start cannot be shared, so its neighbour needs one of its own.
  const flags = holder === undefined ? `--port ${other}` : `--port ${other} --state .wrangler/second`;
  throw new Error(
    `Port ${port} is in use${owner === undefined ? "" : ` (${owner})`}. ` +
      `Stop what listens there, or choose another: npm start -- ${flags}`,
  );
}
