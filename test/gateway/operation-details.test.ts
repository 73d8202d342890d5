import { describe, expect, test } from "vitest";
import { cutDocument } from "../../scripts/spec/cut-document.ts";
import { limits } from "../../src/limits.ts";
import { Operations } from "../../src/spec/operations.ts";
import type { Operation } from "../../src/spec/operations.ts";
import { encodePieces } from "../../src/spec/pieces.ts";
import { operationsOf } from "./prepare.ts";

const document = {
  openapi: "3.1.0",
  security: [{ key: [] }],
  paths: {
    "/a/{id}": {
      parameters: [
        { name: "id", in: "path", schema: { type: "string" } },
        { name: "page", in: "query", schema: { type: "string" } },
        { name: "page", in: "header", schema: { type: "string" } },
      ],
      get: {
        operationId: "one",
        parameters: [
          { name: "page", in: "query", required: true, schema: { type: "integer" } },
          { $ref: "#/components/parameters/Limit" },
          { $ref: "#/components/parameters/Circle" },
          { $ref: "#/nowhere" },
          { $ref: "#/paths/~1b/post/parameters/0" },
          { $ref: "#/paths/~1a~1%7Bid%7D/parameters/0" },
        ],
        responses: { 200: { description: "ok" } },
      },
    },
    "/b": {
      post: {
        operationId: "two",
        security: [],
        parameters: [{ name: "b", in: "cookie", style: "cookie", schema: {} }],
        requestBody: { $ref: "#/components/requestBodies/Thing" },
      },
    },
    "/c": {
      get: { operationId: "three", parameters: [{ name: "old", in: "path", "x-collectionFormat": "pipes" }] },
    },
  },
  components: {
    parameters: {
      Limit: { $ref: "#/components/parameters/Real" },
      Real: {
        name: "limit",
        in: "query",
        allowReserved: true,
        content: { "application/json": { schema: { type: "object" } } },
      },
      Circle: { $ref: "#/components/parameters/Circle" },
    },
    requestBodies: {
      Thing: {
        required: true,
        content: { "multipart/form-data": { encoding: { f: { contentType: "image/png", headers: {} } } } },
      },
    },
    schemas: { Big: { description: "x".repeat(1_000) }, Other: { description: "y".repeat(1_000) } },
  },
};
const operations = operationsOf(document);
const called = (id: string, from = operations) => from.called(id)[0] as Operation;
const details = (id: string) => operations.details(called(id));

describe("an operation's definition", () => {
  test("has its path item's parameters, its own in their place, and those behind references", () => {
    expect(
      details("one").parameters.map(({ name, in: place, required, schema }) => [
        name,
        place,
        required,
        schema,
      ]),
    ).toEqual([
      ["id", "path", true, { type: "string" }],
      ["page", "query", true, { type: "integer" }],
      ["page", "header", false, { type: "string" }],
      ["limit", "query", false, { type: "object" }],
      ["b", "cookie", false, {}],
    ]);
  });
  test("says how each is written, by the defaults of its place", () => {
    const styles = details("one").parameters.map(({ style, explode, allowReserved, contentType }) => [
      style,
      explode,
      allowReserved,
      contentType,
    ]);
    expect(styles).toEqual([
      ["simple", false, false, undefined],
      ["form", true, false, undefined],
      ["simple", false, false, undefined],
      ["form", true, true, "application/json"],
      ["cookie", true, false, undefined],
    ]);
    expect(details("three").parameters[0]).toMatchObject({ style: "pipeDelimited", explode: false });
  });
  test("has its body, and its own security or the document's", () => {
    expect(details("two")).toMatchObject({
      requestBody: {
        required: true,
        content: [{ type: "multipart/form-data", encoding: { f: { contentType: "image/png" } } }],
      },
      security: [],
    });
    expect(details("one")).toMatchObject({
      security: [{ key: [] }],
      responses: { 200: { description: "ok" } },
    });
    expect(details("one")).not.toHaveProperty("requestBody");
  });
});

describe("reading it", () => {
  test("decodes nothing it does not reach", () => {
    const { index, pieces } = cutDocument(structuredClone(document));
    const broken = pieces.map((piece) => (/xxxx|yyyy|"old"/.test(piece) ? "{not JSON" : piece));
    const reading = new Operations(
      structuredClone(index),
      encodePieces(broken).buffer as ArrayBuffer,
      limits,
    );
    expect(reading.details(called("one", reading)).parameters).toHaveLength(5);
    // The control: what is broken does fail where it is reached.
    expect(() => reading.details(called("three", reading))).toThrow("JSON");
  });

  test("keeps as many definitions as the limit says, the latest", () => {
    const two = operationsOf(document, { ...limits, cachedDefinitions: 2 });
    const [one, other, third] = ["one", "two", "three"].map((id) => called(id, two)) as [
      Operation,
      Operation,
      Operation,
    ];
    const first = two.details(one);
    two.details(other);
    expect(two.details(one)).toBe(first);
    two.details(third);
    expect(two.details(one)).toBe(first);
    two.details(other);
    two.details(third);
    expect(two.details(one)).not.toBe(first);
  });

  test("keeps as many bytes of the document as the limit says", () => {
    const big = (bytes: number) => {
      const reading = operationsOf(document, { ...limits, cachedPieceBytes: bytes }).document;
      const first = reading.lookup("#/components/schemas/Big");
      reading.lookup("#/components/schemas/Other");
      return reading.lookup("#/components/schemas/Big") === first;
    };
    const size = JSON.stringify({ description: "x".repeat(1_000) }).length;
    expect(big(2 * size)).toBe(true);
    expect(big(2 * size - 1)).toBe(false);
    expect(big(limits.cachedPieceBytes)).toBe(true);
  });
});
