import { join } from "node:path";
import { repositoryRoot } from "../repository-root.ts";
import type { Exit } from "../dev-server/exit.ts";
import { DocumentRefused } from "../spec/document-refused.ts";
import { prepareApi } from "../spec/prepare-api.ts";
import { publishArtifact } from "../spec/publish-artifact.ts";
import { type ApiSettings, readSettings } from "../spec/settings.ts";
import { defaultState, playgroundName, type StartOptions } from "./options.ts";
import { type Playground, startPlayground } from "./playground.ts";
import { makeFrontToken } from "./front-token.ts";
import { firstFree, isFree, ownerOf } from "./port.ts";
import { holderOf, lockState } from "./state-lock.ts";
import { missingSecrets, readSecretNames, secretsFile, unreadNames } from "./secrets.ts";
import { type Say, step } from "./steps.ts";
import { writeWorkerConfig } from "../worker-config.ts";
import { requireArtifact, startTwofold } from "./twofold.ts";
import { openFront } from "./watchdog/front.ts";
import { watchPlayground } from "./watchdog/watch-playground.ts";
import { Watchdog } from "./watchdog/watchdog.ts";

/** Something that runs and has to be ended. */
export interface Running {
  stop(): Promise<void>;
}

/** One part of what runs; each ends the whole when it ends by itself. */
interface Part extends Running {
  exited: Promise<Exit>;
  /** The last lines it printed. */
  recentOutput(): string;
}

export interface Started {
  /** The MCP endpoint. */
  url: string;
  /** Whether clients must send the bearer token of MCP_TOKEN. */
  needsToken: boolean;
  /** Everything that runs, with a name for messages. */
  parts: { name: string; log: string; part: Part }[];
}

/**
 * Brings up the playground, builds its artifact, and starts Twofold on it; or, for another API, Twofold
 * alone. `started` sees every process as soon as it runs, so that the caller can end it whatever happens.
 */
export async function bringUp(
  chosen: StartOptions,
  say: Say,
  started: (running: Running) => void,
): Promise<Started> {
  const { api, port, state, fresh } = chosen;
  await refuseTakenPort(chosen);
  await lockState(state, again(chosen, port, true));
  // Before anything is started: what a person has to mend should not take seconds to be found.
  const settings = await readSettings(api);
  if (api !== playgroundName) requireArtifact(api);
  const secrets = await readSecretNames(api);
  const config = await writeWorkerConfig(api, { file: "wrangler.dev.json" });
  // Clients talk to this process, which can tell them what became of a runtime that died. It has the port from now on.
  const starting = Promise.withResolvers<Watchdog>();
  started(await openFront(port, starting.promise));
  const parts: Started["parts"] = [];
  const add = (name: string, file: string, part: Part) => {
    started(part);
    parts.push({ name, log: join(state, file), part });
  };

  let playground: Playground | undefined;
  if (api === playgroundName) {
    const playgroundPort = await firstFree(port + 1, [port]);
    playground = await step(
      say,
      "Playground",
      () => startPlayground(state, playgroundPort, fresh),
      ({ seeded }) => (seeded ? "seeded and ready" : "ready"),
    );
    add("The playground", "playground.log", playground.worker);
    const { api: source } = playground;
    await step(
      say,
      "API document",
      () => buildArtifact(source, settings),
      ({ operations }) => `${operations} operations`,
    );
  }
  const innerPort = await firstFree(port + 1, [port]);
  const front = await makeFrontToken(state);
  const options = {
    api,
    front,
    config,
    port: innerPort,
    state,
    ...(playground !== undefined && { apiBaseUrl: playground.api }),
  };
  const twofold = await step(
    say,
    "Twofold",
    () => Watchdog.start({ start: () => startTwofold(options), front: front.headers, say }),
    () => "ready",
  );
  add("Twofold", "twofold.log", twofold);
  starting.resolve(twofold);
  if (playground !== undefined) void watchPlayground(playground.worker, twofold, say);
  const unread = unreadNames(secrets);
  if (unread.length > 0) say(`Nothing reads these lines of ${secretsFile(api)}: ${unread.join(", ")}.`);
  const missing = missingSecrets(settings.auth, secrets);
  if (missing.length > 0) {
    const what = missing.map((name) => `${name}=…`).join(" and ");
    say(
      `Calls of ${api} will fail: it needs a credential. Write ${what} into ${secretsFile(api)}, then start again.`,
    );
  }
  return { url: `http://localhost:${port}/mcp`, needsToken: secrets.has("MCP_TOKEN"), parts };
}

/** Reads the playground's document as any other API's, only from an address that changes. */
async function buildArtifact(url: string, settings: ApiSettings) {
  try {
    const { document } = await prepareApi(playgroundName, { ...settings, source: url }, repositoryRoot);
    const directory = join(repositoryRoot, "spec", playgroundName, "artifact");
    return await publishArtifact(directory, { name: playgroundName, document, settings });
  } catch (error) {
    if (!(error instanceof DocumentRefused)) throw error;
    throw new Error(
      `The playground's document cannot be used. ${error.message} If you did not change spec/${playgroundName}, reinstall wrangler: npm ci`,
      { cause: error },
    );
  }
}

async function refuseTakenPort(chosen: StartOptions): Promise<void> {
  const { port, state } = chosen;
  if (await isFree(port)) return;
  const holder = await holderOf(state);
  const owner = holder === undefined ? await ownerOf(port) : `another npm start, process ${holder}`;
  const other = await firstFree(port + 3);
  throw new Error(
    `Port ${port} is in use${owner === undefined ? "" : ` (${owner})`}. ` +
      `Stop what listens there, or choose another: ${again(chosen, other, holder !== undefined)}`,
  );
}

/** The command for one more start. The state folder of a running one cannot be shared: a second needs its own. */
function again({ api, state }: StartOptions, port: number, second: boolean): string {
  const own = second ? ".wrangler/second" : state;
  const flags = [
    ...(api === playgroundName ? [] : [`--api ${api}`]),
    `--port ${port}`,
    ...(own === defaultState(api) ? [] : [`--state ${own}`]),
  ];
  return `npm start -- ${flags.join(" ")}`;
}
