import { beforeAll, expect, test } from "vitest";
import { chooseBaseUrl } from "../../scripts/spec/base-url.ts";
import { chooseAuth } from "../../scripts/spec/security.ts";
import { loadFixture, type Loose } from "./fixture.ts";

let document: Loose;
let findings: Loose;

beforeAll(async () => {
  const loaded = await loadFixture("swagger2-formdata-basepath.yaml");
  document = loaded.document;
  findings = loaded.report.findings;
});

test("an unquoted `swagger: 2.0` is 2.0", () => {
  expect(document.openapi).toBe("3.1.1");
});

test("host, basePath and schemes become the base URL, https first", () => {
  expect(chooseBaseUrl(document.servers, "file.yaml")).toBe("https://api.example.com/v2");
});

test("security definitions become schemes, OAuth flows by their new names", () => {
  expect(document.components.securitySchemes.basic).toEqual({ type: "http", scheme: "basic" });
  expect(Object.keys(document.components.securitySchemes.oauth.flows)).toEqual(["authorizationCode"]);
  expect(chooseAuth(document).auth).toEqual({ type: "basic" });
});

test("a form with a file is multipart, its file binary, its lists comma-separated as 2.0 has it", () => {
  const { requestBody } = document.paths["/photos"].post;
  const form = requestBody.content["multipart/form-data"];
  expect(Object.keys(requestBody.content)).toEqual(["multipart/form-data"]);
  expect(form.schema.properties.file).toEqual({ contentMediaType: "application/octet-stream" });
  expect(form.schema.required).toEqual(["file"]);
  expect(form.encoding.labels).toEqual({ style: "form", explode: false });
});

test("a shared form field used by reference is part of the body, x-nullable included", () => {
  const form = document.paths["/photos"].post.requestBody.content["multipart/form-data"];
  expect(form.schema.properties.caption).toEqual({ type: ["string", "null"] });
  expect(document.paths["/photos"].post.parameters).toBeUndefined();
});

test("a shared body used by reference is a body, and an empty consumes does not lose its schema", () => {
  const { requestBody } = document.paths["/photos"].put;
  expect(requestBody).toEqual({
    required: true,
    content: { "application/json": { schema: { $ref: "#/components/schemas/Upload" } } },
  });
});

test("a form without a file is urlencoded, and takes the fields written for the whole path", () => {
  const { post, parameters } = document.paths["/login"];
  expect(Object.keys(post.requestBody.content)).toEqual(["application/x-www-form-urlencoded"]);
  expect(
    Object.keys(post.requestBody.content["application/x-www-form-urlencoded"].schema.properties),
  ).toEqual(["password", "user"]);
  expect(parameters).toEqual([]);
});

test("a parameter without a place is left out and said", () => {
  expect(findings).toEqual([
    { place: "#/paths/~1login/post/parameters/1", message: 'a parameter without "in" was left out.' },
  ]);
});

test("collectionFormat becomes style and explode", () => {
  const [tags, ids] = document.paths["/photos"].get.parameters;
  expect(tags).toMatchObject({ style: "pipeDelimited", explode: false });
  expect(ids).toMatchObject({ style: "form", explode: false });
});

test("produces, examples and exclusiveMinimum become what 3.1 says", () => {
  const { content } = document.paths["/photos"].get.responses[200];
  expect(Object.keys(content)).toEqual(["application/json", "text/csv"]);
  expect(content["application/json"].examples.default.value).toEqual([{ name: "a", example: 1 }]);
  expect(document.components.parameters.Page).toMatchObject({
    schema: { exclusiveMinimum: 0, default: 1 },
    examples: { default: { value: 3 } },
  });
  expect(document.components.responses.Missing.content["application/json"].schema).toEqual({
    $ref: "#/components/schemas/Error",
  });
});

test("extensions and examples that look like schemas stay as they are", () => {
  expect(document["x-vendor"]).toEqual({ example: "kept", nullable: true, type: "string" });
  expect(document.components.schemas.Upload.examples).toEqual([{ type: "file", nullable: true }]);
  expect(document.paths["x-owner"]).toBeNull();
});
