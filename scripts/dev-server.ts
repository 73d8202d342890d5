import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { repositoryRoot } from "./repository-root.ts";
import type { Exit } from "./dev-server/exit.ts";
import { RecentOutput } from "./dev-server/recent-output.ts";
import { Runtime } from "./dev-server/runtime.ts";
import { endWithOurs, stopProcess } from "./dev-server/stop-process.ts";
import { waitUntilAnswering } from "./dev-server/wait-until-answering.ts";
import { wranglerEnvironment } from "./dev-server/wrangler-environment.ts";

interface WorkerOptions {
  /** Name used in messages, e.g. "The playground". */
  label?: string;
  /** Path of a wrangler config file. */
  config: string;
  port: number;
  /** Where local KV, D1, R2 and Durable Objects are kept. */
  persistTo: string;
  /** Visible in the process list: never a secret. */
  vars?: Record<string, string>;
  /** A .dev.vars file, for secrets. */
  envFile?: string;
  /** Wrangler's own output goes here; the last lines of it are quoted in errors. */
  logFile?: string;
  onOutput?: (text: string) => void;
  /** Paths whose requests are not worth a line of wrangler's log, e.g. "/probe". */
  unloggedPath?: string;
  /** Answered with any status below 500 when the Worker is up. */
  probePath?: string;
  /** Whether wrangler keeps a trace of every call on disk, which its local API then offers. It costs a fifth of each call. */
  traces?: boolean;
  /** Milliseconds from spawn to the first answer. A cold start on a busy 2-core machine took 15 s. */
  startTimeout?: number;
}

export interface RunningWorker {
  url: string;
  port: number;
  pid: number;
  /** Ends wrangler and its workerd. Resolves when both are gone; safe to call twice. */
  stop(): Promise<void>;
  /** Resolves when wrangler ended, whoever ended it. */
  exited: Promise<Exit>;
  /** The last lines wrangler printed. */
  recentOutput(): string;
  /** Adds a line of ours to the log file. */
  log(line: string): void;
  runtime: Runtime;
}

const wrangler = join(repositoryRoot, "node_modules", "wrangler", "wrangler-dist", "cli.js");
/**
 * Modules loaded into wrangler before it starts. Not by --import: that takes wrangler through the loader of ES modules, which
 * reads and scans its 15 MB several times over.
 */
const preloads = ["exit-with-parent.ts", "dev-server/report-runtime.ts"].flatMap((file) => [
  "--require",
  join(import.meta.dirname, file),
]);

/** Starts `wrangler dev` on 127.0.0.1 and resolves once the Worker answers. Its processes end with ours. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const label = options.label ?? "The Worker";
  const url = `http://127.0.0.1:${options.port}`;
  if (options.logFile !== undefined) await mkdir(dirname(options.logFile), { recursive: true });
  const log = options.logFile === undefined ? undefined : createWriteStream(options.logFile);
  const output = new RecentOutput(dirname(options.config));

  const child = spawn(process.execPath, [...preloads, wrangler, ...devArguments(options)], {
    cwd: repositoryRoot,
    env: wranglerEnvironment(options.persistTo, options.traces ?? false),
    // The IPC channel is what tells the child that we are gone, however we went.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // A group of its own: Ctrl-C reaches us alone, and what remains can be ended as a whole.
    detached: process.platform !== "win32",
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: 1, signal: null }));
  });
  endWithOurs(child, exited);
  const runtime = new Runtime(child, options.port);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => {
      const text = withoutPath(chunk, options.unloggedPath);
      output.add(text);
      log?.write(stripVTControlCharacters(text));
      options.onOutput?.(text);
    });
  }
  // Not "exit": output may still be in the pipes then.
  child.once("close", () => log?.end());

  const stop = () => stopProcess(child, exited);
  const problem = await waitUntilAnswering({
    url: url + (options.probePath ?? "/"),
    child,
    exited,
    output,
    timeout: options.startTimeout ?? 60_000,
    envFile: options.envFile,
  });
  if (problem !== undefined) {
    await stop();
    const where =
      options.logFile === undefined
        ? ""
        : ` Its whole output is in ${relative(process.cwd(), options.logFile)}.`;
    throw new Error(`${label} did not start: ${problem}${where}`);
  }
  return {
    url,
    port: options.port,
    pid: child.pid ?? 0,
    stop,
    exited,
    recentOutput: () => output.tail(12),
    log: (line) => {
      if (log?.writable === true) log.write(`${line}\n`);
    },
    runtime,
  };
}

/** Wrangler prints a line a request, in whole lines, and has no switch for it. */
function withoutPath(text: string, path: string | undefined): string {
  if (path === undefined || !text.includes(path)) return text;
  return text
    .split("\n")
    .filter((line) => !line.includes(`${path} `))
    .join("\n");
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
  const secrets = options.envFile === undefined ? [] : ["--env-file", options.envFile];
  return [...fixed, ...chosen, ...secrets, ...vars];
}
