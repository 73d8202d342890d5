import { readdirSync } from "node:fs";
import { dereference } from "@apidevtools/json-schema-ref-parser";
import { expect, test } from "vitest";
import { visitDocument } from "../../scripts/spec/visit-document.ts";
import { fixturePath, type Loose, loadFixture } from "./fixture.ts";

const names = [
  ...readdirSync(fixturePath("")).filter((name) => name.includes(".")),
  "external-file/openapi.yaml",
];

test.each(names)("%s is a plain tree that survives JSON", async (name) => {
  const { document } = await loadFixture(name);
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    expect(seen.has(value)).toBe(false);
    expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(value));
    seen.add(value);
    for (const child of Object.values(value)) visit(child);
  };
  visit(document);
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
});

test.each(names)("%s has only internal references", async (name) => {
  const { document } = await loadFixture(name);
  const references: string[] = [];
  visitDocument(document, ({ $ref }) => void (typeof $ref === "string" && references.push($ref)));
  expect(references.filter(($ref) => !$ref.startsWith("#/"))).toEqual([]);
});

test("put in place, the references of a document in many files give what the reference parser gives", async () => {
  const { document } = await loadFixture("external-file/openapi.yaml");
  const theirs = await dereference(fixturePath("external-file/openapi.yaml"));
  const ours = await dereference(structuredClone(document));
  const schemaOf = ({ paths }: Loose) =>
    [paths["/pets"].get, paths["/owners"].get].map(({ parameters, responses }) => ({
      parameters,
      schema: responses[200].content["application/json"].schema,
    }));
  expect(written(schemaOf(ours), 12)).toEqual(written(schemaOf(theirs), 12));
});

/** A cyclic value as JSON down to some depth. Mappings are left out: the reference parser does not follow them. */
function written(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "…";
  if (Array.isArray(value)) return value.map((element) => written(element, depth - 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "mapping")
      .map(([key, child]) => [key, written(child, depth - 1)]),
  );
}
