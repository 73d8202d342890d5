import { existsSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../repository-root.ts";
import { type RunningWorker, startWorker } from "../dev-server.ts";
import type { FrontToken } from "./front-token.ts";
import { secretsFile } from "./secrets.ts";
import { probePath } from "./watchdog/probe.ts";

interface TwofoldOptions {
  /** Its wrangler config, of worker-config.ts. */
  config: string;
  api: string;
  port: number;
  state: string;
  /** Where the API is now, when its settings cannot know: the playground's port changes. */
  apiBaseUrl?: string;
  front: FrontToken;
}

/** Starts Twofold itself for an API whose artifact is built. */
export async function startTwofold(options: TwofoldOptions): Promise<RunningWorker> {
  const secrets = join(repositoryRoot, secretsFile(options.api));
  return startWorker({
    label: "Twofold",
    config: options.config,
    port: options.port,
    persistTo: join(options.state, "twofold"),
    vars: options.apiBaseUrl === undefined ? {} : { API_BASE_URL: options.apiBaseUrl },
    ...(existsSync(secrets) && { envFile: secrets }),
    logFile: join(options.state, "twofold.log"),
    ownEnvFiles: [options.front.envFile],
    probePath: "/mcp",
    probeHeaders: options.front.headers,
    unloggedPath: probePath,
  });
}

/** Refuses an API that was never built; the playground's artifact is built by the start itself. */
export function requireArtifact(api: string): void {
  if (existsSync(join(repositoryRoot, "spec", api, "artifact", "artifact.js"))) return;
  throw new Error(`The artifact of "${api}" is not built yet. Build it with: npm run spec -- build ${api}`);
}
