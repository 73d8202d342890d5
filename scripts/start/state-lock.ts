import { existsSync, readFileSync, rmSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** The process that holds this state folder, if it still lives. */
export async function holderOf(state: string): Promise<number | undefined> {
  const text = await readFile(lockFile(state), "utf8").catch(() => "");
  const pid = Number(text);
  return Number.isInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid) ? pid : undefined;
}

/**
 * Takes the folder for this process: two workerd processes on the same SQLite files can damage them.
 * A lock whose process is gone counts for nothing, so a killed start needs no cleaning up. `second` is the command
 * that starts another one beside it, for the message.
 */
export async function lockState(state: string, second: string): Promise<void> {
  await mkdir(state, { recursive: true }).catch((error: Error) => {
    throw new Error(
      `The folder ${state} cannot be made: ${error.message}. Choose another with --state DIR.`,
      {
        cause: error,
      },
    );
  });
  const file = lockFile(state);
  for (let attempt = 1; !(await create(file)); attempt += 1) {
    const holder = await holderOf(state);
    if (holder !== undefined || attempt === 3) throw new Error(inUse(state, holder, second));
    await rm(file, { force: true });
  }
  process.once("exit", () => {
    // Someone may have removed the folder; ending is no time to fail.
    if (existsSync(file) && readFileSync(file, "utf8") === String(process.pid)) rmSync(file, { force: true });
  });
}

/** False when the file is there already. */
async function create(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new Error(
      `${file} cannot be written: ${(error as Error).message}. Choose another folder with --state DIR.`,
      {
        cause: error,
      },
    );
  }
}

function inUse(state: string, holder: number | undefined, second: string): string {
  const who = holder === undefined ? "another process" : `another npm start (process ${holder})`;
  return (
    `The state folder ${relative(process.cwd(), state)} is in use by ${who}. Use that one, stop it, or start a second with its own ` +
    `port and state: ${second}`
  );
}

const lockFile = (state: string) => join(state, "lock");

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
