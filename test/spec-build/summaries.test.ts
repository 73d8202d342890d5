import { expect, test } from "vitest";
import { loadDocument } from "../../scripts/spec/load-document.ts";
import { reportBuilt } from "../../scripts/spec/report.ts";
import { addApi } from "../../scripts/spec/add-api.ts";
import { join } from "node:path";
import { withSummaries } from "../../scripts/spec/summaries.ts";
import { openDocument } from "../sandbox/open-document.ts";
import type { Loose } from "./fixture.ts";
import { folder } from "./folder.ts";

test("an operation without a summary gets the beginning of its description, as plain text and bounded", () => {
  const given: Loose = {
    paths: {
      "/a": {
        get: { description: `<p>Retrieves a <code>Charge</code>.</p>\n<p>${"More of it. ".repeat(40)}</p>` },
        put: { summary: "Own", description: "Not this." },
        post: {},
      },
    },
  };
  const before = JSON.stringify(given);
  const { get, put, post } = (withSummaries(given) as Loose).paths["/a"];
  expect(get.summary).toMatch(/^Retrieves a Charge\. More of it\..* …$/);
  expect(get.summary.length).toBeLessThanOrEqual(120);
  expect(put.summary).toBe("Own");
  expect(post).not.toHaveProperty("summary");
  expect(JSON.stringify(given)).toBe(before);
  expect(openDocument(withSummaries(given)).find("charge")[0]?.summary).toBe(get.summary);
  expect(withSummaries({ paths: { "/b": { get: {} } } })).toEqual({ paths: { "/b": { get: {} } } });
});

test.each([
  ["2.0", { swagger: "2.0", definitions: {} }, "definitions"],
  ["3.0", { openapi: "3.0.0", components: { schemas: {} } }, "components/schemas"],
])("a list as items becomes any of its schemas, and is said: %s", async (_, shape, home) => {
  const list = { type: "array", items: [{ $ref: `#/${home}/A` }, { type: "string" }] };
  const A = { type: "integer" };
  const schemas = { List: list, A };
  const document = {
    ...shape,
    info: { title: "T", version: "1" },
    paths: {},
    ...("swagger" in shape ? { definitions: schemas } : { components: { schemas } }),
  };
  await using made = await folder({ "api.json": document });
  const { document: read, report } = await loadDocument(join(made.path, "api.json"));
  expect((read as Loose).components.schemas.List.items).toEqual({
    anyOf: [{ $ref: "#/components/schemas/A" }, { type: "string" }],
  });
  expect(report.findings[0]).toMatchObject({ place: `#/${home}/List/items` });
});

test("what calls are authenticated with is said to be no parameter, and a credential that is there is not asked for", async () => {
  const document = {
    openapi: "3.1.0",
    info: { title: "T", version: "1" },
    servers: [{ url: "https://api.example.com" }],
    paths: {
      "/a": { get: { parameters: [{ in: "header", name: "X-Key", required: true, schema: {} }] } },
    },
  };
  await using root = await folder({ "api.json": document });
  const added = await addApi("one", join(root.path, "api.json"), { root: root.path, auth: "header:X-Key" });
  const without = reportBuilt(added).join("\n");
  expect(without).toContain("added to each call, so no parameter any more: X-Key of 1 operation\n");
  expect(without).toContain("1. Write the API's credential into spec/one/.dev.vars: API_TOKEN=…");
  const set = reportBuilt(added, true);
  expect(set.join("\n")).not.toContain("Write the API's credential");
  expect(set.slice(-2)).toEqual(["Next", "  npm start -- --api one"]);
});
