// A real PowerDNS Authoritative Server on 127.0.0.1. Never touches the service, the files or the ports of the system's own.

import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { RecentOutput } from "../dev-server/recent-output.ts";
import { stopProcess } from "../dev-server/stop-process.ts";
import { type Exit, describeExit } from "../dev-server/exit.ts";
import type { Installed } from "./find-powerdns.ts";

interface PowerdnsOptions {
  /** Its settings and its database are kept here; zones of an earlier start are still there. */
  directory: string;
  /** Where its HTTP API listens. */
  port: number;
  /** Where it answers DNS, by UDP and TCP. */
  dnsPort: number;
  /** What the API wants in the header X-API-Key. */
  key: string;
}

export interface Powerdns {
  /** Base URL of its API. */
  api: string;
  /** Where it serves its own OpenAPI document, to whoever has the key. */
  document: string;
  pid: number;
  /** Ends it; safe to call twice. */
  stop(): Promise<void>;
  /** Resolves when it ended, whoever ended it. */
  exited: Promise<Exit>;
  recentOutput(): string;
}

/** Milliseconds to the first answer; it takes about 200. */
const startTimeout = 15_000;

/** Starts it and resolves once its API answers. It ends with this process, however this one ends. */
export async function startPowerdns(installed: Installed, options: PowerdnsOptions): Promise<Powerdns> {
  const { directory, port } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await createDatabase(join(directory, "zones.sqlite"), installed.schema);
  // A file and not flags: every user of the machine can read the flags of a process.
  await writeFile(join(directory, "pdns.conf"), configuration(options), { mode: 0o600 });

  // The kernel ends it when the process that started it is gone, also by SIGKILL.
  const args = ["--pdeathsig", "TERM", installed.server, `--config-dir=${directory}`];
  const child = spawn("setpriv", args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: 1, signal: null }));
  });
  const output = new RecentOutput(directory);
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => output.add(text));

  const stop = () => stopProcess(child, exited);
  const api = `http://127.0.0.1:${port}/api/v1`;
  const problem = await untilAnswering(`${api}/servers`, options.key, exited);
  if (problem !== undefined) {
    await stop();
    throw new Error(`PowerDNS did not start: ${problem} Its last lines:\n${output.tail(6)}`);
  }
  return {
    api,
    document: `http://127.0.0.1:${port}/api/docs`,
    pid: child.pid ?? 0,
    stop,
    exited,
    recentOutput: () => output.tail(12),
  };
}

/** In one transaction: a start that was cut short leaves all of the tables or none. */
async function createDatabase(file: string, schema: string): Promise<void> {
  const database = new DatabaseSync(file);
  try {
    const { tables } = database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get() ?? {};
    if (tables === 0) database.exec(`BEGIN; ${await readFile(schema, "utf8")} COMMIT;`);
  } finally {
    database.close();
  }
}

function configuration({ directory, port, dnsPort, key }: PowerdnsOptions): string {
  const settings = {
    launch: "gsqlite3",
    "gsqlite3-database": join(directory, "zones.sqlite"),
    "local-address": "127.0.0.1",
    "local-port": dnsPort,
    webserver: "yes",
    "webserver-address": "127.0.0.1",
    "webserver-port": port,
    api: "yes",
    "api-key": key,
    "socket-dir": directory,
    // It would ask a name server on the Internet whether this version is safe.
    "security-poll-suffix": "",
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** Undefined when the API answers to this key, else what kept it from it. */
async function untilAnswering(url: string, key: string, exited: Promise<Exit>): Promise<string | undefined> {
  const deadline = Date.now() + startTimeout;
  let ended: Exit | undefined;
  void exited.then((exit) => (ended = exit));
  let seen = "no answer";
  while (Date.now() < deadline) {
    if (ended !== undefined) return `it ended with ${describeExit(ended)}.`;
    try {
      const answer = await fetch(url, {
        headers: { "x-api-key": key },
        signal: AbortSignal.timeout(2_000),
      });
      await answer.body?.cancel();
      if (answer.ok) return undefined;
      seen = `HTTP ${answer.status}`;
    } catch (error) {
      seen = error instanceof Error ? error.message : String(error);
    }
    await sleep(50);
  }
  return `it did not answer within ${startTimeout / 1_000} s (last: ${seen}).`;
}
