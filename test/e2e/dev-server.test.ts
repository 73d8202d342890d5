import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RunningWorker, startWorker } from "../../scripts/dev-server.ts";
import { localApiPath } from "../../scripts/playground/local-api.ts";
import { freePort } from "../worker/free-port.ts";
import { descendants, survivors } from "../worker/process-tree.ts";

let folder: string;
const running: RunningWorker[] = [];

beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "twofold-dev-"))));
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(
  name: string,
  source: string,
  config: object = {},
  envFile?: string,
): Promise<RunningWorker> {
  await writeFile(join(folder, `${name}.ts`), source);
  const path = join(folder, `${name}.json`);
  const settings = { name, main: `${name}.ts`, compatibility_date: "2026-10-01", ...config };
  await writeFile(path, JSON.stringify(settings));
  const worker = await startWorker({
    config: path,
    port: await freePort(),
    persistTo: join(folder, name),
    vars: { GREETING: "hello" },
    ...(envFile !== undefined && { envFile }),
  });
  running.push(worker);
  return worker;
}

const echo = `export default { fetch: (_: Request, env: Record<string, string>) => new Response(env.GREETING + " " + env.SECRET) };`;

test("a Worker answers with its vars and secrets, and stop() leaves nothing running", async () => {
  const secrets = join(folder, "secrets");
  await writeFile(secrets, "SECRET=canary-7f3a\n");
  const worker = await start("echo", echo, {}, secrets);
  expect(await (await fetch(worker.url)).text()).toBe("hello canary-7f3a");
  const processes = descendants(worker.pid);
  expect(processes.map(({ command }) => command).join()).toContain("workerd");
  expect(processes.map(({ command }) => command).join()).not.toContain("canary");
  await worker.stop();
  expect(await survivors(processes, 500)).toEqual([]);
});

test.each([
  [
    "an import that is not there",
    `import "./gone";`,
    /^The Worker did not start: Could not resolve "\.\/gone" \(.*broken\.ts:1:7\)\.$/,
  ],
  ["a syntax error", `export default {`, /^The Worker did not start: .* \(.*broken\.ts:1:16\)\.$/],
  ["a throw while loading", `throw new Error("no luck");`, /^The Worker did not start: .*no luck/],
])("%s is told in one sentence", async (_, source, message) => {
  await expect(start("broken", source)).rejects.toThrow(message);
});

test("a Worker that lacks a setting is told at once, in its own words, with the file to mend", async () => {
  const secrets = join(folder, "few");
  await writeFile(secrets, "SECRET=some\n");
  const refusing = `export default { fetch: () => Response.json({ error: { message: "SIGN_IN lacks a secret." } }, { status: 503 }) };`;
  await expect(start("refusing", refusing, {}, secrets)).rejects.toThrow(
    /^The Worker did not start: SIGN_IN lacks a secret\. Here variables and secrets are in .*few\.$/,
  );
});

test("a broken config is told in one sentence", async () => {
  await expect(start("broken", echo, { kv_namespaces: 5 })).rejects.toThrow(
    /did not start: .*"kv_namespaces"/,
  );
});

const storeBinding = (id: string) => ({ kv_namespaces: [{ binding: "STORE", id }] });

test("the local Cloudflare API of one dev process neither lists nor serves the storage of another", async () => {
  const [open, closed] = await Promise.all([
    start("open", echo, storeBinding("open-store")),
    start("closed", echo, storeBinding("closed-store")),
  ]);
  const value = `${localApiPath}/storage/kv/namespaces/closed-store/values/secret`;
  const write = await fetch(closed.url + value, { method: "PUT", body: "canary-91be" });
  // The control: its own process does serve it.
  expect(write.status).toBe(200);
  expect(await (await fetch(closed.url + value)).text()).toBe("canary-91be");

  expect(await (await fetch(open.url + value)).text()).not.toContain("canary-91be");
  const workers = await (await fetch(`${open.url}${localApiPath}/local/workers`)).text();
  expect(workers).toContain("open-store");
  expect(workers).not.toContain("closed-store");
});
