import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addApi } from "../../scripts/spec/add-api.ts";
import { prepareApi } from "../../scripts/spec/prepare-api.ts";
import { reportBuilt, reportPrepared } from "../../scripts/spec/report.ts";
import { readSettings } from "../../scripts/spec/settings.ts";
import { folder } from "./folder.ts";

const document = {
  openapi: "3.1.0",
  info: { title: "Things", version: "1" },
  servers: [{ url: "https://things.example" }],
  paths: {
    "/things": { $ref: "#/components/pathItems/Things" },
    "/things/search": {
      post: { operationId: "search", tags: ["search"], responses: { 200: { description: "ok" } } },
    },
  },
  components: {
    pathItems: {
      Things: {
        get: { operationId: "list", responses: { 200: { description: "ok" } } },
        delete: { operationId: "clear", responses: { 204: { description: "gone" } } },
      },
    },
  },
};
const policy = {
  reads: ["tag:search"],
  deny: ["clear", "tag:Admin"],
  writes: ["GET /nowhere"],
  redact: ["owner.email"],
};
const settings = { source: "things.json", baseUrl: "https://things.example", auth: { type: "none" }, policy };

test("a check says what the policy does, and first of all which entries do nothing", async () => {
  await using made = await folder({ "things.json": document, "spec/things/api.jsonc": settings });
  const prepared = await prepareApi("things", await readSettings("things", made.path), made.path);
  const report = reportPrepared("things", prepared).join("\n");
  expect(report).toContain("policy      1 read, 1 denied by policy, not by method");
  expect(report).toContain("Policy that does nothing (2)");
  expect(report).toContain('writes: "GET /nowhere" matches no operation, so it does nothing');
  expect(report).toContain('deny: "tag:Admin" matches no operation');
});

test("adding an API again keeps its policy, reports it, and builds it into the artifact", async () => {
  await using made = await folder({ "things.json": document, "spec/things/api.jsonc": settings });
  const added = await addApi("things", join(made.path, "things.json"), { root: made.path, force: true });
  expect(reportBuilt(added).join("\n")).toContain('deny: "tag:Admin" matches no operation');
  const index = JSON.parse(
    await readFile(join(made.path, "spec/things/artifact/index.bin"), "utf8"),
  ) as object;
  expect(index).toMatchObject({ effects: { read: [2] }, denied: [['policy.deny has "clear"', [1]]] });
  expect(await readFile(join(made.path, "spec/things/artifact/artifact.js"), "utf8")).toContain(
    '"redact":["owner.email"]',
  );
});

test.each([
  [
    "a path without a method",
    { reads: ["/things"] },
    /policy\.reads\.0: must be an operationId, "tag:NAME", or a method and path/,
  ],
  ["a method that does not exist", { deny: ["FETCH /things"] }, /policy\.deny\.0/],
  ["a key nobody knows", { denied: ["clear"] }, /policy\.denied: is no key here/],
  ["a field with an empty name", { redact: ["a..b"] }, /policy\.redact\.0: must be a field's name/],
])("a policy with %s is refused with its place", async (_, wrong, message) => {
  await using made = await folder({ "spec/things/api.jsonc": { ...settings, policy: wrong } });
  await expect(readSettings("things", made.path)).rejects.toThrow(message);
});
