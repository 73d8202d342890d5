import { describe, expect, test } from "vitest";
import { sentence } from "../../src/sandbox/sentence.guest.js";
import { openDocument } from "./open-document.ts";

describe("the sentences of a description", () => {
  test.each([
    ["Name for record set (e.g. “www.example.com.”)", "Name for record set (e.g. “www.example.com.”)"],
    ["Kept i.e. whole, cf. No. 5. Yes.", "Kept i.e. whole, cf. No. 5. Yes."],
    ["Optional. The name.", "Optional. The name."],
    ["<p>Makes a <code>Charge</code>.</p>\n\n<p>Bold &lt;b&gt;</p>", "Makes a Charge. Bold <b>"],
    [
      'The `id` of **the** *thing*, see [here](https://x.example/a_(b) "t").',
      "The id of the thing, see here.",
    ],
    ["# Title\n\n* one\n* two", "Title - one - two"],
    [
      "`Bearer <token>`, snake_case_name, 2 * 3 * 4, *.example.com",
      "Bearer <token>, snake_case_name, 2 * 3 * 4, *.example.com",
    ],
    ["  \n ", ""],
  ])("%j", (text, expected) => {
    expect(sentence(text, 100)).toBe(expected);
  });

  test("are as many as fit, and a cut is marked, after a sentence or within one", () => {
    const text =
      "MUST be added when updating. Must be REPLACE or DELETE. With DELETE, all existing ones are deleted.";
    expect(sentence(text, 60)).toBe("MUST be added when updating. Must be REPLACE or DELETE. …");
    expect(sentence(text, 200)).toBe(text);
    expect(sentence("Optional. A very long second sentence that goes on.", 40)).toBe(
      "Optional. A very long second sentence…",
    );
    expect(sentence("x".repeat(500_000), 20)).toBe(`${"x".repeat(19)}…`);
    expect(sentence(text, 0)).toBe("");
    expect(sentence(undefined, 100)).toBe("");
  });
});

/** As Stripe writes them: all in place, nothing named. */
const settings = (depth: number): object => ({
  type: "object",
  description: "Settings of this level. ".repeat(4),
  properties: Object.fromEntries(
    Array.from({ length: 8 }, (_, n) => [
      `field_${n}`,
      depth === 0 ? { type: "string", description: "What it is for." } : settings(depth - 1),
    ]),
  ),
});
const large = openDocument({
  openapi: "3.1.0",
  paths: {
    "/sessions": {
      post: {
        operationId: "createSession",
        requestBody: {
          required: true,
          content: {
            "application/json": {
              schema: {
                type: "object",
                required: ["url", "buyer"],
                properties: {
                  url: { type: "string", description: "Where to go." },
                  buyer: {
                    type: "object",
                    required: ["name"],
                    properties: { name: { type: "string" }, extra: settings(1) },
                  },
                  labels: { type: "object", additionalProperties: { type: "string" } },
                  items: { type: "array", items: settings(2) },
                  more: settings(3),
                },
              },
            },
          },
        },
        responses: {
          200: {
            description: "ok",
            content: { "application/json": { schema: { $ref: "#/components/schemas/Session" } } },
          },
        },
      },
    },
  },
  components: {
    schemas: { Session: { type: "object", properties: { id: { type: "string" }, all: settings(3) } } },
  },
});

describe("a description of a large operation", () => {
  const text = large.describe("createSession");

  test("has at most 6,000 characters, and all that is required", () => {
    expect(large.describe("createSession", { depth: 3 }).length).toBeGreaterThan(20_000);
    expect(text.length).toBeLessThanOrEqual(6_000);
    expect(text).toContain("    url: string, // Where to go.");
    expect(text).toMatch(/ {4}buyer: \{\n {6}name: string,/);
    expect(text).toContain("{…}");
  });

  test("says how to have one place in full, and that is taken", () => {
    const place = /describe\("createSession", \{at: "([^"]+)"\}\)/.exec(text)?.[1] ?? "";
    expect(large.describe("createSession", { at: place })).toMatch(/^\/\/ \S+ of POST \/sessions\n/);
    expect(large.describe("createSession", { at: "body.items" })).toContain("field_7?: ");
    expect(large.describe("createSession", { at: "body.labels.any" })).toContain("string");
    expect(large.describe("createSession", { at: "data" })).toContain("type Session = {\n  id?: string,");
    expect(large.describe("createSession", { at: "data.all.field_1.field_2" })).toContain("field_3?: ");
  });

  test("of a place that is not there says what is", () => {
    expect(() => large.describe("createSession", { at: "body.nope" })).toThrow(
      '"body.nope" leads nowhere: there is no "nope". It has url, buyer, labels, items, more.',
    );
    expect(() => large.describe("createSession", { at: "query.x" })).toThrow(
      'There is nothing at "query.x".',
    );
  });
});

describe("descriptions of several operations at once", () => {
  const order = {
    type: "object",
    properties: { id: { type: "integer" }, lines: { type: "array", items: {} } },
  };
  const answer = {
    200: { content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
  };
  const shop = openDocument({
    openapi: "3.1.0",
    paths: {
      "/orders/{id}": {
        get: { operationId: "readOrder", responses: answer },
        put: { operationId: "writeOrder", responses: answer },
      },
      "/health": { get: { operationId: "health", responses: {} } },
    },
    components: { schemas: { Order: order } },
  });
  const each = ["readOrder", "writeOrder", "health"].map((name) => shop.describe(name));

  test("write out once what several of them have, and lose nothing else", () => {
    const all = shop.describe(["readOrder", "writeOrder", "health"]);
    const type = /\n\ntype Order = \{[^}]*\}/;
    expect(each.map((text) => type.test(text))).toEqual([true, true, false]);
    const [first = "", second = "", third = ""] = each;
    expect(all).toBe([first, second.replace(type, ""), third].join("\n\n"));
  });

  test("one by one stand for themselves", () => {
    const alone = ["readOrder", "writeOrder", "health"].map((name, n) =>
      shop.describe(name, n as unknown as object),
    );
    expect(alone).toEqual(each);
  });
});

test("depth is a number from 0 on, or none", () => {
  expect(() => large.describe("createSession", { depth: "all" })).toThrow("depth takes a whole number");
  expect(() => large.describe("createSession", { depth: -1 })).toThrow("not -1");
  expect(large.describe("createSession", { depth: "1" })).toBe(
    large.describe("createSession", { depth: 1.5 }),
  );
  expect(large.describe("createSession", { depth: null })).toBe(large.describe("createSession"));
});

test("a field that another part of an allOf requires is required", () => {
  const part = (properties: object, required: string[]) => ({ type: "object", properties, required });
  const text = openDocument({
    openapi: "3.1.0",
    paths: {
      "/pets": {
        post: {
          operationId: "createPet",
          requestBody: {
            content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } },
          },
          responses: {},
        },
      },
    },
    components: {
      schemas: {
        Pet: {
          allOf: [
            { $ref: "#/components/schemas/Animal" },
            part({ name: { type: "string" } }, ["kind", "name", "nowhere"]),
          ],
        },
        Animal: part({ id: { type: "string" }, kind: { enum: ["cat", "dog"] } }, ["id"]),
      },
    },
  }).describe("createPet");
  expect(text).toContain(`type Pet = Animal & {\n  name: string,\n} & { kind: unknown }`);
  expect(text).not.toContain("nowhere");
});

test("the base of an allOf is written with the schema it is part of, at any depth", () => {
  const text = (type: string) => ({ type: "object", properties: { [type]: { type: "string" } } });
  const names = openDocument({
    openapi: "3.1.0",
    paths: {
      "/pets": {
        get: {
          operationId: "listPets",
          responses: {
            200: {
              description: "ok",
              content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } },
            },
          },
        },
      },
    },
    components: {
      schemas: {
        Pet: {
          allOf: [
            { $ref: "#/components/schemas/Animal" },
            { properties: { owner: { $ref: "#/components/schemas/Owner" } } },
          ],
        },
        Animal: { allOf: [{ $ref: "#/components/schemas/Thing" }, text("legs")] },
        Thing: text("id"),
        Owner: text("name"),
      },
    },
  }).describe("listPets", { depth: 1 });
  for (const written of ["type Pet = ", "type Animal = ", "type Thing = "]) expect(names).toContain(written);
  expect(names).not.toContain("type Owner = ");
});
