import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import type { Readable } from "node:stream";
import { bundleWorker } from "./bundle-worker.ts";
import { type WorkerSettings, workerdConfig } from "./workerd-config.ts";

export interface RunningWorkerd {
  url: string;
  output(): string;
  /** Ends it as a crash would, and starts another over the same storage, at the same address. */
  kill(): void;
  stop(): Promise<void>;
}

/** Ends workerd when its standard input closes, which it does however the tests end. */
const withParent = `exec 4<&0; "$@" <&- & pid=$!; (cat <&4 >/dev/null; kill -9 $pid) & watch=$!; wait $pid; kill $watch`;

/**
 * The Worker in a workerd of its own. Without wrangler, which takes nine times the processor time to start; what a person meets,
 * `npm start` among it, is tested with wrangler.
 */
export async function startWorkerd(options: {
  settings: WorkerSettings;
  artifact: string;
  secrets: Record<string, string>;
  state: string;
}): Promise<RunningWorkerd> {
  const { settings, artifact, secrets, state } = options;
  const bundle = await bundleWorker(settings.main);
  const data = (await readdir(artifact)).filter((name) => name.endsWith(".bin"));
  const variables = { ...settings.vars, ...secrets };
  const storage = join(state, "do");
  await mkdir(storage, { recursive: true });
  const configFile = join(state, "workerd.capnp");
  let output = "";
  let stopped = false;
  let child: ChildProcess;

  const start = async (address: string): Promise<number> => {
    // What a config embeds is looked for beside it.
    const places = {
      bundle: relative(state, bundle),
      artifact: relative(state, artifact),
      data,
      storage,
      address,
    };
    await writeFile(configFile, workerdConfig(settings, Object.keys(variables), places));
    const command = [workerd, "serve", "--experimental", "--control-fd=3", configFile];
    child = spawn("sh", ["-c", withParent, "sh", ...command], {
      env: { PATH: process.env["PATH"], ...variables },
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      // A group of its own, so that it ends as a whole.
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
    return listening(child, () => output);
  };
  const port = await start("127.0.0.1:0");
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  };
  return {
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    kill() {
      const ended = once(child, "exit");
      end();
      void ended.then(() => (stopped ? undefined : start(`127.0.0.1:${port}`)));
    },
    async stop() {
      stopped = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      end();
      await ended;
    },
  };
}

/** workerd says on its control pipe what it listens on. */
function listening(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`workerd ended with ${code}: ${output().slice(-2_000)}`)));
    (child.stdio[3] as Readable).setEncoding("utf8").on("data", (text: string) => {
      const port = /"event":"listen".*?"port":(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

/** The executable, as the package `workerd` finds it for this platform. */
const workerd = (createRequire(import.meta.url)("workerd") as { default: string }).default;
