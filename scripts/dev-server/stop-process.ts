import { type ChildProcess, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Exit } from "./exit.ts";

/** Milliseconds wrangler gets to close its storage. It takes 50-300 ms unless a program wedged workerd. */
const grace = 2_000;

/** Ends a process started as the leader of its own group, politely first. */
export async function stopProcess(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    if (process.platform === "win32") {
      // Windows has no signals to deliver and no groups: end the tree by its root.
      spawnSync("taskkill", ["/pid", String(child.pid), "/t", "/f"]);
    } else {
      child.kill("SIGINT");
    }
    await Promise.race([exited, sleep(grace, undefined, { ref: false })]);
  }
  if (process.platform !== "win32") endGroup(child.pid);
  await exited;
}

/** Ends a process that is still there when ours exits, at once: one that is starting hears of nothing for seconds. */
export function endWithOurs(child: ChildProcess, exited: Promise<Exit>): void {
  const { pid } = child;
  // Windows has no groups, and our IPC channel is what ends it there.
  if (pid === undefined || process.platform === "win32") return;
  const end = () => endGroup(pid);
  process.once("exit", end);
  void exited.then(() => process.off("exit", end));
}

/** What wrangler left behind, if anything. A group that is empty already is what we want. */
function endGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
