import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addApi } from "../../scripts/spec/add-api.ts";
import { root } from "../scripts/run-script.ts";
import { startCloudflareApi } from "./cloudflare-api.ts";
import { startTestTwofold, type TestTwofold } from "../worker/start-twofold.ts";

const api = `deploy-${process.pid}`;
const apiToken = "canary-of-the-api-0123456789";
const mcpToken = "canary-of-the-clients-0123456789-abcdefgh";
const document = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  servers: [{ url: "https://api.example.com/v1" }],
  security: [{ token: [] }],
  components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
  paths: { "/orders": { get: { operationId: "listOrders", responses: { 200: { description: "OK" } } } } },
};

interface Deployed {
  code: number | null;
  output: string;
}

// Each deploy starts wrangler some four to seven times, which takes its time on a busy machine.
describe("npm run deploy, with the real wrangler on an account of loopback", { timeout: 240_000 }, () => {
  let directory: string;
  let cloudflare: Awaited<ReturnType<typeof startCloudflareApi>>;
  let twofold: TestTwofold;
  /** Whatever is to leave this machine would have to go through here. */
  let proxy: Server;
  const proxied: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "twofold-deploy-test-"));
    await writeFile(join(directory, "openapi.json"), JSON.stringify(document));
    await addApi(api, join(directory, "openapi.json"));
    cloudflare = await startCloudflareApi();
    proxy = createServer((request, response) => {
      proxied.push(request.url ?? "");
      response.writeHead(502).end();
    }).on("connect", (request, socket) => {
      proxied.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    twofold = await startTestTwofold({
      document,
      baseUrl: "https://api.example.com/v1",
      secrets: { MCP_TOKEN: mcpToken },
    });
  }, 120_000);
  afterAll(async () => {
    await twofold?.stop();
    await cloudflare?.stop();
    await new Promise((resolve) => proxy.close(resolve));
    await rm(join(root, "spec", api), { recursive: true, force: true });
    await rm(directory, { recursive: true, force: true });
  });

  const environment = (more: NodeJS.ProcessEnv) => {
    const { port } = proxy.address() as AddressInfo;
    const { CI: _, ...given } = process.env;
    return {
      ...given,
      // No sign-in of whoever runs the tests, and a folder whose files can be looked at.
      HOME: directory,
      XDG_CONFIG_HOME: directory,
      TMPDIR: directory,
      WRANGLER_CACHE_DIR: join(directory, "cache"),
      CLOUDFLARE_API_BASE_URL: cloudflare.url,
      CLOUDFLARE_API_TOKEN: "test-token",
      CLOUDFLARE_ACCOUNT_ID: cloudflare.account,
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      HTTP_PROXY: `http://127.0.0.1:${port}`,
      NO_PROXY: "127.0.0.1,localhost",
      ...more,
    };
  };
  function deploy(args: string[], more: NodeJS.ProcessEnv = {}): Promise<Deployed> {
    cloudflare.calls.length = 0;
    const script = [join(root, "scripts", "deploy.ts"), "--api", api, ...args];
    const child = spawn(process.execPath, script, { cwd: root, env: environment(more) });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stdin.end();
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
  }
  /** What the account was asked to change. */
  const changes = () => cloudflare.calls.filter((call) => !call.startsWith("GET "));
  const given = { API_TOKEN: apiToken, MCP_TOKEN: mcpToken };

  test("a dry run builds, says what would be made and asked, and talks to nobody", async () => {
    const { code, output } = await deploy(["--dry-run"]);
    expect(output).toMatch(/Build … \d\.\d MiB, \d\.\d MiB gzipped of 10 MiB/);
    expect(output).toContain("KV namespace            twofold-oauth-kv");
    expect(output).toMatch(/Secrets, where they are not set already:\n {2}API_TOKEN .*\n {2}MCP_TOKEN /);
    expect(output).toContain("Nothing was changed.");
    expect({ code, calls: cloudflare.calls, proxied }).toEqual({ code: 0, calls: [], proxied: [] });
  });

  test("what is unsafe is refused before anybody is asked, in a dry run too", async () => {
    const unsafe = ["--var", "API_BASE_URL:http://api.example.com", "--var", `MCP_TOKEN:${mcpToken}`];
    const { code, output } = await deploy(["--dry-run", ...unsafe]);
    expect(output).toContain("This is not safe to deploy:");
    expect(output).toContain("http://api.example.com/, without encryption");
    expect(output).toContain("MCP_TOKEN is a secret, and was given as a variable");
    expect(output).not.toContain(mcpToken);
    expect({ code, calls: cloudflare.calls }).toEqual({ code: 1, calls: [] });
  });

  test("who is not signed in is told how, and nothing is changed", async () => {
    const { code, output } = await deploy([], { CLOUDFLARE_API_TOKEN: "", CLOUDFLARE_ACCOUNT_ID: "" });
    expect(output).toContain("Sign in with: npx wrangler login.");
    expect(output).toContain("Nothing was changed.");
    expect({ code, changes: changes() }).toEqual({ code: 1, changes: [] });
  });

  test("a KV namespace that cannot be made ends it before the upload", async () => {
    cloudflare.refusing.add("namespace");
    const { code, output } = await deploy(["--secrets-from", "env"], given);
    cloudflare.refusing.clear();
    expect(output).toContain("The KV namespace twofold-oauth-kv could not be made:");
    expect(output).toContain("not entitled");
    expect({ code, changes: changes() }).toEqual({ code: 1, changes: ["POST /storage/kv/namespaces"] });
  });

  test("a refused upload leaves no Worker, and says what was made", async () => {
    cloudflare.refusing.add("secret");
    const talkative = { WRANGLER_LOG: "debug", WRANGLER_LOG_SANITIZE: "false" };
    const { code, output } = await deploy(["--secrets-from", "env"], { ...given, ...talkative });
    cloudflare.refusing.clear();
    expect(output).toContain("the secret is too large");
    expect(output).toContain("Done so far: the KV namespace was made. Running it again is safe");
    for (const secret of [apiToken, mcpToken]) expect(output).not.toContain(secret);
    expect({ code, workers: cloudflare.workers.size }).toEqual({ code: 1, workers: 0 });
  });

  // The one of util-linux gives a program a terminal.
  const script = process.platform === "linux" && existsSync("/usr/bin/script");
  test.skipIf(!script)(
    "on a terminal secrets are asked for unseen; what was made is shown, though a step after the upload fails",
    async () => {
      cloudflare.refusing.add("subdomain");
      // Without a size of its own every character would be a line.
      const command = `stty cols 120 rows 40; exec ${process.execPath} ${join(root, "scripts", "deploy.ts")} --api ${api} --name second`;
      const child = spawn("/usr/bin/script", ["-qec", command, "/dev/null"], {
        cwd: root,
        env: environment({}),
      });
      const answers: [RegExp, string][] = [
        [/API_TOKEN, the token or key for Shop/, `${apiToken}\r`],
        [/MCP_TOKEN, .*Enter makes one/, "\r"],
      ];
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        const [next] = answers;
        if (next?.[0].test(output)) child.stdin.write(answers.shift()?.[1] ?? "");
      });
      const code = await new Promise((resolve) => child.once("close", resolve));
      cloudflare.refusing.clear();
      const kept = (name: string) =>
        cloudflare.workers.get("second")?.versions[0]?.bindings.find((one) => one.name === name)?.text ?? "";
      expect(kept("API_TOKEN")).toBe(apiToken);
      expect(output).not.toContain(apiToken);
      expect(kept("MCP_TOKEN")).toMatch(/^[\w-]{43}$/);
      expect(output.split(kept("MCP_TOKEN"))).toHaveLength(2);
      expect(output).toContain("Done so far: the KV namespace was made; code and secrets were uploaded.");
      expect(code).toBe(1);
    },
  );

  test("the first deploy takes up what is there, uploads code and secrets at once, and looks at the result", async () => {
    const left = cloudflare.namespaces.find(({ title }) => title === "twofold-oauth-kv");
    const modes: string[] = [];
    cloudflare.hooks.onUpload = () => {
      const [folder = ""] = readdirSync(directory).filter((name) => name.startsWith("twofold-deploy-"));
      for (const path of [join(directory, folder), join(directory, folder, "secrets.json")])
        modes.push((statSync(path).mode & 0o777).toString(8));
    };
    const { code, output } = await deploy(["--secrets-from", "env", "--url", twofold.url], given);
    delete cloudflare.hooks.onUpload;
    expect(output).toContain("Deployed: https://twofold.example.workers.dev/mcp\n");
    expect(output).toMatch(/ok {5}search +runs; the document has 1 paths/);
    expect(output).toContain(`claude mcp add --transport http twofold ${twofold.url}/mcp --header`);
    for (const secret of [apiToken, mcpToken]) expect(output).not.toContain(secret);
    expect(code).toBe(0);
    const worker = cloudflare.workers.get("twofold");
    const bindings = Object.fromEntries(worker?.versions[0]?.bindings.map((one) => [one.name, one]) ?? []);
    expect(worker?.versions).toHaveLength(1);
    expect(bindings).toMatchObject({
      OAUTH_KV: { namespace_id: left?.id ?? "the one made before" },
      API_TOKEN: { type: "secret_text", text: apiToken },
      MCP_TOKEN: { type: "secret_text", text: mcpToken },
      TWOFOLD_API: { type: "plain_text", text: api },
    });
    expect(worker).toMatchObject({
      migrationTag: "v2",
      subdomain: { enabled: true, previews_enabled: false },
    });
    expect(modes).toEqual(["700", "600"]);
    expect(readdirSync(directory).filter((name) => /^twofold-(deploy|wrangler)-/.test(name))).toEqual([]);
    const config = await readFile(join(root, "spec", api, "artifact", "wrangler.json"), "utf8");
    for (const secret of [apiToken, mcpToken]) expect(config).not.toContain(secret);
    expect(proxied).toEqual([]);
  });

  test("a second deploy makes nothing new, asks for nothing, and keeps the secrets", async () => {
    const { code, output } = await deploy(["--url", twofold.url], { TWOFOLD_TOKEN: mcpToken });
    expect(output).toContain("Secrets … none missing; 2 kept");
    expect(code).toBe(0);
    expect(changes()).not.toContain("POST /storage/kv/namespaces");
    const names = cloudflare.workers
      .get("twofold")
      ?.versions.at(-1)
      ?.bindings.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["API_TOKEN", "MCP_TOKEN", "OAUTH_KV"]));
  });

  test("as the deploy button runs it: nothing built yet, a Worker made for it, nobody to ask", async () => {
    const secrets = Object.entries(given).map(([name, text]) => ({ name, text, type: "secret_text" }));
    cloudflare.workers.set("shop-mcp", {
      versions: [{ id: "11111111-1111-4111-8111-111111111111", bindings: secrets }],
      subdomain: { enabled: true, previews_enabled: false },
    });
    await rm(join(root, "spec", api, "artifact"), { recursive: true });
    const builds = {
      CI: "true",
      WORKERS_CI: "1",
      WRANGLER_CI_OVERRIDE_NAME: "shop-mcp",
      TWOFOLD_TOKEN: mcpToken,
    };
    const { code, output } = await deploy(["--url", twofold.url], builds);
    expect(output).toContain("Artifact … built, 1 operations");
    expect(output).toContain("Deployed: https://shop-mcp.example.workers.dev/mcp");
    expect(code).toBe(0);
    const names = cloudflare.workers
      .get("shop-mcp")
      ?.versions.at(-1)
      ?.bindings.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["API_TOKEN", "MCP_TOKEN", "OAUTH_KV", "JOURNAL"]));
  });

  test("a variable that would change is not changed unless somebody says yes", async () => {
    const { code, output } = await deploy(["--var", "READ_ONLY:1"]);
    expect(output).toMatch(/^Settings … Shop at .*, read-only$/m);
    expect(output).toContain("Variables of the deployment would change: READ_ONLY (unset) → 1.");
    expect(output).toContain("--yes says yes to this");
    expect({ code, changes: changes() }).toEqual({ code: 1, changes: [] });
  });
});
