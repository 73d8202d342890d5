import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, type ParseError } from "jsonc-parser";
import { expect, test } from "vitest";
import { readOptions as readBenchOptions } from "../bench/options.ts";
import { writeArtifact } from "../scripts/spec/artifact.ts";
import { loadDocument } from "../scripts/spec/load-document.ts";
import { parseText } from "../scripts/spec/parse-text.ts";
import { applyPolicy } from "../scripts/spec/policy.ts";
import { cutDocument } from "../scripts/spec/cut-document.ts";
import { readingLimits } from "../scripts/spec/reading-limits.ts";
import { settingsSchema } from "../scripts/spec/settings-schema.ts";
import { limits } from "../src/limits.ts";
import { connectLines } from "../src/web/page/connect-lines.ts";
import { type Block, blocks, commandsOf, docs, guides, pages, readPage } from "./docs-blocks.ts";
import { root } from "./scripts/run-script.ts";
import { docsDocument } from "./worker/docs-api.ts";

const where = ({ page, line }: Block) => `${page}:${line}`;
const ofLanguage = (...names: string[]) =>
  blocks.filter(({ language, notRun }) => names.includes(language) && notRun === undefined);
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = ""]) => found);

test("every block is of a language that something checks, and few are not run, each with its reason", () => {
  const checked = ["sh", "js", "json", "jsonc", "yaml", "text"];
  expect(blocks.filter(({ language }) => !checked.includes(language)).map(where)).toEqual([]);
  const notRun = blocks.filter((block) => block.notRun !== undefined);
  expect(notRun.length).toBeLessThanOrEqual(6);
  for (const { notRun: reason = "" } of notRun) expect(reason.length).toBeGreaterThan(10);
  // As many as the fences, so that none is overlooked for how it is written.
  const fences = guides.flatMap((page) => all(readPage(page), /^\s*(```)/gm));
  expect(blocks).toHaveLength(fences.length / 2);
});

/** All code of these folders, but for what tests the pages themselves. */
async function codeOf(...folders: string[]): Promise<string> {
  const texts = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(root, folder), { recursive: true });
      const ours = names.filter(
        (name) => /\.(ts|js)$/.test(name) && !/(^|\/)(docs|dist\/|\.wrangler\/)/.test(name),
      );
      return Promise.all(ours.map((name) => readFile(join(root, folder, name), "utf8")));
    }),
  );
  return texts.flat().join("\n");
}

test("the pages name only variables and secrets that are there", async () => {
  const code = await codeOf("src", "scripts", "test");
  const named = pages.flatMap((page) => all(readPage(page), /`([A-Z][A-Z_]*_[A-Z_]+)(?:=[^`]*)?`/g));
  expect(named).toContain("ALLOWED_HOSTS");
  expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});

test("every variable and secret the server reads is in the pages", async () => {
  const read = all(await codeOf("src"), /^ +([A-Z][A-Z_]+)\?: (?:string|AnalyticsEngineDataset);/gm);
  expect(read).toContain("SIGN_IN");
  const text = docs.map(readPage).join("\n");
  expect([...new Set(read)].filter((name) => !text.includes(`\`${name}`))).toEqual([]);
});

test("the bench takes the options the pages give it", () => {
  const given = [...guides, "AGENTS.md"].flatMap((page) =>
    all(readPage(page), /`npm run bench -- ([^`]+)`/g),
  );
  expect(given.length).toBeGreaterThan(0);
  for (const options of given) expect(readBenchOptions(options.split(" "), new Date(0)).only).not.toEqual([]);
});

const settingsBlocks = ofLanguage("json", "jsonc").filter(({ text }) => !text.includes("mcpServers"));

test.each(settingsBlocks.map((block) => [where(block), block] as const))(
  "%s: settings that can be built, each entry of which does something",
  async (_, { text }) => {
    const errors: ParseError[] = [];
    const whole = text.trimStart().startsWith("{") ? text : `{${text}}`;
    const given = parse(whole, errors, { allowTrailingComma: true }) as object;
    expect(errors).toEqual([]);
    const base = {
      source: "https://api.example.com/openapi.json",
      baseUrl: "https://api.example.com/v1",
      auth: { type: "bearer" },
      signIn: { probe: "GET /me" },
    };
    const parsed = settingsSchema.safeParse({ ...base, ...given });
    expect(parsed.error?.issues ?? []).toEqual([]);
    const { baseUrl = "", ...settings } = parsed.data ?? settingsSchema.parse(base);
    const directory = await mkdtemp(join(tmpdir(), "twofold-docs-"));
    try {
      const document = structuredClone(docsDocument);
      // Scopes, probe and selectors that fit nothing are refused here.
      const built = JSON.parse(JSON.stringify({ ...settings, baseUrl })) as Parameters<
        typeof writeArtifact
      >[0]["settings"];
      await writeArtifact({ name: "docs", document, settings: built, directory });
      const { policy = {} } = built;
      expect(applyPolicy(cutDocument(document).index, policy, "policy").findings).toEqual([]);
    } finally {
      await rm(directory, { recursive: true });
    }
  },
);

test("the complete settings have every key there is", () => {
  const complete = settingsBlocks.filter(({ text }) => text.includes('"source"'));
  expect(complete).toHaveLength(1);
  const text = complete[0]?.text ?? "";
  const { policy, signIn, ...rest } = parse(text) as Record<string, object>;
  expect(Object.keys({ policy, signIn, ...rest }).toSorted()).toEqual(
    Object.keys(settingsSchema.shape).toSorted(),
  );
  const policyKeys = Object.keys(settingsSchema.shape.policy.unwrap().shape);
  expect(Object.keys(policy ?? {}).toSorted()).toEqual(policyKeys.toSorted());
});

const overlays = ofLanguage("yaml");
test.each(overlays.map((block) => [where(block), block] as const))(
  "%s: an overlay whose actions and notes all find their place",
  async (_, { text }) => {
    const { value } = parseText(Buffer.from(text), "overlay.yaml", readingLimits);
    const directory = await mkdtemp(join(tmpdir(), "twofold-docs-"));
    try {
      const file = join(directory, "openapi.json");
      await import("node:fs/promises").then((fs) => fs.writeFile(file, JSON.stringify(docsDocument)));
      const { notes } = parse(
        settingsBlocks.find(({ text: one }) => one.includes('"notes"'))?.text ?? "",
      ) as {
        notes: Record<string, string>;
      };
      const { report } = await loadDocument(file, {
        overlay: { value, place: "overlay.yaml" },
        notes: { texts: notes, place: "notes" },
      });
      expect(report.findings.filter(({ place }) => /overlay|notes/.test(place))).toEqual([]);
    } finally {
      await rm(directory, { recursive: true });
    }
  },
);

test("lines for clients are those of the console", () => {
  const urls = ["http://localhost:8787/mcp", "https://twofold.example.workers.dev/mcp"];
  const known = urls.flatMap((url) =>
    (["open", "token"] as const).flatMap((way) => connectLines(url, way).map(({ lines }) => lines)),
  );
  const commands = blocks
    .filter(({ language }) => language === "sh")
    .flatMap(commandsOf)
    .concat(all(readPage("README.md"), /`(codex [^`]*)`/g))
    .filter((command) => /^(claude|codex|code) /.test(command));
  expect(commands.length).toBeGreaterThanOrEqual(4);
  expect(commands.filter((command) => !known.includes(command))).toEqual([]);
  const files = blocks.filter(({ text }) => text.startsWith('{\n  "mcpServers"'));
  const objects = known.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as unknown);
  expect(files.length).toBeGreaterThan(0);
  for (const { text } of files) expect(objects).toContainEqual(JSON.parse(text));
});

/** `| words | 50 s | \`wallMs\` |` of any page. */
const rows = docs.flatMap((page) =>
  [...readPage(page).matchAll(/^\|[^|]*\| *([^|]+?) *\| *`(\w+)` *\|$/gm)].map(
    ([, shown = "", name = ""]) => [name, shown, page] as const,
  ),
);

test.each(rows)("the limit %s is %s, as %s says", (name, shown) => {
  expect(limits).toHaveProperty(name);
  expect(inWords(name, limits[name as keyof typeof limits])).toBe(shown.replace(/ an? .*| in .*/, ""));
  // "60 a minute" is of a name that says so too.
  const [, window = ""] = /^\S+( an? .*| in .*)$/.exec(shown) ?? [];
  expect(name.endsWith(windows[window] ?? "?")).toBe(true);
});

const windows: Record<string, string> = {
  "": "",
  " a minute": "PerMinute",
  " an hour": "PerHour",
  " a day": "PerDay",
  " in ten minutes": "PerTenMinutes",
  " in a quarter of an hour": "PerQuarter",
};

test("there are tables of limits", () => expect(rows.length).toBeGreaterThan(25));

function inWords(name: string, value: number): string {
  if (name.endsWith("Ms")) return value >= 86_400_000 ? `${value / 86_400_000} days` : `${value / 1_000} s`;
  if (/bytes/i.test(name)) return value % 1_048_576 === 0 ? `${value / 1_048_576} MB` : `${value / 1_024} KB`;
  const number = value.toLocaleString("en-US");
  return name.endsWith("Chars") ? `${number} characters` : number;
}

test("numbers in sentences are those of limits.ts", () => {
  const { journalRuns, journalMs, resultMs, resultsBytes, logChars, runsAtOnce, turnMs } = limits;
  const day = 86_400_000;
  const sentences = {
    "docs/programs.md": [
      `may have ${logChars.toLocaleString("en-US")} characters`,
      `is kept for ${resultMs / day} days`,
      `more than ${Math.floor(limits.keptChars / 1e6)} million characters is kept where the operator has [bound a bucket](operations.md#large-results), up to ${Math.floor(limits.keptLargeChars / 1e6)} million`,
    ],
    "docs/operations.md": [
      `keeps ${journalRuns.toLocaleString("en-US")} runs for at most ${journalMs / day} days, and results for ${resultMs / day} days, ${resultsBytes / 1_048_576} MB`,
      `first ${limits.journalBodyChars.toLocaleString("en-US")} characters of a body are stored, ${limits.journalBodiesChars.toLocaleString("en-US")} of all`,
      `a request above ${limits.journalBodyBytes / 1_048_576} MB`,
      `results of up to ${Math.floor(limits.keptLargeChars / 1e6)} million characters are kept in it, for as long as others, ${limits.largeResultsBytes / 1_048_576} MB`,
      `lifecycle add twofold-results expire --expire-days ${resultMs / day + 1}`,
      `told: ${limits.principalsPage} principals a request`,
    ],
    "docs/scale.md": [
      `runs ${runsAtOnce} programs at once, ${limits.runsAtOnceOfOne} of one person or token at most; the rest wait up to ${turnMs / 1_000} s`,
      `never more than ${limits.retries} times`,
      `${limits.runsPerMinute} runs a minute and ${limits.isolatesPerDay.toLocaleString("en-US")} a day`,
      `${limits.allGuestsRunsPerMinute} runs a minute and ${limits.allGuestsIsolatesPerDay.toLocaleString("en-US")} a day`,
    ],
    "docs/faq.md": [
      `ends after ${limits.wallMs / 1_000} s`,
      `“${runsAtOnce} programs are running already”`,
      `after ${limits.grantSeconds / 86_400} days`,
    ],
    "docs/sign-in.md": [`all scopes, ${limits.grantSeconds / 86_400} days`],
  };
  for (const [page, texts] of Object.entries(sentences))
    for (const text of texts) expect(readPage(page)).toContain(text);
});

test("the costs are what counts and prices make of each other", () => {
  const text = readPage("docs/operations.md");
  const costs = [...text.matchAll(/^\|[^|]*\| *([\d.]+) *\| *\$([\d.]+) *\| *\$([\d.]+) *\|$/gm)].map(
    (match) => match.slice(1, 4).map(Number),
  );
  expect(costs.length).toBeGreaterThan(5);
  for (const [count = 0, price = 0, thousand] of costs)
    expect(Math.abs((count * 1_000 * price) / 1e6 - (thousand ?? 0))).toBeLessThan(0.000_051);
  const isolate = 0.002;
  expect(text).toContain(
    `${limits.isolatesPerDay.toLocaleString("en-US")} isolates a person and day are $${(limits.isolatesPerDay * isolate).toFixed(2)}`,
  );
  expect(text).toContain(
    `${limits.allGuestsIsolatesPerDay.toLocaleString("en-US")} isolates of all guests together $${(limits.allGuestsIsolatesPerDay * isolate).toFixed(2)} a day`,
  );
});

test("every kind of error a program can catch is listed, and no other", async () => {
  const call = await readFile(join(root, "src/gateway/call.ts"), "utf8");
  const refused = all(/readonly kind:\n((?: +\| "[\w-]+";?\n)+)/.exec(call)?.[1] ?? "", /"([\w-]+)"/g);
  const guest = await Promise.all(
    ["api", "paginate", "graphql"].map((name) =>
      readFile(join(root, `src/sandbox/${name}.guest.js`), "utf8"),
    ),
  );
  const thrown = guest.flatMap((text) => [
    ...all(text, /kind: "([\w-]+)"/g),
    ...all(text, /refusal\("([\w-]+)"/g),
    ...all(text, /refusal\(\s*"([\w-]+)"/g),
  ]);
  const [, list = ""] = /Its `kind` is one of ([^.]*)\./.exec(readPage("docs/programs.md")) ?? [];
  expect(new Set(all(list, /`([\w-]+)`/g))).toEqual(new Set([...refused, ...thrown, "internal"]));
});

test("every error the pages quote is one that the code says", async () => {
  const text = (await codeOf("src", "scripts")).replaceAll(/"\s*\+\s*"/g, "");
  const [, errors = ""] = /^## Errors\n(.*?)^## /ms.exec(readPage("docs/programs.md")) ?? [];
  const table = all(errors, /^\| (`[A-Z][^|]*?) *\|/gm)
    .flatMap((cell) => all(cell, /`([^`]+)`/g))
    .map((shown) => shown.replace(/^ApiError: (… )?/, ""));
  const quoted = all(readPage("docs/faq.md"), /“([^”]{15,})”/g).map((shown) => shown.replace(/^… /, ""));
  expect(table.length).toBeGreaterThan(10);
  const said = (shown: string) =>
    shown.split(/… | …|^\d+ /).every((part) => part === "" || text.includes(part));
  expect([...table, ...quoted].filter((shown) => !said(shown))).toEqual([]);
});

test("SECURITY.md names for every threat a guard that is there and a test that is there", async () => {
  const text = readPage("SECURITY.md");
  const threats = [...text.matchAll(/^\| (T\d+) +\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)];
  const numbers = new Set(threats.map(([, number]) => number));
  // There is no T27.
  const expected = Array.from({ length: 32 }, (_, n) => `T${n + 1}`).filter((number) => number !== "T27");
  expect([...numbers]).toEqual(expected);
  const wrong = await Promise.all(
    threats.map(async ([, number = "", , guard = "", proof = ""]) => {
      const guards = all(guard, /`([^`]+)`/g);
      const missing = guards.filter((file) => !existsSync(join(root, file)));
      const [, file = "", name = ""] = /`(test\/[^`]+)`: "(.*)"/.exec(proof) ?? [];
      const there = existsSync(join(root, file)) && namesOfTests(await readFile(join(root, file), "utf8"));
      return guards.length === 0 || missing.length > 0 || !there || !there.has(name) ? [number, proof] : [];
    }),
  );
  expect(wrong.flat()).toEqual([]);
});

/** What tests, and the groups they are in, are called in a file. */
function namesOfTests(source: string): Set<string> {
  const plain = all(source, /^\s*(?:test|it|describe)(?:\.\w+)*\(\s*"((?:[^"\\]|\\.)*)"/gm);
  // Of a table of tests the name stands after the list.
  const each = all(source, /[)\]]\)\(\s*"((?:[^"\\]|\\.)*)"/g);
  const named = all(source, /^\s*(?:test|it)\.each\(\w+\)\(\s*"((?:[^"\\]|\\.)*)"/gm);
  return new Set([...plain, ...each, ...named]);
}
