import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeWorkerConfig } from "../../scripts/worker-config.ts";

let root: string;
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), "twofold-config-"))));
afterEach(() => rm(root, { recursive: true }));

const write = (text: string) => writeFile(join(root, "wrangler.jsonc"), text);
const read = async (path: string) => JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;

test("the copy has absolute paths and the alias of its own API, and all else as it is", async () => {
  const rules = `[{ "type": "Text", "globs": ["**/*.guest.js"], "fallthrough": false }]`;
  await write(`{ // comments and trailing commas are fine
    "name": "twofold", "main": "src/index.ts", "rules": ${rules},
    "alias": { "twofold-artifact": "./spec/other/artifact/artifact.js", "kept": "./kept.js" },
  }`);
  const config = await read(await writeWorkerConfig("shop", { root, vars: { A: "b" } }));
  expect(config).toEqual({
    name: "twofold",
    main: join(root, "src/index.ts"),
    rules: JSON.parse(rules),
    alias: { "twofold-artifact": join(root, "spec/shop/artifact/artifact.js"), kept: "./kept.js" },
    vars: { A: "b" },
  });
  expect(isAbsolute(config["main"] as string)).toBe(true);
});

test("an unchanged copy is not written again, so a running wrangler does not reload", async () => {
  await write(`{ "name": "twofold" }`);
  const path = await writeWorkerConfig("shop", { root });
  const before = await stat(path);
  await writeWorkerConfig("shop", { root });
  const after = await stat(path);
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
});

test.each([
  [
    "broken JSON",
    `{\n  "name": ,\n}`,
    /wrangler\.jsonc is not valid JSON: value expected at line 2, column 11\. .*git checkout/,
  ],
  ["a list", `[]`, /wrangler\.jsonc must hold one JSON object\. .*git checkout/],
])("%s is told with its place and the way out", async (_, text, message) => {
  await write(text);
  await expect(writeWorkerConfig("shop", { root })).rejects.toThrow(message);
});

test("a missing wrangler.jsonc is told", async () => {
  await expect(writeWorkerConfig("shop", { root })).rejects.toThrow(
    /is missing\. Restore it with: git checkout/,
  );
});
