import { execFileSync } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadDocument } from "../../scripts/spec/load-document.ts";
import { documentWith, folder } from "./folder.ts";

const it = async (path: string): Promise<unknown> =>
  (await loadDocument(path)).document.components?.schemas?.["It"];

test("a reference above the document's directory is refused, with its place; one below is read", async () => {
  const files = { "api/ok.json": documentWith({ $ref: "parts/a.json" }), "api/parts/a.json": { title: "A" } };
  await using made = await folder({
    ...files,
    "api/evil.json": documentWith({ $ref: "../secret.json" }),
    "secret.json": { title: "secret" },
  });
  expect(await it(join(made.path, "api/ok.json"))).toEqual({ title: "A" });
  await expect(it(join(made.path, "api/evil.json"))).rejects.toThrow(
    /^#\/components\/schemas\/It: .*outside .*only to files below its own directory/,
  );
});

test("an absolute path and a file: URL outside are refused", async () => {
  await using made = await folder({
    "a.json": documentWith({ $ref: "/etc/hostname" }),
    "b.json": documentWith({ $ref: "file:///etc/hostname" }),
  });
  await expect(it(join(made.path, "a.json"))).rejects.toThrow(/outside/);
  await expect(it(join(made.path, "b.json"))).rejects.toThrow(/outside/);
});

test("a symbolic link that leads out is refused; one that stays inside is read", async () => {
  await using made = await folder({
    "api/out.json": documentWith({ $ref: "out-link.json" }),
    "api/in.json": documentWith({ $ref: "in-link.json" }),
    "api/dir.json": documentWith({ $ref: "link/secret.json" }),
    "api/real.json": { title: "inside" },
    "secret.json": { title: "secret" },
  });
  await symlink(join(made.path, "secret.json"), join(made.path, "api/out-link.json"));
  await symlink(join(made.path, "api/real.json"), join(made.path, "api/in-link.json"));
  await symlink(made.path, join(made.path, "api/link"));
  expect(await it(join(made.path, "api/in.json"))).toEqual({ title: "inside" });
  await expect(it(join(made.path, "api/out.json"))).rejects.toThrow(/outside/);
  await expect(it(join(made.path, "api/dir.json"))).rejects.toThrow(/outside/);
});

test("a document reached through a symbolic link may refer to files beside the document itself only when they are beside the link", async () => {
  await using made = await folder({ "real/api.json": documentWith({ type: "string" }), "other/x.txt": "" });
  await symlink(join(made.path, "real/api.json"), join(made.path, "other/api.json"));
  expect(await it(join(made.path, "other/api.json"))).toEqual({ type: "string" });
});

test("a named pipe is refused, not waited for", async () => {
  await using made = await folder({ "api.json": documentWith({ $ref: "pipe" }) });
  execFileSync("mkfifo", [join(made.path, "pipe")]);
  await expect(it(join(made.path, "api.json"))).rejects.toThrow(/not a regular file/);
});

test("a file may not refer to the network", async () => {
  await using made = await folder({ "api.json": documentWith({ $ref: "http://127.0.0.1:9/x.json" }) });
  await expect(it(join(made.path, "api.json"))).rejects.toThrow(/only to files, not to the network/);
});

test("a missing file is refused with the reference that names it", async () => {
  await using made = await folder({ "api.json": documentWith({ $ref: "gone.json#/X" }) });
  await expect(it(join(made.path, "api.json"))).rejects.toThrow(/"gone.json#\/X" .* there is no such file/);
});

test("a reference that leads nowhere costs only itself", async () => {
  await using made = await folder({
    "api.json": documentWith({ properties: { a: { $ref: "#/nope" }, b: { type: "string" } } }),
  });
  const { document, report } = await loadDocument(join(made.path, "api.json"));
  expect(document.components?.schemas?.["It"]).toEqual({
    properties: { a: { "x-twofold-unresolved-ref": "#/nope" }, b: { type: "string" } },
  });
  expect(report.findings).toEqual([
    {
      place: "#/components/schemas/It/properties/a",
      message: 'the reference "#/nope" leads nowhere; kept as x-twofold-unresolved-ref.',
    },
  ]);
});

test("a reference in an example is data: nothing is read for it against the rules, and it stays", async () => {
  await using made = await folder({
    "api/api.json": documentWith({ examples: [{ $ref: "../secret.json" }] }),
    "secret.json": { title: "secret" },
  });
  const { document, report } = await loadDocument(join(made.path, "api/api.json"));
  expect(document.components?.schemas?.["It"]).toEqual({ examples: [{ $ref: "../secret.json" }] });
  expect(report.findings).toHaveLength(1);
});
