import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { writeArtifact } from "../../scripts/spec/artifact.ts";
import { root, runScript } from "../scripts/run-script.ts";
import { type NpmStart, npmStart, untilPrinted, untilReady } from "../worker/npm-start.ts";
import { clients, everything } from "./official-clients.ts";
import { descendants, type Process, survivors } from "../worker/process-tree.ts";

/** Milliseconds; what the README promises of Ctrl-C. */
const promptly = 3_000;

const mark = "/storage/kv/namespaces/shop-settings/values/mark";

const execute = (started: NpmStart, code: string) => call(started, "execute", code);

async function call(started: NpmStart, tool: string, code: string): Promise<unknown> {
  const ran = await runScript("call.ts", [tool, code, "--url", `http://localhost:${started.port}/mcp`]);
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

interface FilesAndOrders {
  /** Content type of each file and what a program gets of it, by key. */
  types: Record<string, string>;
  /** The rows of the monthly reports, and what the orders table says: `month,sku,orders,quantity,total_cents`. */
  reported: string[];
  sold: string[];
}

const filesAndOrders = `async () => {
  const object = "/r2/buckets/{bucket_name}/objects/{object_key}";
  const params = { bucket_name: "shop-files" };
  const types = {}, reported = [];
  const list = await api.request({ method: "GET", path: "/r2/buckets/{bucket_name}/objects", params });
  for (const { key } of list.data.result) {
    const { data, headers } = await api.request({ method: "GET", path: object, params: { ...params, object_key: key } });
    types[key] = headers["content-type"] + " as " + data.constructor.name;
    const month = /^reports\\/(.*)\\.csv$/.exec(key)?.[1];
    if (month) reported.push(...data.trimEnd().split("\\n").slice(1).map((row) => month + "," + row));
  }
  const sql = \`SELECT substr(ordered_on, 1, 7) AS month, sku, count(*), sum(quantity), sum(total_cents)
    FROM orders WHERE month < '2026-11' GROUP BY month, sku ORDER BY month, sku\`;
  const path = "/d1/database/{database_id}/raw";
  const { data } = await api.request({ method: "POST", path, params: { database_id: "shop" }, body: { sql } });
  return { types, reported, sold: data.result[0].results.rows.map((row) => row.join(",")) };
}`;

const wranglersPages = [
  "/cdn-cgi/local/explorer/api",
  "/CDN-CGI/local/explorer",
  "/x/../cdn-cgi/local",
  "/%63dn-cgi/local/explorer/api",
  "//cdn-cgi/local/explorer/api",
];

const stored = "/cdn-cgi/local/explorer/api/local/workers";
/** Ways to say one URL here and another one to wrangler: target and headers. */
const twoUrls: [target: string, ...headers: string[]][] = [
  [`http://localhost${stored}`, "Host: localhost"],
  ["/", `Host: localhost${stored}?`],
  ["/", `Host: localhost${stored}#`],
  ["/", "Host: localhost", `MF-Original-URL: http://localhost${stored}`],
  ["/runs.ndjson", "Host: evil.example", "MF-Original-URL: http://localhost/runs.ndjson"],
  ["/runs.ndjson", "Host: localhost", "Host: evil.example"],
];

/** A GET of exactly this path: a client library would tidy it. */
function rawGet(port: number, path: string, headers = [`Host: localhost:${port}`]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`GET ${path} HTTP/1.1\r\n${headers.join("\r\n")}\r\nConnection: close\r\n\r\n`),
    );
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    socket.setTimeout(10_000, () => socket.destroy(new Error("no answer within 10 s")));
    socket.on("end", () => resolve(text)).on("error", reject);
  });
}

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
  const running: NpmStart[] = [];
  const start = async (folder: string, ...flags: string[]) => {
    const started = await npmStart(folder, ...flags);
    running.push(started);
    return started;
  };
  let first: NpmStart;
  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), "twofold-state-"));
    first = await npmStart(state);
    await untilReady(first);
  });
  // Only a failed test leaves any; it must leave them neither to the next one nor to the machine.
  afterEach(async () => {
    for (const { npm, exited } of running.splice(0)) {
      if (npm.exitCode !== null || npm.signalCode !== null) continue;
      process.kill(-npm.pid, "SIGINT");
      await exited;
    }
  });
  afterAll(async () => {
    if (first !== undefined && first.npm.exitCode === null && first.npm.signalCode === null)
      process.kill(-first.npm.pid, "SIGKILL");
    for (const { pid } of await survivors(seen, 0)) process.kill(pid, "SIGKILL");
    await rm(state, { recursive: true, force: true });
  });

  test("prints where it is and how to reach it, and serves what was seeded", async () => {
    const started = first;
    const url = `http://localhost:${started.port}/mcp`;
    const output = started.output();
    expect(output).toMatch(/^Playground … seeded and ready \(\d+\.\d s\)$/m);
    expect(output).toContain(`Twofold is ready: ${url}\n`);
    expect(output).toContain(`claude mcp add --transport http twofold ${url}\n`);
    expect(output).toContain(`{"mcpServers":{"twofold":{"url":"${url}"}}}`);
    expect(output).toContain(`code --add-mcp '{"name":"twofold","type":"http","url":"${url}"}'`);
    expect(output).toContain("Ask, for example: ");

    // Wrangler's own pages would show whoever asks what is stored.
    for (const path of wranglersPages) expect(await rawGet(started.port, path)).toMatch(/^HTTP\/1\.1 404 /);
    for (const [target, ...headers] of twoUrls) {
      const answer = await rawGet(started.port, target, headers);
      expect(answer).toMatch(/^HTTP\/1\.1 (200 OK[^]*Twofold serves|400|403|404)/);
      expect(answer).not.toMatch(/bindings|"id":"/);
    }

    // Behind the front wrangler believes who says what the URL is, so nobody else is served there.
    const commands = descendants(started.npm.pid).map(({ command }) => command);
    const inner = Number(/serve-worker\.ts .*"port":(\d+)/.exec(commands.join("\n"))?.[1]);
    expect(inner).toBeGreaterThan(0);
    expect(inner).not.toBe(started.port);
    const rebound = ["Host: evil.example", "MF-Original-URL: http://localhost/runs.ndjson"];
    expect(await rawGet(inner, "/runs.ndjson", rebound)).toMatch(/^HTTP\/1\.1 403 /);

    // It asks for no Origin: any web page could read secrets out of it.
    expect(commands.filter((command) => /workerd.*inspector/.test(command))).toEqual([]);

    // The line a person would copy, in the shell they would paste it into.
    const [, line = ""] = /From this shell: {2}(npm run -s call .*)$/m.exec(output) ?? [];
    const { stdout } = await promisify(execFile)("sh", ["-c", line], { cwd: root });
    expect(JSON.parse(stdout)).toMatchObject({ result: [{ name: "SHOP" }] });

    expect(await execute(started, countOrders)).toBe(36);
    expect(await execute(started, statusOf("PUT", mark, "kept"))).toBe(200);
    const { types, reported, sold } = (await execute(started, filesAndOrders)) as FilesAndOrders;
    expect(types).toEqual({
      "README.txt": "text/plain; charset=utf-8 as String",
      "images/logo.png": "image/png as Uint8Array",
      "reports/2026-09.csv": "text/csv; charset=utf-8 as String",
      "reports/2026-10.csv": "text/csv; charset=utf-8 as String",
      "suppliers.json": "application/json as Array",
    });
    expect(sold).toHaveLength(12);
    expect(reported).toEqual(sold);
    // The playground's document is OpenAPI 3.0.3; programs see every API in one form.
    expect(await call(started, "search", "[spec.openapi]")).toEqual([expect.stringMatching(/^3\.1\./)]);
  });

  test.each(["/mcp", "/"].flatMap((path) => Object.keys(clients).map((name) => [name, path] as const)))(
    "%s at %s: two tools, a search, and an execute that writes, reads back, queries and stores bytes",
    async (name, path) => {
      const open = clients[name];
      if (open === undefined) throw new Error(`no client ${name}`);
      const client = await open(new URL(`http://localhost:${first.port}${path}`));
      const text = async (tool: string, code: string) => {
        const answer = (await client.callTool({ name: tool, arguments: { code } })) as {
          isError?: boolean;
          content: { text: string }[];
        };
        if (answer.isError === true) throw new Error(answer.content[0]?.text);
        return answer.content.map((block) => block.text);
      };
      try {
        const { tools } = await client.listTools();
        expect(tools.map((tool) => tool.name)).toEqual(["search", "execute"]);
        expect(tools[0]?.annotations).toMatchObject({ readOnlyHint: true });
        expect(tools[1]?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true });
        expect(client.getInstructions()).toContain("search finds operations");

        const found = JSON.parse(
          (
            await text(
              "search",
              `Object.entries(spec.paths).flatMap(([path, item]) => Object.entries(item).filter(([, operation]) => operation.tags?.includes("Workers KV Namespace")).map(([method]) => method + " " + path))`,
            )
          )[0] ?? "",
        ) as string[];
        expect(found).toHaveLength(8);
        expect(found).toContain("put /storage/kv/namespaces/{namespace_id}/values/{key_name}");

        const [result, notes] = await text("execute", everything);
        expect(JSON.parse(result ?? "")).toEqual({
          read: Array.from({ length: 10 }, (_, n) => `value ${n}`),
          answer: 42,
          size: 5000,
          equal: true,
        });
        expect(notes).toMatch(/^run r_\w{10} · 26 calls \(14 GET, 11 PUT, 1 POST\) · \d+ ms$/);
      } finally {
        await client.close();
      }
    },
  );

  test("Ctrl-C ends it all", async () => {
    await endsPromptly(first, () => process.kill(-first.npm.pid, "SIGINT"));
    await expect(fetch(`http://localhost:${first.port}/`)).rejects.toThrow("fetch failed");
  });

  test("keeps the playground's state over a restart, and a killed npm leaves nothing running", async () => {
    const started = await start(state);
    await untilReady(started);
    expect(started.output()).toMatch(/^Playground … ready/m);
    expect(await execute(started, statusOf("GET", mark))).toBe(200);
    await endsPromptly(started, () => process.kill(started.npm.pid, "SIGKILL"));
  });

  test("--fresh resets the state, and a killed start leaves nothing running", async () => {
    const started = await start(state, "--fresh");
    await untilReady(started);
    expect(await execute(started, statusOf("GET", mark))).toBe(404);
    expect(await execute(started, countOrders)).toBe(36);
    await endsPromptly(started, () => process.kill(startProcess(started), "SIGKILL"));
  });

  test("Ctrl-C while it is still starting ends it all", async () => {
    const started = await start(state);
    await untilPrinted(started, "API document");
    await endsPromptly(started, () => process.kill(-started.npm.pid, "SIGINT"));
    expect(started.output()).not.toContain("did not start");
    expect(existsSync(join(state, "lock"))).toBe(false);
  });

  test("another API: the missing secret is named, all lines carry a placeholder for the token, and a server that died by itself has its last lines told", async () => {
    const name = `start-${process.pid}`;
    const folder = join(root, "spec", name);
    const token = "canary-0123456789-0123456789-0123456789";
    const document = {
      openapi: "3.1.0",
      info: { title: "Items", version: "1" },
      paths: { "/items": { get: { responses: { 200: { description: "ok" } } } } },
    };
    const settings = { source: "none", baseUrl: "http://127.0.0.1:9", auth: { type: "basic" } } as const;
    try {
      await writeArtifact({ name, document, settings, directory: join(folder, "artifact") });
      await writeFile(join(folder, "api.jsonc"), JSON.stringify(settings));
      await writeFile(join(folder, ".dev.vars"), `MCP_TOKEN=${token}\nAPI_USERNAME=someone\n`);
      const started = await start(join(state, name), "--api", name);
      await untilReady(started);
      const output = started.output();
      expect(output).toMatch(
        new RegExp(
          `^Calls of ${name} will fail: .* API_PASSWORD=… into spec/${name}/\\.dev\\.vars, then start again\\.\n\nTwofold is ready`,
          "m",
        ),
      );
      expect(output).toMatch(/claude mcp add .*\/mcp --header "Authorization: Bearer YOUR_TOKEN"$/m);
      expect(output.match(/"headers":\{"Authorization":"Bearer YOUR_TOKEN"\}/g)).toHaveLength(2);
      expect(output).not.toContain("canary");
      // A deploy writes wrangler.json; what runs here would follow it and take its variables.
      expect(existsSync(join(folder, "artifact", "wrangler.dev.json"))).toBe(true);
      expect(existsSync(join(folder, "artifact", "wrangler.json"))).toBe(false);

      const [, line = ""] = /From this shell: {2}(npm run -s call .*)$/m.exec(output) ?? [];
      const run = (TWOFOLD_TOKEN: string) =>
        promisify(execFile)("sh", ["-c", line], { cwd: root, env: { ...process.env, TWOFOLD_TOKEN } });
      expect(JSON.parse((await run(token)).stdout)).toEqual(["/items"]);
      await expect(run("")).rejects.toThrow("needs a token: --token or TWOFOLD_TOKEN.");
      await expect(run("another")).rejects.toThrow("needs another token");

      const wrangler = descendants(started.npm.pid).find(({ command }) =>
        command.includes(`spec/${name}/artifact/wrangler.dev.json`),
      );
      await endsPromptly(started, () => process.kill(wrangler?.pid ?? 0, "SIGKILL"));
      expect(started.output()).toMatch(
        /Twofold ended by itself \(signal SIGKILL\)\. Its last lines, of .*twofold\.log:/,
      );
      expect(started.output()).toContain("Start again with: npm start");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
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
