import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** A process and all it started, directly or not. */
export function descendants(root: number): Process[] {
  const all = runningProcesses();
  const found = all.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

/** Those that still run after `milliseconds`; empty as soon as none does. */
export async function survivors(processes: readonly Process[], milliseconds: number): Promise<Process[]> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const alive = new Map(runningProcesses().map(({ pid, command }) => [pid, command]));
    const left = processes.filter(({ pid, command }) => alive.get(pid) === command);
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(50);
  }
}

// Zombies are not counted: they hold nothing, and in a container without an init nobody collects them.
function runningProcesses(): Process[] {
  return process.platform === "linux" ? fromProc() : fromPs();
}

function fromProc(): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, state, parent] =
        /^\d+ \(.*\) (\S) (\d+) /s.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      return state === undefined || state === "Z"
        ? []
        : [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      return []; // ended between the listing and the reading
    }
  });
}

function fromPs(): Process[] {
  const lines = execFileSync("ps", ["-axo", "pid=,ppid=,stat=,args="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, state, command = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)/.exec(line) ?? [];
    return pid === undefined || state?.startsWith("Z")
      ? []
      : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
