import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { limits } from "../src/limits.ts";
import { pages as pageNames, readPage } from "./docs-blocks.ts";
import { root, runScript } from "./scripts/run-script.ts";

const read = (name: string) => readFile(join(root, name), "utf8");
const readme = await read("README.md");
const pages = pageNames.map((name) => [name, readPage(name)] as const);

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = ""]) => found);

test.each(pages)("%s links only to files that are there", (name, text) => {
  const links = all(text, /\]\(([^)\s]+)\)/g).filter((link) => !/^https?:/.test(link));
  const paths = links.map((link) => join(dirname(name), link.replace(/#.*$/, "")));
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const text = readPage(page).replaceAll(/^```.*?^```$/gms, "");
  return all(text, /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(pages)("%s links only to headings that are there", (name, text) => {
  const links = all(text, /\]\(([^)\s]*#[^)\s]+)\)/g).filter((link) => !/^https?:/.test(link));
  const missing = links.filter((link) => {
    const [file = "", anchor = ""] = link.split("#");
    return !anchorsOf(file === "" ? name : join(dirname(name), file)).includes(anchor);
  });
  expect(missing).toEqual([]);
});

test.each(pages)("%s links to other sites by https, and to few", (_, text) => {
  const sites = all(text, /\]\((https?:[^)\s]+)\)/g);
  expect(sites.filter((url) => !url.startsWith("https://"))).toEqual([]);
  expect(sites.length).toBeLessThanOrEqual(3);
});

test("every page of docs/ is linked from the README or llms.txt", () => {
  const linked = all(readme + readPage("llms.txt"), /\]\((docs\/[^)#\s]+)/g);
  expect(pageNames.filter((page) => page.startsWith("docs/") && !linked.includes(page))).toEqual([]);
});

test("the README is short enough to be read to its end", () => {
  expect(readme.split("\n").length).toBeLessThan(200);
});

test.each(pages)("%s names only files that are there", (_, text) => {
  const paths = all(text, /`((?:src|scripts|test)\/[^`\s]*)`/g);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test.each(pages)("%s names only scripts that package.json has", async (_, text) => {
  const { scripts } = JSON.parse(await read("package.json")) as { scripts: Record<string, string> };
  const named = [...all(text, /npm run (?:-s )?([\w:]+)/g), ...all(text, /npm (start|test)\b/g)];
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test("the README names only flags that the scripts have", async () => {
  const usages = await Promise.all([
    runScript("start.ts", ["--help"]),
    runScript("spec.ts", ["--help"]),
    runScript("call.ts", []),
    runScript("deploy.ts", ["--help"]),
  ]);
  const known = new Set(usages.flatMap(({ stdout, stderr }) => all(stdout + stderr, /(--[a-z-]+)/g)));
  const ours = readme.replaceAll(/^ +(?:Claude Code|VS Code) .*$/gm, "");
  const named = all(ours, /(?<=[\s`])(--[a-z][a-z-]*)/g);
  expect(named).toContain("--api");
  expect(named.filter((flag) => !known.has(flag))).toEqual([]);
});

test("the README's limits are those of limits.ts", () => {
  expect(readme).toContain(
    `may take ${limits.wallMs / 1_000} s and make ${limits.calls} calls, and its result may have ${limits.resultChars.toLocaleString("en-US")} characters`,
  );
});

test("the README's three lines for one's own API are what npm run spec asks for", async () => {
  const [add = "", secret = "", start = ""] =
    /^npm run spec -- add .*\n.*\n.*$/m.exec(readme)?.[0].split("\n") ?? [];
  const name = `readme-${process.pid}`;
  const folder = await mkdtemp(join(tmpdir(), "twofold-readme-"));
  const file = join(folder, "openapi.json");
  const document = {
    openapi: "3.0.3",
    info: { title: "Items", version: "1" },
    servers: [{ url: "https://api.example.com/v1" }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths: { "/items": { get: { operationId: "listItems", responses: { 200: { description: "ok" } } } } },
  };
  const named = (line: string) => line.replaceAll("NAME", name).replace("FILE|URL", file);
  try {
    await writeFile(file, JSON.stringify(document));
    const [, args = ""] = /^npm run spec -- (.*)$/.exec(named(add)) ?? [];
    const { code, stdout } = await runScript("spec.ts", args.split(" "));
    expect(code).toBe(0);
    // It says where the calls will go, and its next steps are the README's other two lines.
    expect(stdout).toContain("https://api.example.com/v1");
    const [, value, path] = /^echo '(.*)' > (.*)$/.exec(named(secret)) ?? [];
    expect(stdout).toContain(`${path}: ${value}`);
    expect(stdout.trimEnd().endsWith(named(start))).toBe(true);
  } finally {
    await rm(join(root, "spec", name), { recursive: true, force: true });
    await rm(folder, { recursive: true });
  }
});

test("git ignores the file that holds the secrets", async () => {
  expect((await read(".gitignore")).split("\n")).toContain("spec/*/.dev.vars*");
});
