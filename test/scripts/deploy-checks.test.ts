import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkLive, type Live } from "../../scripts/deploy/check-live.ts";
import { checkPlan } from "../../scripts/deploy/check-plan.ts";
import { collectSecrets } from "../../scripts/deploy/collect-secrets.ts";
import { readOptions } from "../../scripts/deploy/options.ts";
import { type Plan, readPlan } from "../../scripts/deploy/plan.ts";
import { neededSecrets, secretsProblem } from "../../scripts/deploy/secrets.ts";
import { secretNames } from "../../scripts/environment-names.ts";
import { repositoryRoot } from "../../scripts/repository-root.ts";
import { writeArtifact } from "../../scripts/spec/artifact.ts";
import type { ApiSettings } from "../../scripts/spec/settings.ts";
import { writeWorkerConfig } from "../../scripts/worker-config.ts";
import { docsDocument } from "../worker/docs-api.ts";

let directory: string;
beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), "twofold-checks-"))));
afterAll(() => rm(directory, { recursive: true }));

const oauth = { authorizationUrl: "https://example.com/authorize", tokenUrl: "https://example.com/token" };
const signIn = { probe: "GET /me", tokenPattern: "key_[a-z]{40}" };

/** Of a real artifact and a real configuration. */
async function planOf({
  vars = {},
  settings = {},
  config = {},
  rest = [],
  document = docsDocument,
}: {
  vars?: Record<string, string>;
  settings?: Partial<ApiSettings>;
  config?: object;
  rest?: string[];
  document?: object;
} = {}): Promise<Plan> {
  const artifact = await mkdtemp(join(directory, "artifact-"));
  const whole = {
    source: "test",
    baseUrl: "https://api.example.com/v1",
    auth: { type: "bearer" },
    ...settings,
  } as const;
  await writeArtifact({ name: "shop", document, settings: whole, directory: artifact });
  const path = await writeWorkerConfig("shop", { artifact, vars });
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, "utf8")), ...config }));
  return readPlan("shop", path, rest);
}
const without = (...names: string[]) => ({
  durable_objects: {
    bindings: ["QUOTAS", "JOURNAL", "UPSTREAM_REFRESH"]
      .filter((name) => !names.includes(name))
      .map((name) => ({ name, class_name: name })),
  },
});

describe("before a deployment", () => {
  test("nothing is said against one with a token and https", async () => {
    expect(checkPlan(await planOf())).toEqual([]);
    expect(checkPlan(await planOf({ vars: { READ_ONLY: "1", SIGN_IN: "owner" } }))).toEqual([]);
  });

  test.each([
    ["ALLOWED_HOSTS", "https://mcp.example.com/", "mcp.example.com"],
    ["ALLOWED_HOSTS", "ok.example,MCP.example.com", "mcp.example.com"],
    ["ALLOWED_HOSTS", "mcp.example.com:443", "mcp.example.com"],
    ["ALLOWED_HOSTS", "*", "mcp.example.com"],
    ["ALLOWED_ORIGINS", "*", "https://app.example.com"],
    ["ALLOWED_ORIGINS", "example.com", "https://app.example.com"],
    ["ALLOWED_ORIGINS", "https://ok.example, https://app.example/", "https://app.example"],
  ])("an entry of %s that would let nobody in is refused: %s", async (name, value, instead) => {
    const [objection, ...more] = checkPlan(await planOf({ vars: { [name]: value } }));
    expect([objection?.level, more]).toEqual(["refuse", []]);
    expect(objection?.says).toContain(`such as ${instead}, with commas`);
  });

  test("hosts and origins as requests name them are taken", async () => {
    const vars = {
      ALLOWED_HOSTS: "mcp.example.com, api.example.org",
      ALLOWED_ORIGINS: "https://app.example.com,http://localhost:3000, vscode-webview://abc",
    };
    expect(checkPlan(await planOf({ vars }))).toEqual([]);
  });

  test("a title writes nothing to the terminal by itself, and no line of its own", async () => {
    const title = "Shop\u001b[2J\u009b31m\u202e\u2028\n\nNothing was changed.";
    const plan = await planOf({ document: { ...docsDocument, info: { title, version: "1" } } });
    const shown = String.raw`Shop\u{1b}[2J\u{9b}31m\u{202e}\u{2028}\u{a}\u{a}Nothing was changed.`;
    const [needed] = neededSecrets(plan, new Set());
    expect([plan.settings.title, needed?.is]).toEqual([shown, `the token or key for ${shown}`]);
  });

  test.each<[string, Parameters<typeof planOf>[0], RegExp]>([
    [
      "a secret among the variables",
      { vars: { API_TOKEN: "x" } },
      /^API_TOKEN is a secret, and was given as a variable/,
    ],
    ["a variable that nothing reads", { vars: { READONLY: "1" } }, /^READONLY is no variable of Twofold/],
    [
      "a way of signing in that is none",
      { vars: { SIGN_IN: "demos" } },
      /"demos", which is no way of signing in/,
    ],
    [
      "a demo with the API's own tokens",
      { vars: { SIGN_IN: "demo", ALLOW_API_TOKEN: "1" }, settings: { signIn } },
      /cannot be combined with SIGN_IN=demo/,
    ],
    [
      "sign-in without where to keep it",
      { vars: { SIGN_IN: "owner" }, config: { kv_namespaces: [] } },
      /OAUTH_KV is not bound/,
    ],
    [
      "own tokens without a probe",
      { vars: { SIGN_IN: "own-token" } },
      /needs a reading operation to try tokens with/,
    ],
    ["no quotas", { vars: { SIGN_IN: "demo" }, config: without("QUOTAS") }, /^The binding QUOTAS is missing/],
    ["no journal", { config: without("JOURNAL") }, /^The binding JOURNAL is missing/],
    [
      "a credential without encryption",
      { vars: { API_BASE_URL: "http://api.example.com" } },
      /without encryption: .* read its credential/,
    ],
    [
      "basic auth without encryption",
      { settings: { auth: { type: "basic" }, baseUrl: "http://api.example.com" } },
      /Change baseUrl in api\.jsonc/,
    ],
    ["this machine", { vars: { API_BASE_URL: "https://localhost:8443" } }, /is not on the Internet/],
    ["a private address", { vars: { API_BASE_URL: "https://10.0.0.8/" } }, /is not on the Internet/],
    [
      "this machine in other digits",
      { vars: { API_BASE_URL: "https://0x7f.1/" } },
      /https:\/\/127\.0\.0\.1\/, which is not/,
    ],
    [
      "the metadata of a cloud",
      { vars: { API_BASE_URL: "https://169.254.169.254/" } },
      /is not on the Internet/,
    ],
    [
      "this machine in IPv6",
      { vars: { API_BASE_URL: "https://[::ffff:127.0.0.1]/" } },
      /is not on the Internet/,
    ],
    [
      "a name of an inner network",
      { vars: { API_BASE_URL: "https://api.internal/" } },
      /is not on the Internet/,
    ],
    [
      "a user in the address",
      { vars: { API_BASE_URL: "https://u:p@api.example.com" } },
      /without user name and query/,
    ],
    [
      "news without encryption",
      { vars: { RUNS_WEBHOOK: "http://hooks.example.com" } },
      /^RUNS_WEBHOOK .* takes an https address/,
    ],
    [
      "sign-in without encryption",
      { settings: { signIn: { ...signIn, oauth: { ...oauth, tokenUrl: "http://localhost:9/token" } } } },
      /^signIn\.oauth\.tokenUrl is http:/,
    ],
    ["older versions that stay reachable", { config: { preview_urls: true } }, /^preview_urls is true/],
    ["no address at all", { config: { workers_dev: false } }, /nobody could reach it/],
    [
      "a domain the Worker does not know",
      { rest: ["--domain", "mcp.example.com"] },
      /--var ALLOWED_HOSTS:mcp\.example\.com/,
    ],
    [
      "a route the Worker does not know",
      { config: { routes: [{ pattern: "mcp.example.com/*" }] }, vars: { ALLOWED_HOSTS: "a.example" } },
      /--var ALLOWED_HOSTS:a\.example,mcp\.example\.com/,
    ],
  ])("%s is refused", async (_, given, says) => {
    const objections = checkPlan(await planOf(given));
    const refused = objections.filter(({ level }) => level === "refuse");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.map((one) => one.says)).toEqual(expect.arrayContaining([expect.stringMatching(says)]));
  });

  test("a domain that is named among the hosts is fine", async () => {
    expect(
      checkPlan(
        await planOf({ rest: ["--domain=mcp.example.com"], vars: { ALLOWED_HOSTS: "mcp.example.com" } }),
      ),
    ).toEqual([]);
  });

  test("guests with the deployment's credential are asked about, with what only policy makes reading", async () => {
    const policy = { reads: ["searchOrders"] };
    const [one, ...more] = checkPlan(await planOf({ vars: { SIGN_IN: "demo,owner" }, settings: { policy } }));
    expect(one).toEqual({
      level: "ask",
      says: expect.stringContaining(
        "1 that do not read by their method, but by policy or document: POST /orders/search.",
      ),
    });
    expect(more).toEqual([]);
    const open = await planOf({ vars: { SIGN_IN: "demo" }, settings: { auth: { type: "none" } } });
    expect(checkPlan(open)).toEqual([]);
  });

  test("an API without encryption that needs no credential is asked about", async () => {
    const plan = await planOf({ settings: { auth: { type: "none" }, baseUrl: "http://api.example.com" } });
    expect(checkPlan(plan)).toMatchObject([{ level: "ask" }]);
  });
});

describe("against what is deployed", () => {
  const live: Live = {
    secrets: new Set(),
    vars: { TWOFOLD_API: "shop" },
    bindings: new Set(["LOADER", "JOURNAL"]),
  };
  const vars = { TWOFOLD_API: "shop" };

  test("the same again is fine", async () => {
    expect(checkLive(await planOf({ vars }), live)).toEqual([]);
  });
  test("a Worker that is no Twofold is not replaced", async () => {
    const other = { ...live, bindings: new Set(["DB"]) };
    expect(checkLive(await planOf({ vars }), other)).toMatchObject([
      { level: "refuse", says: expect.stringContaining("--name twofold-shop") },
    ]);
  });
  test("an empty Worker is taken without a word only where it was made for this", async () => {
    const empty: Live = { secrets: new Set(["MCP_TOKEN"]), vars: {}, bindings: new Set() };
    expect(checkLive(await planOf({ vars }), empty)).toMatchObject([{ level: "ask" }]);
    expect(checkLive(await planOf({ vars }), empty, true)).toEqual([]);
  });
  test("another API's is asked about", async () => {
    const other = { ...live, vars: { TWOFOLD_API: "bank" } };
    expect(checkLive(await planOf({ vars }), other)).toMatchObject([
      { level: "ask", says: expect.stringContaining("serves the API bank") },
    ]);
  });
  test("read-only that would be lost is asked about, and said", async () => {
    const other = { ...live, vars: { ...live.vars, READ_ONLY: "1" } };
    expect(checkLive(await planOf({ vars }), other)).toMatchObject([
      { level: "ask", says: expect.stringMatching(/READ_ONLY 1 → \(unset\)\. Programs could then write/) },
    ]);
  });
});

describe("the secrets", () => {
  const names = async (given: Parameters<typeof planOf>[0], ...present: string[]) =>
    neededSecrets(await planOf(given), new Set(present)).map(({ name }) => name);

  test("are those of the API's auth and of the ways to sign in", async () => {
    expect(await names({})).toEqual(["API_TOKEN", "MCP_TOKEN"]);
    expect(await names({ settings: { auth: { type: "basic" } } })).toEqual([
      "API_USERNAME",
      "API_PASSWORD",
      "MCP_TOKEN",
    ]);
    expect(await names({ settings: { auth: { type: "none" } } })).toEqual(["MCP_TOKEN"]);
    expect(await names({ vars: { SIGN_IN: "demo,owner" } })).toEqual(["API_TOKEN", "OWNER_PASSPHRASE_HASH"]);
  });
  test("of the API are not asked for where all bring their own, unless somebody has the fixed token", async () => {
    const own = { vars: { SIGN_IN: "own-token" }, settings: { signIn } };
    expect(await names(own)).toEqual([]);
    expect(await names(own, "MCP_TOKEN")).toEqual(["API_TOKEN"]);
    const upstream = {
      vars: { SIGN_IN: "upstream", UPSTREAM_CLIENT_ID: "id" },
      settings: { signIn: { ...signIn, oauth } },
    };
    expect(await names(upstream)).toEqual(["UPSTREAM_CLIENT_SECRET"]);
  });
  test.each([
    [{ MCP_TOKEN: "a".repeat(31) }, /31 characters; it takes 32/],
    [{ MCP_TOKEN: `${"a".repeat(32)} b` }, /white space/],
    [{ OPERATOR_TOKEN: "a".repeat(31) }, /OPERATOR_TOKEN has 31 characters/],
    [{ OPERATOR_TOKEN: "a".repeat(32), MCP_TOKEN: "a".repeat(32) }, /the same as MCP_TOKEN/],
    [{ OPERATOR_TOKEN: "a".repeat(32), API_TOKEN: "a".repeat(32) }, /the same as API_TOKEN/],
    [{ API_TOKEN: "a\nb" }, /line break/],
    [{ API_TOKEN: "" }, /empty/],
    [{ OWNER_PASSPHRASE_HASH: "correct horse battery staple" }, /is not what npm run passphrase prints/],
    [{ API_TOKEN: "a".repeat(32), MCP_TOKEN: "a".repeat(32) }, /same as API_TOKEN/],
  ])("%j are not taken", (values, says) => {
    expect(secretsProblem(values)).toMatch(says);
  });
  test("that nobody can be asked for are named, with the ways to give them", async () => {
    const needed = neededSecrets(await planOf(), new Set());
    const collect = (source: object, from?: string) =>
      collectSecrets(needed, new Set(["MCP_TOKEN"]), source, from);
    await expect(collect({})).rejects.toThrow(/no terminal to ask on: API_TOKEN\. .*--secrets-from env/);
    await expect(collect({}, "secrets.env")).rejects.toThrow(
      "--secrets-from secrets.env lacks these secrets: API_TOKEN.",
    );
    expect(await collect({ API_TOKEN: "key", MCP_TOKEN: "kept as it is" }, "secrets.env")).toEqual({
      values: { API_TOKEN: "key" },
      made: [],
    });
  });
  test("that a deployment can do without are taken when they are given, and asked of nobody", async () => {
    const needed = neededSecrets(await planOf(), new Set());
    const operator = "o".repeat(32);
    const collect = async (present: string[], value: string) =>
      collectSecrets(
        needed,
        new Set(["MCP_TOKEN", "API_TOKEN", ...present]),
        { OPERATOR_TOKEN: value },
        "env",
      );
    expect((await collect([], operator)).values).toEqual({ OPERATOR_TOKEN: operator });
    expect((await collect(["OPERATOR_TOKEN"], operator)).values).toEqual({});
    await expect(collect([], "short")).rejects.toThrow(/5 characters; it takes 32/);
  });
  test("that are well are taken, an empty password too", () => {
    expect(
      secretsProblem({ API_USERNAME: "key", API_PASSWORD: "", MCP_TOKEN: "a".repeat(32) }),
    ).toBeUndefined();
  });
});

describe("the arguments", () => {
  test.each([
    [["--dry-run"], /Say which API to deploy, with --api NAME/],
    [["--api", "playground"], /exists only on this machine/],
    [["--api", "no-such"], /There is no API named "no-such"/],
    [["--api", "no-such", "--minify"], /'--minify'.* go behind another --/],
    [["--", "--var", "MCP_TOKEN:x"], /--var cannot be passed on to wrangler/],
    [["--", "--env=staging"], /--env=staging cannot be passed on/],
  ])("%j are refused with the way out", (args, says) => {
    expect(() => readOptions(args, ["bank", "playground", "shop"])).toThrow(says);
  });
  test("need not name an API where there is one alone", () => {
    expect(readOptions([], ["playground", "shop"])).toMatchObject({ api: "shop" });
  });
  test("behind another -- are wrangler's", () => {
    const read = readOptions(["--api", "shop", "--var", "READ_ONLY:1", "--", "--minify"], ["shop"]);
    expect(read).toMatchObject({ vars: { READ_ONLY: "1" }, rest: ["--minify"] });
  });
});

test("what the deploy button asks for is what a deployment knows", async () => {
  const example = await readFile(join(repositoryRoot, ".dev.vars.example"), "utf8");
  const asked = parseEnv(example);
  expect(Object.keys(asked).filter((name) => !(secretNames as readonly string[]).includes(name))).toEqual([]);
  // A value there would be everybody's.
  expect(Object.values(asked).filter((value) => value !== "")).toEqual([]);
  const { cloudflare, scripts } = JSON.parse(
    await readFile(join(repositoryRoot, "package.json"), "utf8"),
  ) as {
    cloudflare: { bindings: Record<string, { description: string }> };
    scripts: Record<string, string>;
  };
  const { config } = await planOf();
  const bound = config.kv_namespaces?.map(({ binding }) => binding) ?? [];
  expect(Object.keys(cloudflare.bindings).toSorted()).toEqual([...Object.keys(asked), ...bound].toSorted());
  expect(scripts["deploy"]).toContain("scripts/deploy.ts");
  // Cloudflare reads the copy in git.
  const ignored = await promisify(execFile)("git", ["check-ignore", ".dev.vars.example"], {
    cwd: repositoryRoot,
  }).then(
    () => true,
    () => false,
  );
  expect(ignored).toBe(false);
});
