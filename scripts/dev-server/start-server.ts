import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { repositoryRoot } from "../repository-root.ts";
import type { Exit } from "./exit.ts";
import { RecentOutput } from "./recent-output.ts";
import { Runtime } from "./runtime.ts";
import { endWithOurs, stopProcess } from "./stop-process.ts";
import { waitUntilAnswering } from "./wait-until-answering.ts";

export interface ServerOptions {
  /** Name used in messages, e.g. "The playground". */
  label: string;
  /** What it is, for messages. */
  program: "wrangler" | "Miniflare";
  /** Arguments of Node.js, the script's path among them. Visible in the process list: never a secret. */
  arguments: readonly string[];
  environment: NodeJS.ProcessEnv;
  port: number;
  /** Folder its build errors are relative to. */
  base: string;
  /** A .dev.vars file, named when the Worker lacks a setting. */
  envFile?: string;
  /** Its own output goes here; the last lines of it are quoted in errors. */
  logFile?: string;
  onOutput?: (text: string) => void;
  /** Paths whose requests are not worth a line of its log, e.g. "/probe". */
  unloggedPath?: string;
  /** Answered with any status below 500 when the Worker is up. */
  probePath?: string;
  probeHeaders?: Record<string, string>;
  /** Milliseconds from spawn to the first answer. A cold start on a busy 2-core machine took 15 s. */
  startTimeout?: number;
}

export interface RunningWorker {
  url: string;
  port: number;
  pid: number;
  /** Ends the process and its workerd. Resolves when both are gone; safe to call twice. */
  stop(): Promise<void>;
  /** Resolves when the process ended, whoever ended it. */
  exited: Promise<Exit>;
  /** The last lines it printed. */
  recentOutput(): string;
  /** Adds a line of ours to the log file. */
  log(line: string): void;
  runtime: Runtime;
}

/**
 * Modules loaded into the process before it starts. Not by --import: that takes wrangler through the loader of ES modules,
 * which reads and scans its 15 MB several times over.
 */
const preloads = ["exit-with-parent.ts", "report-runtime.ts"].flatMap((file) => [
  "--require",
  join(import.meta.dirname, file),
]);

/** Starts a process that has a Worker run on 127.0.0.1, and resolves once that answers. Its processes end with ours. */
export async function startServer(options: ServerOptions): Promise<RunningWorker> {
  const { label, program, port } = options;
  const url = `http://127.0.0.1:${port}`;
  if (options.logFile !== undefined) await mkdir(dirname(options.logFile), { recursive: true });
  const log = options.logFile === undefined ? undefined : createWriteStream(options.logFile);
  const output = new RecentOutput(options.base);

  const child = spawn(process.execPath, [...preloads, ...options.arguments], {
    cwd: repositoryRoot,
    env: options.environment,
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
  const runtime = new Runtime(child, program === "wrangler" ? port : undefined);
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
    headers: options.probeHeaders ?? {},
    program,
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
    port,
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

/** A line a request is printed, in whole lines, and there is no switch for it. */
function withoutPath(text: string, path: string | undefined): string {
  if (path === undefined || !text.includes(path)) return text;
  return text
    .split("\n")
    .filter((line) => !line.includes(`${path} `))
    .join("\n");
}
