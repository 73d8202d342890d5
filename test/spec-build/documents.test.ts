import { expect, test } from "vitest";
import { checkDocument } from "../../scripts/spec/check-document.ts";
import { documentOperations } from "../../scripts/spec/document-operations.ts";
import { fixturePath, loadFixture } from "./fixture.ts";

test("siblings that share a $ref both keep it, with what is written beside it", async () => {
  const { document } = await loadFixture("shared-ref.json");
  const { from, to } =
    document.paths["/trips"].get.responses[200].content["application/json"].schema.properties;
  expect(from).toEqual({ $ref: "#/components/schemas/Place" });
  expect(to).toEqual({ $ref: "#/components/schemas/Place", description: "Where it ends" });
});

test("a cycle through allOf stays a cycle, and nullable beside allOf becomes a union", async () => {
  const { document } = await loadFixture("cycle-through-allof.yaml");
  const { parent, children } = document.components.schemas.Node.properties;
  expect(parent).toEqual({ anyOf: [{ $ref: "#/components/schemas/Node" }, { type: "null" }] });
  expect(children.items.allOf[0]).toEqual({ $ref: "#/components/schemas/Node" });
  expect(children.items.allOf[1].properties.order).toEqual({ type: "integer", exclusiveMinimum: 0 });
});

test("references with ~0, ~1 and percent signs stay as they are and lead somewhere", async () => {
  const { document, report } = await loadFixture("pointer-escapes.json");
  const { responses } = document.paths["/c"].get;
  expect(responses[200].content["application/json"].schema.$ref).toBe(
    "#/paths/~1a~0b~1%7Bid%7D/get/responses/200/content/application~1json/schema",
  );
  expect(responses[201].content["application/json"].schema.$ref).toBe("#/components/schemas/My%20Type");
  expect(report.findings).toEqual([]);
});

test("parameters, servers and summary of a path item stay on it", async () => {
  const { document } = await loadFixture("path-item-parameters.json");
  const item = document.paths["/teams/{team}"];
  expect(item.parameters[0]).toEqual({ $ref: "#/components/parameters/Team" });
  expect(item.parameters[1].examples).toEqual({ default: { value: "abc" } });
  expect(item.servers).toEqual([{ url: "https://teams.example.com" }]);
  expect(checkDocument(document, "").findings).toEqual([]);
});

test("a path item by reference is placed under its path: counted, annotated, and its parameters kept", async () => {
  const { document, report } = await loadFixture("path-item-reference.json", {
    notes: { texts: { "GET /there": "Look here first." }, place: "notes" },
  });
  expect(report.findings).toEqual([]);
  expect([...documentOperations(document)].map(({ address }) => address)).toEqual([
    "GET /here",
    "GET /there",
  ]);
  const [here, there] = ["/here", "/there"].map((path) => document.paths[path]);
  expect(there.get["x-twofold-note"]).toBe("Look here first.");
  expect(here.get["x-twofold-note"]).toBeUndefined();
  expect(there.parameters.map(({ name }: { name: string }) => name)).toEqual(["q", "x"]);
});

test("values of other files become components once, under the names the author gave", async () => {
  const { document, report } = await loadFixture("external-file/openapi.yaml");
  expect(report.files).toBe(7);
  expect(report.findings).toEqual([]);
  const { schemas, parameters } = document.components;
  expect(Object.keys(schemas).toSorted()).toEqual(["Pet", "collar", "dog", "owner", "owner_2"]);
  expect(parameters).toEqual({
    Limit: { name: "limit", in: "query", schema: { type: "integer", default: 10 } },
  });
  expect(document.paths["/pets"].get.operationId).toBe("listPets");
  const { content } = document.paths["/pets"].get.responses[200];
  expect(content["application/json"].schema.items).toEqual({ $ref: "#/components/schemas/Pet" });
  expect(content["application/json"].examples.default.value).toEqual({ kind: "dog" });
  expect(schemas.Pet.properties.friend).toEqual({ $ref: "#/components/schemas/Pet" });
  expect(schemas.Pet.properties.owner).toEqual({ $ref: "#/components/schemas/owner_2" });
  expect(schemas.owner.type).toBe("string");
  expect(schemas.owner_2.properties.pets.items).toEqual({ $ref: "#/components/schemas/Pet" });
});

test("a discriminator's mapping follows its file, and a plain name stays a name", async () => {
  const { document } = await loadFixture("external-file/openapi.yaml");
  expect(document.components.schemas.Pet.discriminator.mapping).toEqual({
    dog: "#/components/schemas/dog",
    cat: "Cat",
  });
});

test("webhooks without paths are a document", async () => {
  const { document, report } = await loadFixture("openapi31-webhooks-only.json");
  expect(document.paths).toBeUndefined();
  expect(document.webhooks.petAdded.post.requestBody.content["application/json"].schema.$ref).toBe(
    "#/components/schemas/Pet",
  );
  expect(checkDocument(document, "")).toMatchObject({ operations: 0, webhooks: 1 });
  expect(report.findings).toEqual([]);
});

test("YAML anchors are written out, merge keys merged, dates and yes stay text", async () => {
  const { document } = await loadFixture("yaml-anchors.yaml");
  const { responses } = document.paths["/days"].get;
  expect(document.info.version).toBe("2024-01-01");
  expect(Object.keys(responses)).toEqual(["200", "404", "500"]);
  expect(responses[200]).toEqual({
    description: "Days",
    headers: { "X-Trace": { schema: { type: "string" } } },
  });
  expect(responses[404]).toEqual(responses[500]);
  expect(responses[404]).not.toBe(responses[500]);
  expect(document.components.schemas.Day.examples).toEqual(["2024-01-01", "yes", 15, 1000]);
});

test("duplicate and missing operationIds are kept and said; what is no operation is left out", async () => {
  const { document } = await loadFixture("duplicate-operation-ids.json");
  const check = checkDocument(document, fixturePath("duplicate-operation-ids.json"));
  expect([...documentOperations(document)].map(({ address }) => address)).toEqual([
    "GET /users/{id}",
    "GET /users/{name}",
    "DELETE /users/{name}",
  ]);
  expect(check.skipped.map(({ place }) => place)).toEqual([
    "#/paths/~1users~1%7Bname%7D/put",
    "#/paths/relative",
  ]);
  expect(check.findings.map(({ message }) => message)).toEqual([
    'has the operationId "get" of GET /users/{id}; use "GET /users/{name}" instead.',
    '1 operation has no operationId; it is addressed as "METHOD /path".',
    "differs only by parameter names from /users/{name}.",
    "the path has {name}, which no parameter describes.",
    "has path parameters that its path lacks: nick.",
    "the path has {name}, which no parameter describes.",
  ]);
});

test("what 3.2 adds stays as it is", async () => {
  const { document, report } = await loadFixture("openapi32.yaml");
  expect(document.openapi).toBe("3.2.0");
  expect([...documentOperations(document)].map(({ address }) => address)).toEqual([
    "QUERY /logs",
    "COPY /logs",
    "LINK /links",
  ]);
  expect(document.paths["/logs"].query.responses[200].content["application/json"]).toEqual({
    $ref: "#/components/mediaTypes/Json",
  });
  expect(document.components.mediaTypes.Json.examples.one.dataValue).toEqual({ a: 1 });
  expect(document.components.securitySchemes.device.flows.deviceAuthorization).toBeDefined();
  expect(report.findings).toEqual([]);
  const { findings } = checkDocument(document, "");
  const link =
    "LINK /links: its method cannot be sent by Workers; programs see it in spec, and cannot call it.";
  expect(findings.map(({ message }) => message)).toContain(link);
  expect(findings.filter(({ message }) => message.includes("COPY"))).toEqual([]);
});

test("data that looks like OpenAPI is not upgraded, and names that look like keywords are names", async () => {
  const { document } = await loadFixture("example-and-examples.json");
  expect(document["x-config"]).toEqual({ example: { nullable: true, type: "string" } });
  const { headers, content } = document.paths["/things"].post.responses.default;
  expect(headers.example.schema).toEqual({ type: ["string", "null"] });
  expect(content["application/json"].schema.properties.example).toEqual({ type: ["string", "null"] });
  expect(content["application/json"].examples).toEqual({
    default: { value: { type: "a", nullable: true } },
    second: { value: 2 },
  });
  expect(document.components.requestBodies.default.content["application/json"].schema).toEqual({
    oneOf: [{ type: "string" }, { type: "null" }],
    default: { nullable: true },
  });
});
