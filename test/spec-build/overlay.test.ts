import { join } from "node:path";
import { expect, test } from "vitest";
import { applyNotes } from "../../scripts/spec/notes.ts";
import { applyOverlay } from "../../scripts/spec/overlay.ts";
import { type Loose, loadFixture } from "./fixture.ts";

const sample = (): Loose => ({
  tags: ["a"],
  paths: {
    "/users": { get: { operationId: "list", tags: ["old"] }, post: { "x-internal": true } },
    "/it's": { get: {} },
  },
});
const apply = (document: Loose, ...actions: object[]) =>
  applyOverlay(document, { overlay: "1.0.0", actions }, "overlay.yaml");

test("an update merges objects and adds to lists", () => {
  const document = sample();
  apply(
    document,
    {
      target: "$.paths['/users'].get",
      update: { summary: "All users", tags: ["new"], externalDocs: { url: "x" } },
    },
    { target: "$.tags", update: "b" },
  );
  expect(document.paths["/users"].get).toEqual({
    operationId: "list",
    tags: ["old", "new"],
    summary: "All users",
    externalDocs: { url: "x" },
  });
  expect(document.tags).toEqual(["a", "b"]);
});

test("remove takes away what a filter selects, wherever it is", () => {
  const document = sample();
  apply(
    document,
    { target: "$.paths.*[?@['x-internal'] == true]", remove: true },
    { target: `$.paths["/it's"]`, remove: true },
  );
  expect(document.paths).toEqual({ "/users": { get: { operationId: "list", tags: ["old"] } } });
});

test("two places updated by one action do not share an object", () => {
  const document = sample();
  apply(document, { target: "$.paths.*.get", update: { security: [] } });
  expect(document.paths["/users"].get.security).not.toBe(document.paths["/it's"].get.security);
});

test("an action that selects nothing is said; a target that is no JSONPath is refused with its place", () => {
  expect(apply(sample(), { target: "$.nothing", remove: true })[0]).toMatchObject({
    place: "overlay.yaml#/actions/0",
  });
  expect(() => apply(sample(), { target: "$.a" }, { target: "paths.x" })).toThrow(
    /overlay.yaml#\/actions\/1: .*not a JSONPath/,
  );
  expect(() => apply(sample(), { target: "$.paths['/users'].get.operationId", update: {} })).toThrow(
    /selects a single value/,
  );
  expect(() => applyOverlay({}, { openapi: "3.1.0" }, "o.yaml")).toThrow(/not an OpenAPI Overlay/);
});

test("an overlay is written against the document as published, before its upgrade", async () => {
  const value = {
    overlay: "1.0.0",
    actions: [{ target: "$.definitions.Photo", update: { "x-nullable": true } }],
  };
  const { document } = await loadFixture("swagger2-formdata-basepath.yaml", {
    overlay: { value, place: "o" },
  });
  expect(document.components.schemas.Photo.type).toEqual(["object", "null"]);
});

test("a note lands on its operation by operationId or address; one that fits none is said", () => {
  const document = sample();
  const findings = applyNotes(
    document,
    { list: "Use limit.", "GET /users": "Slow.", "POST /users": "Ask first.", gone: "?" },
    join("spec", "api.jsonc"),
  );
  expect(document.paths["/users"].get["x-twofold-note"]).toBe("Use limit.\nSlow.");
  expect(document.paths["/users"].post["x-twofold-note"]).toBe("Ask first.");
  expect(findings).toHaveLength(1);
  expect(findings[0]?.message).toContain('"gone" fits no operation');
});
