import { expect, test } from "vitest";
import { loadFixture } from "./fixture.ts";

test("__proto__ is an own key wherever the document has it, and references to it lead there", async () => {
  const { document, report } = await loadFixture("proto-path.json");
  const { get } = document.paths["/__proto__"];
  expect(get.operationId).toBe("__proto__");
  expect(get.parameters[0].name).toBe("__proto__");
  expect(get.responses[200].content["application/json"].schema.$ref).toBe("#/components/schemas/__proto__");
  expect(Object.keys(document.components.schemas)).toEqual(["__proto__", "constructor", "example"]);
  expect(report.findings).toEqual([]);
});

test("a schema, a property and an example called __proto__ are all there", async () => {
  const { document } = await loadFixture("proto-path.json");
  const schema = Object.getOwnPropertyDescriptor(document.components.schemas, "__proto__")?.value;
  const property = Object.getOwnPropertyDescriptor(schema.properties, "__proto__")?.value;
  expect(JSON.stringify(property)).toBe('{"type":"object","examples":[{"__proto__":{"polluted":true}}]}');
});

test("form fields called __proto__ and constructor are fields", async () => {
  const { document } = await loadFixture("proto-path.json");
  const { schema } =
    document.paths["/__proto__"].post.requestBody.content["application/x-www-form-urlencoded"];
  expect(Object.keys(schema.properties)).toEqual(["__proto__", "constructor"]);
  expect(schema.required).toEqual(["__proto__"]);
});

test("nothing of it reaches a prototype", async () => {
  await loadFixture("proto-path.json");
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("a schema called example is upgraded like any other", async () => {
  const { document } = await loadFixture("proto-path.json");
  expect(document.components.schemas.example.properties.default).toEqual({ type: ["string", "null"] });
});
