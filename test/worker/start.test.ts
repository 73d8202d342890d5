import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root, runScript } from "../scripts/run-script.ts";
import { type NpmStart, npmStart, untilPrinted, untilReady } from "./npm-start.ts";
import { descendants, type Process, survivors } from "./process-tree.ts";

/** Milliseconds; what the README promises of Ctrl-C. */
const promptly = 3_000;

const mark = "/storage/kv/namespaces/shop-settings/values/mark";

async function execute(started: NpmStart, code: string): Promise<unknown> {
  const ran = await runScript("call.ts", ["execute", code, "--url", `http://localhost:${started.port}/mcp`]);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout);
}

const statusOf = (method: string, path: string, body?: string) =>
  `async () => (await api.request(${JSON.stringify({
    method,
    path: path.replace("shop-settings", "{namespace_id}").replace("mark", "{key_name}"),
    params: { namespace_id: "shop-settings", key_name: "mark" },
    body,
  })})).status`;

const countOrders = `async () => (await api.request({ method: "POST", path: "/d1/database/{database_id}/raw",
  params: { database_id: "shop" }, body: { sql: "SELECT count(*) FROM orders" } })).data.result[0].results.rows[0][0]`;

function startProcess(started: NpmStart): number {
  const all = descendants(started.npm.pid).filter(({ command }) =>
    /^\S*node .*scripts\/start\.ts/.test(command),
  );
  expect(all).toHaveLength(1);
  return all[0]?.pid ?? 0;
}

// Windows has neither signals nor process groups; there the tree is ended by taskkill.
describe.skipIf(process.platform === "win32")("npm start", () => {
  let state: string;
  const seen: Process[] = [];
  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), "twofold-state-"));
  });
  afterAll(async () => {
    // Only a failed test leaves any; it must not leave them to the machine.
    for (const { pid } of await survivors(seen, 0)) process.kill(pid, "SIGKILL");
    await rm(state, { recursive: true, force: true });
  });

  test("prints where it is and how to reach it, serves two tools, and Ctrl-C ends it all", async () => {
    const started = await npmStart(state);
    await untilReady(started);
    const url = `http://localhost:${started.port}/mcp`;
    const output = started.output();
    expect(output).toMatch(/^Playground … seeded and ready \(\d+\.\d s\)$/m);
    expect(output).toContain(`Twofold is ready: ${url}\n`);
    expect(output).toContain(`claude mcp add --transport http twofold ${url}\n`);
    expect(output).toContain(`{"mcpServers":{"twofold":{"url":"${url}"}}}`);
    expect(output).toContain(`code --add-mcp '{"name":"twofold","type":"http","url":"${url}"}'`);
    expect(output).toContain("Ask, for example: ");

    const client = new Client({ name: "start-test", version: "1.0.0" });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["search", "execute"]);
    await client.close();

    // The line a person would copy, in the shell they would paste it into.
    const [, line = ""] = /From this shell: {2}(npm run call .*)$/m.exec(output) ?? [];
    const { stdout } = await promisify(execFile)("sh", ["-c", line], { cwd: root });
    expect(stdout).toContain('"name":"SHOP"');

    expect(await execute(started, countOrders)).toBe(36);
    expect(await execute(started, statusOf("PUT", mark, "kept"))).toBe(200);
    await endsPromptly(started, () => process.kill(-started.npm.pid, "SIGINT"));
  });

  test("keeps the playground's state over a restart, and a killed npm leaves nothing running", async () => {
    const started = await npmStart(state);
    await untilReady(started);
    expect(started.output()).toMatch(/^Playground … ready/m);
    expect(await execute(started, statusOf("GET", mark))).toBe(200);
    await endsPromptly(started, () => process.kill(started.npm.pid, "SIGKILL"));
  });

  test("--fresh resets the state, and a killed start leaves nothing running", async () => {
    const started = await npmStart(state, "--fresh");
    await untilReady(started);
    expect(await execute(started, statusOf("GET", mark))).toBe(404);
    expect(await execute(started, countOrders)).toBe(36);
    await endsPromptly(started, () => process.kill(startProcess(started), "SIGKILL"));
  });

  test("ends with the last lines of a process that died by itself", async () => {
    const started = await npmStart(state);
    await untilReady(started);
    const wrangler = descendants(started.npm.pid).find(({ command }) =>
      command.includes("playground/wrangler.jsonc"),
    );
    await endsPromptly(started, () => process.kill(wrangler?.pid ?? 0, "SIGKILL"));
    expect(started.output()).toMatch(
      /The playground ended by itself \(signal SIGKILL\)\. Its last lines, of .*playground\.log:/,
    );
    expect(started.output()).toContain("Start again with: npm start");
  });

  test("Ctrl-C while it is still starting ends it all", async () => {
    const started = await npmStart(state);
    await untilPrinted(started, "API document");
    await endsPromptly(started, () => process.kill(-started.npm.pid, "SIGINT"));
    expect(started.output()).not.toContain("did not start");
    expect(existsSync(join(state, "lock"))).toBe(false);
  });

  async function endsPromptly(started: NpmStart, end: () => void): Promise<void> {
    const processes = descendants(started.npm.pid);
    seen.push(...processes);
    // Otherwise "nothing is left" would prove nothing.
    expect(processes.filter(({ command }) => command.includes("workerd")).length).toBeGreaterThan(0);
    end();
    expect((await survivors(processes, promptly)).map(({ command }) => command)).toEqual([]);
    await started.exited;
  }
});
