import { expect, test } from "vitest";
import { loadFixture } from "../spec-build/fixture.ts";
import { openDocument } from "./open-document.ts";

/** A difficult document, from its file to what a program sees of it. */
async function open(name: string) {
  const { document } = await loadFixture(name);
  return openDocument(document as object);
}

const json = (
  operation: { responses: Record<string, { content: Record<string, { schema: unknown }> }> },
  status = "200",
) => operation.responses[status]?.content["application/json"]?.schema;

test("shared-ref: two siblings of one $ref are both there, each with its own description", async () => {
  const { spec, stringify } = await open("shared-ref.json");
  const schema = json(spec.paths["/trips"].get);
  expect(schema).toMatchObject({
    properties: { from: { type: "string" }, to: { type: "string", description: "Where it ends" } },
  });
  expect(stringify(schema)).not.toContain("$ref");
});

test("cycle-through-allof: the cycle is one, and prints as a reference", async () => {
  const { spec, stringify, describe } = await open("cycle-through-allof.yaml");
  const node = json(spec.paths["/tree"].get) as { properties: { children: { items: { allOf: unknown[] } } } };
  expect(node.properties.children.items.allOf[0]).toBe(node);
  expect(stringify(node)).toContain('{"$ref":"#/components/schemas/Node"}');
  expect(describe("GET /tree")).toMatch(
    /type Node = \{\n {2}parent\?: Node \| null,\n {2}children\?: Array<Node & \{/,
  );
});

test("pointer-escapes: ~0, ~1 and percent signs lead where they say", async () => {
  const { spec } = await open("pointer-escapes.json");
  expect(json(spec.paths["/c"].get)).toBe(json(spec.paths["/a~b/{id}"].get));
  expect(json(spec.paths["/c"].get, "201")).toEqual({ type: "boolean" });
});

test("path-item-parameters: they belong to the operation in find, describe and spec", async () => {
  const { spec, find, describe } = await open("path-item-parameters.json");
  expect(spec.paths["/teams/{team}"].parameters.map(({ name }: { name: string }) => name)).toEqual([
    "team",
    "trace",
  ]);
  expect(spec.paths["/teams/{team}"].servers[0].url).toBe("https://teams.example.com");
  expect(find("team")[0]).toMatchObject({ required: ["team"] });
  expect(describe("getTeam")).toContain("params: {\n    team: string,");
});

test("external-file: six files are one document", async () => {
  const { spec, stringify } = await open("external-file/openapi.yaml");
  const pet = (json(spec.paths["/pets"].get) as { items: { properties: { friend: unknown; kind: object } } })
    .items;
  expect(pet.properties.friend).toBe(pet);
  expect(spec.paths["/owners"].get.parameters[0]).toBe(spec.paths["/pets"].get.parameters[0]);
  expect(stringify(spec)).not.toMatch(/\$ref":"[^#]/);
});

test("swagger2-formdata-basepath: read as OpenAPI 3.1", async () => {
  const { spec, find } = await open("swagger2-formdata-basepath.yaml");
  expect(spec.openapi).toMatch(/^3\.1/);
  expect(spec.servers.map(({ url }: { url: string }) => url)).toContain("https://api.example.com/v2");
  expect(find("list photos")[0]).toMatchObject({ operationId: "listPhotos", reads: true });
  expect(spec.paths["/photos"].get.responses["404"].description).toBe("Not there");
});

test("openapi31-webhooks-only: nothing to find, webhooks to read, a cycle through $id", async () => {
  const { spec, find } = await open("openapi31-webhooks-only.json");
  const { schema } = spec.webhooks.petAdded.post.requestBody.content["application/json"];
  expect(schema.properties.friend).toBe(schema);
  expect(find("pet")).toEqual([]);
});

test("yaml-anchors: merged, and dates are texts", async () => {
  const { spec } = await open("yaml-anchors.yaml");
  const { responses } = spec.paths["/days"].get;
  expect(Object.keys(responses)).toEqual(["200", "404", "500"]);
  expect(responses["200"]).toMatchObject({
    description: "Days",
    headers: { "X-Trace": { schema: { type: "string" } } },
  });
  expect(spec.info.version).toBe("2024-01-01");
});

test("proto-path: __proto__ and constructor are names like any other", async () => {
  const { spec, find, describe } = await open("proto-path.json");
  expect(Object.keys(spec.paths)).toEqual(["/__proto__"]);
  expect(json(spec.paths["/__proto__"].get)).toMatchObject({ type: "object" });
  expect(find("constructor", { method: "post" })[0]).toMatchObject({ operationId: "constructor" });
  expect(describe("GET /__proto__")).toContain("__proto__?: string");
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("duplicate-operation-ids: every operation can be named by its address", async () => {
  const { find, describe } = await open("duplicate-operation-ids.json");
  expect(
    find("get users", { method: "GET" })
      .map(({ path }) => path)
      .toSorted(),
  ).toEqual(["/users/{id}", "/users/{name}"]);
  expect(describe("GET /users/{name}")).toContain('path: "/users/{name}"');
  expect(describe("DELETE /users/{name}")).toContain('method: "DELETE"');
  expect(() => describe("get")).toThrow(
    'Several operations are called "get": GET /users/{id}, GET /users/{name}',
  );
});

test("openapi32: its query method and additional operations are operations, and what else it adds is there", async () => {
  const { spec, find, describe } = await open("openapi32.yaml");
  expect(find("logs")).toMatchObject([
    { method: "QUERY", operationId: "queryLogs", reads: true },
    { method: "COPY", operationId: "copyLogs", reads: false },
  ]);
  const { additionalOperations } = spec.paths["/logs"];
  expect(additionalOperations).toEqual({
    COPY: { operationId: "copyLogs", responses: { "204": { description: "Copied" } } },
  });
  expect(Object.keys(spec.paths["/logs"])).toEqual(["query", "additionalOperations"]);
  expect(describe("COPY /logs")).toContain('method: "COPY"');
  // No runtime of ours sends LINK: it is in the document, and no operation.
  expect(spec.paths["/links"].additionalOperations.LINK.operationId).toBe("linkLogs");
  expect(() => describe("linkLogs")).toThrow("There is no operation");
  expect(spec.components.securitySchemes.device.flows.deviceAuthorization.tokenUrl).toBe(
    "https://a.example/t",
  );
});
