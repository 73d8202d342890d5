import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listApis, readSettings, writeSettings } from "../../scripts/spec/settings.ts";
import { repositoryRoot } from "../../scripts/repository-root.ts";
import { folder } from "./folder.ts";

const good = {
  source: "https://example.com/api.json",
  baseUrl: "https://example.com",
  auth: { type: "bearer" as const },
};

test("settings are read with their comments ignored, and written without losing them", async () => {
  const text =
    '{\n  // ours\n  "source": "a.json",\n  "baseUrl": "https://a.example",\n  "auth": { "type": "none" },\n  "notes": { "GET /a": "b" }, // kept\n}\n';
  await using made = await folder({ "spec/one/api.jsonc": text });
  expect(await readSettings("one", made.path)).toEqual({
    source: "a.json",
    baseUrl: "https://a.example",
    auth: { type: "none" },
    notes: { "GET /a": "b" },
  });
  await writeSettings("one", good, made.path);
  expect(await readSettings("one", made.path)).toEqual({ ...good, notes: { "GET /a": "b" } });
  const written = await readFile(join(made.path, "spec/one/api.jsonc"), "utf8");
  expect(written).toContain("// ours");
  expect(written).toContain("// kept");
});

test.each([
  ["auth", { ...good, auth: { type: "digest" } }, /api.jsonc:1 auth.type: .*none.*bearer.*basic.*apiKey/s],
  [
    "a key nobody knows",
    { ...good, token: "x" },
    /token: is no key here\. The keys are source, baseUrl, auth, policy, scopes, signIn, graphql, context, journal, notes, overlay\.$/,
  ],
  ["a key mistyped", { ...good, polcy: {} }, /api.jsonc:1 polcy: is no key here\. Did you mean policy\?$/],
  ["a key within one", { ...good, policy: { denies: [] } }, /api.jsonc:1 policy.denies: is no key here\.$/],
  [
    "a base URL with a query",
    { ...good, baseUrl: "https://a.example/?x=1" },
    /baseUrl: must be an http\(s\) URL without/,
  ],
  ["no base URL", { source: "a.json", auth: { type: "none" } }, /baseUrl: is missing/],
  [
    "an overlay elsewhere",
    { ...good, overlay: "../x.yaml" },
    /overlay: must be the name of a file in the same folder/,
  ],
])(
  "wrong settings are refused with file, line, key and what is allowed: %s",
  async (_, settings, message) => {
    await using made = await folder({ "spec/one/api.jsonc": settings });
    await expect(readSettings("one", made.path)).rejects.toThrow(message);
  },
);

test("a key nobody knows is told with the line it stands in", async () => {
  await using made = await folder({ "spec/one/api.jsonc": '{\n  "source": "a",\n\n  "polcy": {}\n}' });
  await expect(readSettings("one", made.path)).rejects.toThrow(/api.jsonc:4 polcy: /);
});

test("settings that do not parse are refused with their line", async () => {
  await using made = await folder({ "spec/one/api.jsonc": '{\n  "source": "a"\n  "auth": 1\n}' });
  await expect(readSettings("one", made.path)).rejects.toThrow(/api.jsonc:3 is not valid JSON/);
});

test.each(["../x", "A", "-a", "", "a/b", "a".repeat(64)])("%j is no name", async (name) => {
  await expect(readSettings(name)).rejects.toThrow(/cannot be the name of an API/);
});

test("an API that is missing is refused with how to add it", async () => {
  await expect(readSettings("no-such-api")).rejects.toThrow(/npm run spec -- add no-such-api/);
});

test("APIs are listed by their settings", async () => {
  await using made = await folder({
    "spec/b/api.jsonc": good,
    "spec/a/api.jsonc": good,
    "spec/c/other": "",
    "spec/.draft/api.jsonc": good,
  });
  expect(await listApis(made.path)).toEqual(["a", "b"]);
});

test("the playground's own settings are valid", async () => {
  expect(await readSettings("playground", repositoryRoot)).toMatchObject({
    source: "playground",
    baseUrl: "",
  });
});
