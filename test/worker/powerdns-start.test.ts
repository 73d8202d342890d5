import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findPowerdns } from "../../scripts/powerdns/find-powerdns.ts";
import { root, runScript } from "../scripts/run-script.ts";
import { freePort } from "./free-port.ts";
import { descendants, survivors } from "./process-tree.ts";

const installed = findPowerdns() !== undefined;

test.skipIf(installed)("npm run powerdns says what to install where PowerDNS is missing", async () => {
  const { code, stderr } = await runScript("powerdns.ts", []);
  expect(code).toBe(1);
  expect(stderr).toContain("apt-get install pdns-server pdns-backend-sqlite3");
});

const reason = installed ? "" : " (skipped: pdns-server and pdns-backend-sqlite3 are not installed)";

describe.skipIf(!installed)(`npm run powerdns${reason}`, () => {
  let state: string;
  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), "twofold-powerdns-"));
  });
  afterAll(async () => {
    await rm(state, { recursive: true, force: true });
  });

  async function start(): Promise<{ child: ChildProcess; pid: number; port: number; printed: string }> {
    const port = await freePort();
    const args = [join(root, "scripts", "powerdns.ts"), "--port", String(port), "--state", state];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
    const deadline = Date.now() + 20_000;
    while (!printed.includes("Ctrl-C ends it")) {
      if (Date.now() > deadline || child.exitCode !== null) throw new Error(`It printed:\n${printed}`);
      await sleep(50);
    }
    return { child, pid: child.pid ?? 0, port, printed };
  }

  const zones = async (port: number, key: string, init: RequestInit = {}) => {
    const url = `http://127.0.0.1:${port}/api/v1/servers/localhost/zones`;
    const headers = { "x-api-key": key, "content-type": "application/json" };
    return fetch(url, { ...init, headers, signal: AbortSignal.timeout(5_000) });
  };
  const readKey = async () =>
    /^API_TOKEN=(\S{32})\n$/.exec(await readFile(join(state, ".dev.vars"), "utf8"))?.[1] ?? "";

  test("prints the commands that serve it, keeps its key to the owner, and ends by Ctrl-C with its zones kept", async () => {
    const first = await start();
    const key = await readKey();
    expect(key).not.toBe("");
    expect(first.printed).not.toContain(key);
    expect((await stat(join(state, ".dev.vars"))).mode & 0o077).toBe(0);
    expect((await stat(join(state, "pdns.conf"))).mode & 0o077).toBe(0);
    expect(first.printed).toContain(
      `npm run spec -- add powerdns http://127.0.0.1:${first.port}/api/docs --base-url http://127.0.0.1:${first.port}/api/v1 --auth header:X-API-Key`,
    );
    expect((await zones(first.port, "wrong")).status).toBe(401);
    const body = JSON.stringify({ name: "kept.example.", kind: "Native" });
    expect((await zones(first.port, key, { method: "POST", body })).status).toBe(201);
    const started = descendants(first.pid);
    expect(started.some(({ command }) => command.includes("pdns_server"))).toBe(true);
    expect(started.some(({ command }) => command.includes(key))).toBe(false);
    first.child.kill("SIGINT");
    expect(await survivors(started, 3_000)).toEqual([]);

    const again = await start();
    expect(await readKey()).toBe(key);
    const listed = (await (await zones(again.port, key)).json()) as { name: string }[];
    expect(listed.map(({ name }) => name)).toEqual(["kept.example."]);

    // Nobody can catch this one, and the server must not be left behind all the same.
    const running = descendants(again.pid);
    again.child.kill("SIGKILL");
    expect(await survivors(running, 3_000)).toEqual([]);
  });
});
