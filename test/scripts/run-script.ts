import { spawn } from "node:child_process";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs scripts/NAME as npm would, with its standard input given, and waits for its end. */
export function runScript(name: string, args: string[], input = ""): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "scripts", name), ...args], { cwd: root });
    const ran = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (ran.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (ran.stderr += text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...ran }));
    child.stdin.end(input);
  });
}
