import { access, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addApi } from "../../scripts/spec/add-api.ts";
import { buildApi } from "../../scripts/spec/build-api.ts";
import { DocumentRefused } from "../../scripts/spec/document-refused.ts";
import { reportBuilt } from "../../scripts/spec/report.ts";
import { publishArtifact } from "../../scripts/spec/publish-artifact.ts";
import { readSettings } from "../../scripts/spec/settings.ts";
import { fixturePath } from "./fixture.ts";
import { folder } from "./folder.ts";
import { serve } from "./serve.ts";

const api = (summary: string): object => ({
  openapi: "3.0.0",
  info: { title: "Test", version: "1" },
  servers: [{ url: "https://api.example.com/v1" }],
  paths: { "/a": { get: { operationId: "a", summary, responses: {} } } },
});
const artifactOf = (root: string): Promise<string> =>
  readFile(join(root, "spec/one/artifact/artifact.js"), "utf8");

test("a file inside the project is recorded by its path, and built again from there", async () => {
  await using root = await folder({ "docs/api.json": api("first") });
  const added = await addApi("one", join(root.path, "docs/api.json"), {
    root: root.path,
    auth: "header:X-Key",
  });
  expect(added.settings).toEqual({
    source: "docs/api.json",
    baseUrl: "https://api.example.com/v1",
    auth: { type: "apiKey", in: "header", name: "X-Key" },
  });
  expect(added.artifact.operations).toBe(1);
  expect((await readdir(join(root.path, "spec/one"))).toSorted()).toEqual(["api.jsonc", "artifact"]);
  const before = await artifactOf(root.path);
  await writeFile(join(root.path, "docs/api.json"), JSON.stringify(api("second")));
  await buildApi("one", { root: root.path });
  expect(await artifactOf(root.path)).not.toBe(before);
});

test("a document outside the project, in many files, is copied so that it can be built again", async () => {
  await using root = await folder({});
  await addApi("one", fixturePath("external-file/openapi.yaml"), {
    root: root.path,
    baseUrl: "https://pets.example.com/",
  });
  expect(await readSettings("one", root.path)).toMatchObject({
    source: "spec/one/openapi.json",
    baseUrl: "https://pets.example.com",
  });
  const built = await buildApi("one", { root: root.path });
  expect(built.check.operations).toBe(2);
  // Whoever changes the original would wait for it in vain.
  expect(reportBuilt(built).join("\n")).toMatch(/spec\/one\/openapi\.json, a copy.*\n.*add one FILE --force/);
});

test("a URL is recorded and read again", async () => {
  await using server = await serve((_, response) => void response.end(JSON.stringify(api("first"))));
  await using root = await folder({});
  await addApi("one", `${server.origin}/api.json`, { root: root.path });
  const built = await buildApi("one", { root: root.path });
  expect(reportBuilt(built).join("\n")).not.toContain("a copy");
  expect(server.paths).toHaveLength(2);
});

test("a bad document leaves the last good artifact and settings as they were", async () => {
  await using root = await folder({ "api.json": api("good") });
  await addApi("one", join(root.path, "api.json"), { root: root.path });
  const directory = join(root.path, "spec/one");
  const before = await contents(directory);
  for (const bad of [
    "{",
    '{"openapi":"3.1.0"}',
    JSON.stringify({ ...api("bad"), "x-a": 1, components: { schemas: { A: { $ref: "/etc/hostname" } } } }),
  ]) {
    await writeFile(join(root.path, "api.json"), bad);
    await expect(buildApi("one", { root: root.path })).rejects.toBeInstanceOf(DocumentRefused);
    await expect(
      addApi("one", join(root.path, "api.json"), { root: root.path, force: true }),
    ).rejects.toBeInstanceOf(DocumentRefused);
    expect(await contents(directory)).toEqual(before);
  }
  await writeFile(join(root.path, "api.json"), JSON.stringify(api("better")));
  await buildApi("one", { root: root.path });
  expect(await contents(directory)).not.toEqual(before);
});

test("a build that fails on its last step leaves the last good artifact", async () => {
  await using root = await folder({});
  const settings = { source: "test", baseUrl: "https://api.example", auth: { type: "none" } } as const;
  const publish = (title: string, last?: () => Promise<void>) =>
    publishArtifact(
      root.path,
      { name: "one", document: { ...api(title), openapi: "3.1.0" }, settings },
      last,
    );
  await publish("good");
  const before = await contents(root.path);
  const failing = publish("other", () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await contents(root.path)).toEqual(before);
  await publish("other");
  expect(await contents(root.path)).not.toEqual(before);
});

test("a document that cannot be added leaves no folder", async () => {
  await using root = await folder({ "api.json": "{" });
  await expect(addApi("one", join(root.path, "api.json"), { root: root.path })).rejects.toThrow(
    /not valid JSON/,
  );
  await expect(access(join(root.path, "spec/one"))).rejects.toThrow(/ENOENT/);
});

test("an API is not replaced unasked; with force its notes and overlay stay and apply", async () => {
  await using root = await folder({ "api.json": api("first") });
  const options = { root: root.path };
  await addApi("one", join(root.path, "api.json"), options);
  await expect(addApi("one", join(root.path, "api.json"), options)).rejects.toThrow(/already.*--force/);
  const settings = {
    ...(await readSettings("one", root.path)),
    notes: { a: "Ask first." },
    overlay: "overlay.yaml",
  };
  await writeFile(join(root.path, "spec/one/api.jsonc"), JSON.stringify(settings));
  await writeFile(
    join(root.path, "spec/one/overlay.yaml"),
    "overlay: 1.0.0\nactions: [{target: '$.paths.*.get', update: {summary: over}}]",
  );
  const added = await addApi("one", join(root.path, "api.json"), { ...options, force: true, auth: "bearer" });
  expect(added.settings).toEqual({ ...settings, auth: { type: "bearer" } });
  expect(added.document["paths"]).toMatchObject({
    "/a": { get: { "x-twofold-note": "Ask first.", summary: "over" } },
  });
});

test("a build that changes nothing writes nothing", async () => {
  await using root = await folder({ "api.json": api("first") });
  await addApi("one", join(root.path, "api.json"), { root: root.path });
  const before = await contents(join(root.path, "spec/one"), true);
  await buildApi("one", { root: root.path });
  expect(await contents(join(root.path, "spec/one"), true)).toEqual(before);
});

async function contents(directory: string, times = false): Promise<Record<string, string>> {
  const { stat } = await import("node:fs/promises");
  const found: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile())
      found[path] = times ? `${(await stat(path)).mtimeMs}` : await readFile(path, "base64");
  }
  return found;
}

test("the copy of a document from elsewhere is in its author's version, which an overlay is written against", async () => {
  await using root = await folder({});
  await using elsewhere = await folder({
    "api.json": {
      swagger: "2.0",
      info: { title: "Test", version: "1" },
      host: "api.example.com",
      paths: {},
      definitions: { Photo: { type: "object" } },
    },
  });
  const options = { root: root.path, force: true };
  const source = join(elsewhere.path, "api.json");
  await addApi("one", source, options);
  const copy = await readFile(join(root.path, "spec/one/openapi.json"), "utf8");
  expect(JSON.parse(copy)).toMatchObject({ swagger: "2.0", definitions: { Photo: { type: "object" } } });
  await writeFile(
    join(root.path, "spec/one/overlay.yaml"),
    "overlay: 1.0.0\nactions: [{target: $.definitions.Photo, update: {x-nullable: true}}]",
  );
  const settings = { ...(await readSettings("one", root.path)), overlay: "overlay.yaml" };
  await writeFile(join(root.path, "spec/one/api.jsonc"), JSON.stringify(settings));
  for (const built of [await buildApi("one", options), await addApi("one", source, options)]) {
    expect(built.load.version).toBe("2.0");
    expect(built.document["components"]).toMatchObject({ schemas: { Photo: { type: ["object", "null"] } } });
  }
});
