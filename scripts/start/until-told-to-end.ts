import { lookUpProcess } from "./parent-process.ts";

/** Resolves with the exit code when this process is told to end: by a signal, or because npm is gone. */
export async function untilToldToEnd(): Promise<number> {
  return Promise.race([signalled(), npmGone()]);
}

function signalled(): Promise<number> {
  return new Promise((resolve) => {
    process.on("SIGINT", () => resolve(130));
    process.on("SIGTERM", () => resolve(0));
    process.on("SIGHUP", () => resolve(0));
  });
}

/**
 * A killed npm passes on no signal. All there is to see is that what it started gets a new parent: this
 * process itself, or the `sh -c` between npm and us on machines whose sh does not exec its last command.
 */
async function npmGone(): Promise<number> {
  const never = new Promise<number>(() => {});
  // Only under npm: someone may well start this script from a shell and close the shell.
  if (process.platform === "win32" || process.env["npm_lifecycle_event"] === undefined) return never;
  const parent = process.ppid;
  const between = await lookUpProcess(parent);
  const watchShell = between !== undefined && /^(?:sh|bash|dash|ash|zsh|ksh|busybox)$/.test(between.program);
  return new Promise((resolve) => {
    const timer = setInterval(async () => {
      const orphaned =
        process.ppid !== parent || (watchShell && (await lookUpProcess(parent))?.parent !== between.parent);
      if (!orphaned) return;
      clearInterval(timer);
      resolve(0);
    }, 1_000);
  });
}
