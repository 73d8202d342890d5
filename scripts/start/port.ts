import { execFile } from "node:child_process";
import { connect, createServer } from "node:net";
import { promisify } from "node:util";

/**
 * True when nobody listens on this port of this machine. Binding alone does not tell: macOS lets us bind
 * 127.0.0.1 beside someone's 0.0.0.0 or ::1, and then `localhost` would reach them.
 */
export async function isFree(port: number): Promise<boolean> {
  const answers = await Promise.all([accepts(port, "127.0.0.1"), accepts(port, "::1")]);
  return !answers.includes(true) && (await canBind(port));
}

/** The first free port at or above `from`. */
export async function firstFree(from: number, except: readonly number[] = []): Promise<number> {
  for (let port = from; port <= 65_535; port += 1) {
    if (!except.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`No port from ${from} up is free. Choose a lower one: npm start -- --port 8787`);
}

/** "workerd, process 4711", or undefined when the machine does not say. */
export async function ownerOf(port: number): Promise<string | undefined> {
  if (process.platform === "win32") return undefined;
  const run = promisify(execFile);
  const limit = { timeout: 1_500 };
  try {
    const { stdout } = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], limit);
    const [, pid, command] = /p(\d+)\nc(.*)/.exec(stdout) ?? [];
    if (pid !== undefined) return `${command}, process ${pid}`;
  } catch {
    // Not installed, or not allowed to look: try the next one.
  }
  try {
    const { stdout } = await run("ss", ["-ltnpH", `sport = :${port}`], limit);
    const [, command, pid] = /\(\("([^"]*)",pid=(\d+)/.exec(stdout) ?? [];
    if (pid !== undefined) return `${command}, process ${pid}`;
  } catch {
    // The owner is a courtesy; the message does without it.
  }
  return undefined;
}

function accepts(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 500 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
    socket.once("timeout", () => settle(false));
  });
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
