import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../scripts/run-script.ts";
import { freePort } from "./free-port.ts";

export interface NpmStart {
  /** npm itself, leader of a process group like the job of a terminal. */
  npm: ChildProcess & { pid: number };
  port: number;
  /** All it printed so far, both streams. */
  output(): string;
  exited: Promise<number | null>;
}

/** Runs `npm start -- --port … --state …` as a person would. */
export async function npmStart(state: string, ...flags: string[]): Promise<NpmStart> {
  const port = await freePort();
  const args = ["start", "--", "--port", String(port), "--state", state, ...flags];
  const npm = spawn("npm", args, { cwd: root, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  npm.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  npm.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const exited = new Promise<number | null>((resolve) => npm.once("close", resolve));
  if (npm.pid === undefined) throw new Error("npm could not be started");
  return { npm: npm as NpmStart["npm"], port, output: () => printed, exited };
}

/** Waits until it printed `text`; fails with what it printed instead. */
export async function untilPrinted(started: NpmStart, text: string, milliseconds = 50_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!started.output().includes(text)) {
    if (Date.now() > deadline || started.npm.exitCode !== null) {
      throw new Error(`npm start did not print "${text}". It printed:\n${started.output()}`);
    }
    await sleep(50);
  }
}

export const untilReady = (started: NpmStart) => untilPrinted(started, "Ctrl-C ends it.");
