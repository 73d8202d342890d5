import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningWorker, startWorker } from "../../scripts/dev-server.ts";
import { writeArtifact } from "../../scripts/spec/artifact.ts";
import type { ApiSettings } from "../../scripts/spec/settings.ts";
import { writeWorkerConfig } from "../../scripts/worker-config.ts";
import { type SimulatedSettings, startMiniflare } from "./start-miniflare.ts";
import { startWorkerd } from "./start-workerd.ts";
import { freePort } from "./free-port.ts";

export interface TestTwofold {
  url: string;
  /** Where its storage lies. */
  state: string;
  output(): string;
  /** Ends workerd as a crash would; another is started over the same storage. */
  kill(): void;
  stop(): Promise<void>;
}

/** Builds the artifact of a document in a folder of its own and serves it by a real workerd. */
export async function startTestTwofold(options: {
  document: object;
  baseUrl: string;
  auth?: ApiSettings["auth"];
  policy?: ApiSettings["policy"];
  scopes?: ApiSettings["scopes"];
  signIn?: ApiSettings["signIn"];
  context?: ApiSettings["context"];
  journal?: ApiSettings["journal"];
  secrets?: Record<string, string>;
  vars?: Record<string, string>;
  /** Another entry in place of src/index.ts. */
  main?: string;
  /** Keys to add to those of wrangler.jsonc, such as a binding that a deployment need not have. */
  extra?: Record<string, unknown>;
  /** Keys of wrangler.jsonc to leave out, for what happens when a binding is missing. */
  without?: string[];
  /** With the files of the console. */
  console?: boolean;
  /** By `wrangler dev`, as `npm start` does it: for what is wrangler's own, such as its log. */
  wrangler?: boolean;
}): Promise<TestTwofold> {
  const directory = await mkdtemp(join(tmpdir(), "twofold-test-"));
  const artifact = join(directory, "artifact");
  const { document, baseUrl, auth = { type: "none" }, secrets = {}, vars = {} } = options;
  const { policy, scopes, signIn, context, journal } = options;
  await writeArtifact({
    name: "test",
    document,
    settings: {
      source: "test",
      baseUrl,
      auth,
      ...(policy && { policy }),
      ...(scopes && { scopes }),
      ...(signIn && { signIn }),
      ...(context && { context }),
      ...(journal && { journal }),
    },
    directory: artifact,
  });
  const envFile = join(directory, ".dev.vars");
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}`);
  await writeFile(envFile, `${lines.join("\n")}\n`);
  const config = await writeWorkerConfig("test", { artifact, vars });
  const written = JSON.parse(await readFile(config, "utf8")) as SimulatedSettings & Record<string, unknown>;
  const settings: typeof written = {
    ...written,
    ...(options.main !== undefined && { main: options.main }),
    ...options.extra,
  };
  for (const key of options.without ?? []) delete settings[key];
  const state = join(directory, "state");
  const clear = () => rm(directory, { recursive: true, force: true });
  if (options.wrangler !== true) {
    const simulated = "SIGN_IN" in vars || options.extra !== undefined || options.console === true;
    const start = simulated ? startMiniflare : startWorkerd;
    const workerd = await start({ settings, artifact, secrets, state });
    return {
      ...workerd,
      state,
      async stop() {
        await workerd.stop();
        await clear();
      },
    };
  }
  await writeFile(config, JSON.stringify(settings));
  let output = "";
  const worker: RunningWorker = await startWorker({
    config,
    port: await freePort(),
    persistTo: state,
    envFile,
    probePath: "/mcp",
    onOutput: (text) => (output += text),
  });
  return {
    url: worker.url,
    state,
    output: () => output,
    kill: () => worker.runtime.kill(),
    async stop() {
      await worker.stop();
      await clear();
    },
  };
}
