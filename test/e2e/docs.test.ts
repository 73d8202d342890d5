import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { experimental_getWranglerCommands } from "wrangler";
import { addApi } from "../../scripts/spec/add-api.ts";
import { withGraphql } from "../../scripts/spec/graphql.ts";
import { readOptions } from "../../scripts/start/options.ts";
import { blocks, commandsOf, docs } from "../docs-blocks.ts";
import { root, runScript } from "../scripts/run-script.ts";
import { docsDocument, startDocsApi } from "../worker/docs-api.ts";
import { type NpmStart, npmStart, untilReady } from "../worker/npm-start.ts";
import { examples, printed, settled } from "./readme-shown.ts";
import { startTestTwofold, type TestTwofold } from "../worker/start-twofold.ts";
import { callTool } from "../worker/tool-call.ts";

/** Stands for the APIs of the pages, so that nothing of whoever runs the tests is touched. */
const prefix = `docs-${process.pid}`;
const nameOf = (name: string) => `${prefix}-${name.toLowerCase()}`;

let state: string;
let started: NpmStart;
let api: Awaited<ReturnType<typeof startDocsApi>>;
let shop: TestTwofold;

// The pages' lines are for a POSIX shell.
describe.skipIf(process.platform === "win32")("the README and docs/, of a running npm start", () => {
  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), "twofold-docs-"));
    api = await startDocsApi();
    started = await npmStart(state);
    await untilReady(started);
    shop = await startTestTwofold({
      document: withGraphql(docsDocument, { path: "/graphql" }),
      baseUrl: api.url,
      context: { region: { value: "eu" } },
    });
  }, 120_000);
  afterAll(async () => {
    await shop?.stop();
    await api?.stop();
    if (started !== undefined && started.npm.exitCode === null) process.kill(-started.npm.pid, "SIGINT");
    await started?.exited;
    await rm(state, { recursive: true, force: true });
    const made = ["name", "shop", "powerdns"].map((name) => join(root, "spec", nameOf(name)));
    await Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true })));
  });

  // Before all others, which call it as well.
  describe("README.md", () => {
    test("shows exactly what npm start prints, the lines for the clients included", () => {
      const output = started.output();
      const actual = output.slice(output.indexOf("Playground …"));
      expect(settled(actual, started.port).trimEnd()).toBe(settled(printed).trimEnd());
    });

    test("shows lines for clients that hold valid JSON", () => {
      const [, cursor = ""] = /^ +Cursor .*?(\{.*\})$/m.exec(printed) ?? [];
      const [, code = ""] = /^ +VS Code .*?'(\{.*\})'$/m.exec(printed) ?? [];
      const url = "http://localhost:8787/mcp";
      expect(JSON.parse(cursor)).toEqual({ mcpServers: { twofold: { url } } });
      expect(JSON.parse(code)).toEqual({ name: "twofold", type: "http", url });
    });

    test("calls both tools", () => {
      expect(examples.map(({ tool }) => tool)).toEqual(["search", "execute"]);
    });

    test.each(examples)("shows the answer of its $tool", async ({ command, answer }) => {
      const line = `${command.trimEnd()} --url http://localhost:${started.port}/mcp`;
      const { stdout, stderr } = await sh(line);
      const [result, ...notes] = settled(answer).trimEnd().split("\n");
      expect(stdout.trimEnd()).toBe(result);
      expect(settled(stderr).trimEnd()).toBe(notes.join("\n"));
    });
  });

  const programs = blocks.filter(({ language, notRun }) => language === "js" && notRun === undefined);

  test.each(docs.filter((page) => programs.some((block) => block.page === page)))(
    "%s: every program answers what is shown below it",
    async (page) => {
      let lastRun = "";
      const answers: { line: number; answered: string[] }[] = [];
      const wanted: typeof answers = [];
      for (const { line, text, api: which, shown } of programs.filter((block) => block.page === page)) {
        const url = which === "shop" ? shop.url : `http://localhost:${started.port}`;
        const searches = /\b(find|describe|spec)\b/.test(text) && !/\bapi\./.test(text);
        const code = text.replaceAll(/r_[0-9a-z]{10}/g, lastRun);
        const answer = await callTool(url, searches ? "search" : "execute", { code });
        lastRun = /^run (r_\w+)/m.exec(answer.notes)?.[1] ?? lastRun;
        const lines = `${answer.text}\n${answer.notes}`.split("\n");
        // A program whose output is not shown is to succeed.
        const expected = shown?.trimEnd().split("\n") ?? (answer.isError ? ["no error"] : []);
        wanted.push({ line, answered: expected });
        answers.push({ line, answered: lines.slice(0, expected.length) });
      }
      expect(answers).toEqual(wanted);
    },
    120_000,
  );

  const shell = blocks.filter(({ language, notRun, page }) => {
    // Its calls and its three lines for one's own API are in tests of their own.
    return language === "sh" && notRun === undefined && docs.includes(page);
  });

  test.each(docs.filter((page) => shell.some((block) => block.page === page)))(
    "%s: every command runs",
    async (page) => {
      const commands = shell.filter((block) => block.page === page).flatMap(commandsOf);
      for (const command of new Set(commands)) {
        expect(await problemOf(command)).toBeUndefined();
      }
    },
    240_000,
  );

  const ofWrangler = blocks.filter(({ language }) => language === "sh").flatMap(commandsOf);

  test("wrangler has every command the pages name, with its flags", () => {
    const { registry, globalFlags } = experimental_getWranglerCommands();
    const commands = ofWrangler.filter((command) => command.startsWith("npx wrangler "));
    expect(commands.length).toBeGreaterThan(3);
    const unknown = commands.filter((command) => {
      const words = command.split(" ").slice(2);
      let node: typeof registry | undefined = registry;
      while (node !== undefined && node.definition?.type !== "command")
        node = node.subtree.get(words.shift() ?? "");
      if (node?.definition?.type !== "command") return true;
      const taken = { ...node.definition.args, ...globalFlags };
      const flags = words.filter((word) => word.startsWith("--")).map((flag) => flag.slice(2));
      return flags.some((flag) => !(flag in taken));
    });
    expect(unknown).toEqual([]);
  });

  test("a deployment takes every flag the pages give it", async () => {
    // One for all of them: each would bundle the same Worker. Behind another -- they are wrangler's.
    const [ours, wranglers] = [0, 1].map((part) =>
      ofWrangler.flatMap(
        (command) => /^npm run deploy -- (.*)$/.exec(command)?.[1]?.split(" -- ")[part]?.split(" ") ?? [],
      ),
    ) as [string[], string[]];
    const given = ours.filter(
      (flag, n) => flag !== "--dry-run" && flag !== "--api" && ours[n - 1] !== "--api",
    );
    await ensureApi("shop");
    const ran = await runScript("deploy.ts", [
      "--api",
      nameOf("shop"),
      "--dry-run",
      ...given,
      "--",
      ...wranglers,
    ]);
    expect(failure(ran, "npm run deploy")).toBeUndefined();
    const named = given.filter((_, n) => given[n - 1] === "--var").map((pair) => pair.split(":")[0]);
    expect(named.length).toBeGreaterThan(1);
    for (const name of named) expect(ran.stdout).toContain(`env.${name} `);
  }, 120_000);
});

/**
 * Runs what can be run, on our own servers and names, and looks at the rest as closely as it allows.
 * @returns what is wrong with it; also when it is nothing we know
 */
async function problemOf(command: string): Promise<string | undefined> {
  const local = `http://localhost:${started.port}`;
  const named = command
    .replaceAll(
      /(--api |spec\/)(NAME|shop|powerdns)\b/g,
      (_, before: string, name: string) => before + nameOf(name),
    )
    .replaceAll("https://api.example.com/openapi.json", `${api.url}/openapi.json`)
    .replaceAll("http://127.0.0.1:8081/api/docs", `${api.url}/openapi.json`)
    .replaceAll("https://twofold.example.workers.dev", local)
    .replaceAll("http://localhost:8787", local);
  const [, script = "", rest = ""] = /^npm run (?:-s )?([\w:]+)(?: -- (.*))?$/.exec(named) ?? [];
  const args = rest.split(/\s+/).filter((arg) => arg !== "");
  switch (script) {
    case "spec": {
      const [verb = "", name] = args;
      const ours = name === undefined ? args : [verb, nameOf(name), ...args.slice(2)];
      if (verb === "add") await rm(join(root, "spec", nameOf(name ?? ""), "api.jsonc"), { force: true });
      else if (name !== undefined) await ensureApi(name);
      return failure(await runScript("spec.ts", ours), command);
    }
    case "doctor":
      return failure(await runScript("doctor.ts", args), command);
    case "passphrase":
      return failure(await runScript("passphrase.ts", []), command);
    case "powerdns":
      return failure(await runScript("powerdns.ts", [...args, "--help"]), command);
    case "runs": {
      const { notes } = await callTool(local, "execute", { code: "1" });
      const id = /^run (r_\w+)/m.exec(notes)?.[1] ?? "";
      const ours = args.map((arg) => (/^r_\w{10}$/.test(arg) ? id : arg));
      return failure(await runScript("runs.ts", [...ours, "--url", local]), command);
    }
    case "deploy":
      // All at once, in a test above.
      return undefined;
    default:
  }
  const [, flags] = /^npm start -- (.*)$/.exec(named) ?? [];
  if (flags !== undefined) {
    const name = /--api \S+-(\w+)/.exec(flags)?.[1];
    if (name !== undefined) await ensureApi(name);
    await readOptions(flags.split(" "));
    return undefined;
  }
  if (command.startsWith("npx wrangler ")) {
    const isOurs = new RegExp(` --config spec/${prefix}-\\w+/artifact/wrangler\\.json$`).test(named);
    return isOurs ? undefined : `${command} names another file than deploy writes`;
  }
  if (/^(mkdir|echo) /.test(named)) {
    await mkdir(join(root, "spec", nameOf("shop")), { recursive: true });
    return failure(await sh(named), command);
  }
  if (command.startsWith("cp ")) {
    const [, from = ""] = command.split(" ");
    const { stdout } = await runScript("powerdns.ts", ["--help"]);
    const place = `${/default (\S*powerdns\S*)\)/.exec(stdout)?.[1]}/.dev.vars`;
    return place === from ? undefined : `${command}: the file is ${place}`;
  }
  if (command.startsWith("curl ")) {
    const { stdout } = await sh(named);
    JSON.parse(stdout);
    return undefined;
  }
  if (command.startsWith("openssl ")) {
    const { stdout } = await sh(named);
    return stdout.trim().length >= 32 ? undefined : `${command} makes a token that is too short`;
  }
  // Those of clients are compared with the console's in test/docs.test.ts.
  const elsewhere = /^(claude mcp add|codex mcp add|code --add-mcp) |^(npm ci|git pull)$/;
  return elsewhere.test(command) ? undefined : `${command} is nothing this test knows`;
}

async function ensureApi(name: string): Promise<void> {
  if (existsSync(join(root, "spec", nameOf(name), "api.jsonc"))) return;
  await addApi(nameOf(name), `${api.url}/openapi.json`, { baseUrl: "https://api.example.com/v1" });
}

type Ran = { code: number | null; stdout: string; stderr: string };

async function sh(command: string): Promise<Ran> {
  const { stdout, stderr } = await promisify(execFile)("sh", ["-c", command], { cwd: root, timeout: 60_000 });
  return { code: 0, stdout, stderr };
}

function failure({ code, stdout, stderr }: Ran, command: string): string | undefined {
  return code === 0 ? undefined : `${command} ended with ${code}:\n${stdout}\n${stderr}`;
}
