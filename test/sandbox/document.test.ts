import { dereference } from "@apidevtools/json-schema-ref-parser";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cloneAnything } from "../../src/sandbox/clone.guest.js";
import { openDocument } from "./open-document.ts";
import { difference } from "./same-graph.ts";

const info = { title: "T", version: "1" };
const pet = {
  openapi: "3.1.0",
  info,
  servers: [{ url: "https://api.example" }],
  paths: {
    "/pets/{id}": {
      summary: "One pet",
      servers: [{ url: "https://pets.example" }],
      parameters: [{ $ref: "#/components/parameters/id" }],
      get: {
        tags: ["pets"],
        summary: "Get a pet",
        operationId: "getPet",
        "x-cost": 3,
        responses: {
          "200": {
            description: "ok",
            content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } },
          },
          "404": { $ref: "#/components/responses/NotFound" },
        },
        callbacks: { later: { "{$request.body#/url}": { post: { responses: {} } } } },
        security: [],
      },
    },
    "/lists": {
      parameters: [{ $ref: "#/components/parameters/id" }],
      servers: [{ url: "x" }],
      get: { responses: {} },
    },
    "/same": { $ref: "#/components/pathItems/shared" },
  },
  components: {
    pathItems: { shared: { post: { operationId: "viaRef", responses: {} } } },
    parameters: { id: { name: "id", in: "path", required: true, schema: { type: "string" } } },
    responses: { NotFound: { description: "none" } },
    schemas: {
      Pet: {
        type: "object",
        properties: {
          mother: { $ref: "#/components/schemas/Pet" },
          father: { $ref: "#/components/schemas/Pet", description: "the father" },
          home: { $ref: "#/components/schemas/a~1b" },
          work: { $ref: "#/components/schemas/a~1b" },
          first: { $ref: "#/components/schemas/Pet/properties/home" },
          byPath: { $ref: "#/paths/~1pets~1%7Bid%7D/get/responses/200" },
          lost: { $ref: "#/components/schemas/Nowhere" },
          loop: { $ref: "#/components/schemas/Loop" },
        },
      },
      "a/b": { type: "string", enum: ["x"] },
      Loop: { $ref: "#/components/schemas/Loop" },
    },
    "x-extra": { kept: { $ref: "#/components/schemas/a~1b" } },
  },
  webhooks: { moved: { post: { operationId: "moved", responses: {} } } },
  "x-top": [1, { two: 2 }],
};

describe("spec", () => {
  const { spec, stringify } = openDocument(pet);

  test("has every key of the document, in its order", () => {
    expect(Object.keys(spec)).toEqual(Object.keys(pet));
    expect(spec["x-top"]).toEqual([1, { two: 2 }]);
    expect(spec.webhooks.moved.post.operationId).toBe("moved");
    expect(spec.components["x-extra"].kept).toBe(spec.components.schemas["a/b"]);
  });

  test("resolves path items, parameters, responses, callbacks and extensions", () => {
    const item = spec.paths["/pets/{id}"];
    expect(item.parameters[0]).toBe(spec.components.parameters.id);
    expect(item.servers[0].url).toBe("https://pets.example");
    expect(item.get["x-cost"]).toBe(3);
    expect(item.get.security).toEqual([]);
    expect(item.get.responses["404"].description).toBe("none");
    expect(Object.keys(item.get.callbacks.later)).toEqual(["{$request.body#/url}"]);
    expect(spec.paths["/same"].post.operationId).toBe("viaRef");
  });

  test("what is no path item in paths is there as it was written", () => {
    const odd = {
      openapi: "3.1.0",
      info,
      paths: { "x-a": null, "x-b": { get: { operationId: "no" } }, "/text": "no item", "/a": { get: {} } },
    };
    const opened = openDocument(odd);
    expect(difference(opened.spec, odd)).toBeUndefined();
    expect(opened.find("a").map(({ path }) => path)).toEqual(["/a"]);
  });

  test("lists of a path item are arrays in every respect, read or not", () => {
    const item = openDocument(pet).spec.paths["/lists"];
    expect(Object.keys(item).toSorted()).toEqual(["get", "parameters", "servers"]);
    expect(item.parameters.summary).toBeUndefined();
    expect(Array.isArray(item.parameters)).toBe(true);
    expect(item.parameters.map((parameter: { name: string }) => parameter.name)).toEqual(["id"]);
    expect([...item.servers]).toEqual([{ url: "x" }]);
    expect(openDocument(pet).spec.paths["/lists"].parameters).toHaveLength(1);
    expect(JSON.stringify(openDocument(pet).spec.paths["/lists"].servers)).toBe('[{"url":"x"}]');
    const changed = openDocument(pet).spec.paths["/lists"].parameters;
    changed.push({ name: "more" });
    expect(changed).toHaveLength(2);
  });

  test("shares what is shared, keeps true cycles, and lays siblings over a reference", () => {
    const { Pet } = spec.components.schemas;
    expect(Pet.properties.mother).toBe(Pet);
    expect(Pet.properties.home).toBe(Pet.properties.work);
    expect(Pet.properties.first).toBe(Pet.properties.home);
    expect(Pet.properties.father).toMatchObject({ type: "object", description: "the father" });
    expect(Pet.description).toBeUndefined();
    expect(Pet.properties.byPath).toBe(spec.paths["/pets/{id}"].get.responses["200"]);
  });

  test("leaves a reference that leads nowhere, or only round in a circle, as it is", () => {
    expect(spec.components.schemas.Pet.properties.lost).toEqual({ $ref: "#/components/schemas/Nowhere" });
    expect(spec.components.schemas.Pet.properties.loop).toEqual({ $ref: "#/components/schemas/Loop" });
  });

  test("is a plain object to entries, spread, for in, in, JSON and structuredClone", () => {
    const { get } = openDocument(pet).spec.paths["/pets/{id}"];
    expect({ ...get }).toHaveProperty("responses.200.description", "ok");
    const names = [];
    for (const name in get) names.push(name);
    expect(names.toSorted()).toEqual([
      "callbacks",
      "operationId",
      "responses",
      "security",
      "summary",
      "tags",
      "x-cost",
    ]);
    expect("responses" in get).toBe(true);
    const clone = cloneAnything(openDocument(pet).spec.paths["/pets/{id}"]);
    expect(clone.parameters[0].name).toBe("id");
    expect(clone.get.responses["404"]).toEqual({ description: "none" });
    expect(Array.isArray(openDocument(pet).spec.paths["/pets/{id}"].parameters)).toBe(true);
    expect(JSON.stringify(openDocument(pet).spec.paths["/same"])).toBe(
      '{"post":{"operationId":"viaRef","responses":{}}}',
    );
  });

  test("a clone of a part with a cycle keeps the cycle", () => {
    const clone = cloneAnything(openDocument(pet).spec);
    expect(clone.components.schemas.Pet.properties.mother).toBe(clone.components.schemas.Pet);
    expect(difference(clone, spec)).toBeUndefined();
  });

  test("prints a cycle as a reference, and what is merely shared in full", () => {
    const printed = JSON.parse(stringify(spec.components.schemas.Pet));
    expect(printed.properties.mother).toEqual({ $ref: "#/components/schemas/Pet" });
    expect(printed.properties.home).toEqual({ type: "string", enum: ["x"] });
    expect(printed.properties.work).toEqual({ type: "string", enum: ["x"] });
    const own: Record<string, unknown> = { list: [] };
    (own["list"] as unknown[]).push(own);
    expect(stringify(own)).toBe('{"list":[{"$ref":"#"}]}');
  });

  test("can be changed, for this reader alone", () => {
    const mine = openDocument(pet);
    mine.spec.paths["/pets/{id}"].get.responses = "gone";
    mine.spec.paths["/pets/{id}"].get["x-cost"] = 4;
    mine.spec.components.schemas.Pet.properties.mother = 1;
    expect(mine.spec.paths["/pets/{id}"].get).toMatchObject({ responses: "gone", "x-cost": 4, security: [] });
    expect(spec.paths["/pets/{id}"].get["x-cost"]).toBe(3);
  });

  test("keys named like parts of JavaScript are only keys", () => {
    const text = `{"openapi":"3.1.0","info":{"title":"T","version":"1"},"paths":{"__proto__":{"get":{"operationId":"p","responses":{}}},"/constructor":{"get":{"responses":{"__proto__":{"description":"d"}}}}},"components":{"schemas":{"__proto__":{"type":"string"},"constructor":{"$ref":"#/components/schemas/__proto__"},"toString":{"$ref":"#/components/schemas/hasOwnProperty"}}}}`;
    const { spec: odd, find } = openDocument(JSON.parse(text));
    expect(Object.keys(odd.paths)).toEqual(["__proto__", "/constructor"]);
    expect(Object.getPrototypeOf(odd.paths)).toBe(Object.prototype);
    expect(odd.paths["__proto__"].get.operationId).toBe("p");
    expect(Object.keys(odd.paths["/constructor"].get.responses)).toEqual(["__proto__"]);
    expect(odd.components.schemas.constructor).toEqual({ type: "string" });
    expect(odd.components.schemas.toString).toEqual({ $ref: "#/components/schemas/hasOwnProperty" });
    expect(({} as Record<string, unknown>)["type"]).toBeUndefined();
    expect(find("constructor")).toHaveLength(1);
  });

  test.each([
    {},
    { openapi: "3.1.0", info, webhooks: {} },
    { openapi: "3.1.0", info, paths: null, components: [] },
  ])("a document without paths is still itself: %j", (document) => {
    expect(difference(openDocument(document).spec, document)).toBeUndefined();
  });
});

describe("any document", () => {
  const names = ["A", "B", "a/b", "t~x", "c d", "é", "__x", "constructor"];
  const escape = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");
  const reference = fc
    .constantFrom(...names)
    .map((name) => ({ $ref: `#/components/schemas/${escape(name)}` }));
  const { schema } = fc.letrec((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      fc.record(
        { type: fc.constantFrom("string", "integer"), example: fc.jsonValue({ maxDepth: 1 }) },
        { requiredKeys: [] },
      ),
      fc.record({
        properties: fc.dictionary(fc.constantFrom("p", "q", "x/y"), fc.oneof(reference, tie("schema"))),
      }),
      fc.record({ allOf: fc.array(fc.oneof(reference, tie("schema")), { maxLength: 3 }) }),
      fc.record({ items: fc.oneof(reference, tie("schema")), description: fc.string() }),
      // Siblings only beside a target without references: within a cycle the reference parser leaves such a $ref as it is.
      fc.string().map((description) => ({ wrapped: { $ref: "#/components/schemas/leaf", description } })),
    ),
  }));
  const operation = fc.record(
    {
      operationId: fc.string(),
      summary: fc.oneof(fc.string(), fc.constant(7)),
      tags: fc.array(fc.string(), { maxLength: 2 }),
      deprecated: fc.boolean(),
      responses: fc.dictionary(
        fc.constantFrom("200", "default"),
        fc.record({ schema: fc.oneof(reference, schema) }),
      ),
      "x-any": fc.jsonValue({ maxDepth: 2 }),
    },
    { requiredKeys: [] },
  );
  const item = fc.record(
    {
      get: operation,
      post: operation,
      parameters: fc.array(fc.record({ schema: reference }), { maxLength: 2 }),
      summary: fc.string(),
    },
    { requiredKeys: [] },
  );
  const document = fc.record(
    {
      openapi: fc.constant("3.1.0"),
      info: fc.constant(info),
      paths: fc.dictionary(fc.constantFrom("/a", "/a/{b}", "/x~y", "/c d"), item),
      components: fc.record({
        schemas: fc.record({
          leaf: fc.record({ type: fc.constant("string"), maxLength: fc.nat() }),
          ...Object.fromEntries(names.map((name) => [name, schema])),
        }),
      }),
      "x-top": fc.jsonValue({ maxDepth: 2 }),
    },
    { requiredKeys: ["openapi", "info", "components"] },
  );

  test("is what the reference parser makes of it", async () => {
    await fc.assert(
      fc.asyncProperty(document, async (made) => {
        const plain = JSON.parse(JSON.stringify(made)) as object;
        const theirs = await dereference(structuredClone(plain), { dereference: { circular: true } });
        expect(difference(openDocument(plain).spec, theirs)).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });
});
