import { join } from "node:path";
import { expect, test } from "vitest";
import { documentWith, folder } from "./folder.ts";
import { loadDocument } from "../../scripts/spec/load-document.ts";

async function schemas(files: Record<string, unknown>): Promise<Record<string, unknown>> {
  await using made = await folder(files);
  const { document, report } = await loadDocument(join(made.path, "api.json"));
  expect(report.findings).toEqual([]);
  return document.components?.schemas ?? {};
}

const pet = { $id: "https://example.com/pet", $defs: { Name: { type: "string" } } };

test("a reference by $id leads to the schema that has it, and nothing is fetched", async () => {
  const found = await schemas({
    "api.json": documentWith({ ...pet, properties: { friend: { $ref: "https://example.com/pet" } } }),
  });
  expect(found["It"]).toMatchObject({ properties: { friend: { $ref: "#/components/schemas/It" } } });
});

test("inside a schema with $id, a pointer means that schema when the document has no such place", async () => {
  const found = await schemas({
    "api.json": documentWith({ ...pet, properties: { name: { $ref: "#/$defs/Name" } } }),
  });
  expect(found["It"]).toMatchObject({
    properties: { name: { $ref: "#/components/schemas/It/%24defs/Name" } },
  });
});

test("an anchor becomes a pointer, in another file too", async () => {
  const part = { Dog: { $anchor: "dog", title: "Dog", properties: { friend: { $ref: "#dog" } } } };
  const found = await schemas({
    "api.json": documentWith({ properties: { dog: { $ref: "part.json#dog" } } }),
    "part.json": part,
  });
  expect(found).toEqual({
    It: { properties: { dog: { $ref: "#/components/schemas/Dog" } } },
    Dog: { $anchor: "dog", title: "Dog", properties: { friend: { $ref: "#/components/schemas/Dog" } } },
  });
});

test("#/components in a part without components means the whole document's", async () => {
  const found = await schemas({
    "api.json": documentWith({ properties: { part: { $ref: "part.json" } } }),
    "part.json": { properties: { back: { $ref: "#/components/schemas/It" } } },
  });
  expect(found["part"]).toEqual({ properties: { back: { $ref: "#/components/schemas/It" } } });
});

test("a pointer that goes through a reference is made direct", async () => {
  const found = await schemas({
    "api.json": documentWith({
      $defs: {
        Alias: { $ref: "#/components/schemas/It/$defs/Real" },
        Real: { properties: { deep: { type: "string" } } },
      },
      properties: { deep: { $ref: "#/components/schemas/It/$defs/Alias/properties/deep" } },
    }),
  });
  expect(found["It"]).toMatchObject({
    properties: { deep: { $ref: "#/components/schemas/It/%24defs/Real/properties/deep" } },
  });
});
