// Twofold in front of an API of the tasks, by the code that `npm start` uses, in a folder that goes with it.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunningWorker, startWorker } from "../../scripts/dev-server.ts";
import { writeArtifact } from "../../scripts/spec/artifact.ts";
import type { ApiSettings } from "../../scripts/spec/settings.ts";
import { writeWorkerConfig } from "../../scripts/worker-config.ts";
import { freePort } from "../../test/worker/free-port.ts";

export async function serveTaskApi(options: {
  name: string;
  document: Record<string, unknown>;
  settings: ApiSettings;
  directory: string;
  /** Kept in a file, as in a deployment: flags are for every user of the machine to read. */
  credential?: string;
}): Promise<RunningWorker> {
  const { name, document, settings, directory, credential } = options;
  const artifact = join(directory, "artifact");
  await writeArtifact({ name, document, settings, directory: artifact });
  const envFile = join(directory, ".dev.vars");
  const lines = credential === undefined ? "" : `API_TOKEN=${credential}\n`;
  await writeFile(envFile, lines, { mode: 0o600 });
  return startWorker({
    label: `The tasks' Twofold of ${name}`,
    config: await writeWorkerConfig(name, { artifact }),
    port: await freePort(),
    persistTo: join(directory, "twofold"),
    envFile,
    logFile: join(directory, "twofold.log"),
    probePath: "/mcp",
    startTimeout: 120_000,
  });
}
