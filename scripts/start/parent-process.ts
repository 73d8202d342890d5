import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

interface ProcessInfo {
  parent: number;
  /** Name of the program, without its path. */
  program: string;
}

/** Parent and program of a process of this machine; undefined when it is gone or cannot be seen. */
export async function lookUpProcess(pid: number): Promise<ProcessInfo | undefined> {
  if (process.platform === "win32") return undefined;
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

/** Reading a file each second costs nothing, and slim Linux images have no ps. */
async function fromProc(pid: number): Promise<ProcessInfo | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // pid (program) state ppid …; the program's name may hold blanks and brackets itself.
  const [, program, parent] = /^\d+ \((.*)\) \S (\d+) /s.exec(stat) ?? [];
  return program === undefined ? undefined : { program, parent: Number(parent) };
}

async function fromPs(pid: number): Promise<ProcessInfo | undefined> {
  const run = promisify(execFile);
  const { stdout } = await run("ps", ["-o", "ppid=,comm=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  const [, parent, command] = /^\s*(\d+)\s+(.*\S)/.exec(stdout) ?? [];
  return command === undefined
    ? undefined
    : { parent: Number(parent), program: command.replace(/^.*\//, "").replace(/^-/, "") };
}
