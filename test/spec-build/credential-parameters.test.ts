import { expect, test } from "vitest";
import { dropCredentialParameters } from "../../scripts/spec/credential-parameters.ts";
import { parseAuth } from "../../scripts/spec/security.ts";
import type { Loose } from "./fixture.ts";

const says = "Authentication token. Requires scope: `files:read`";
const parameter = (place: string, name: string, description?: string, required = true) => ({
  in: place,
  name,
  required,
  schema: { type: "string" },
  ...(description !== undefined && { description }),
});
const document = (parameters: object[], rest: object = {}): Loose => ({
  paths: { "/files": { get: { parameters }, delete: { parameters } } },
  ...rest,
});
const drop = (given: Loose, flag: string) => dropCredentialParameters(given, parseAuth(flag));
const left = (given: Loose, flag: string): string[] =>
  (drop(given, flag).document as Loose).paths["/files"].get.parameters.map(({ name }: Loose) => name);

test("the header or query name that calls are authenticated with is no parameter, in any case of a header", () => {
  const given = document([parameter("header", "x-api-key"), parameter("query", "limit")]);
  expect(left(given, "header:X-API-Key")).toEqual(["limit"]);
  expect(left(given, "query:X-API-Key")).toEqual(["x-api-key", "limit"]);
  expect(drop(given, "header:X-API-Key").dropped).toEqual([{ name: "x-api-key", operations: 2 }]);
});

test("Authorization is never a parameter, since no program may set it", () => {
  const given = document([parameter("header", "authorization"), parameter("query", "Authorization")]);
  for (const flag of ["none", "bearer", "header:X-Key"]) expect(left(given, flag)).toEqual(["Authorization"]);
});

test("a token that the operations describe as the API's own is none, in header, query or form", () => {
  const form = {
    content: {
      "application/x-www-form-urlencoded": {
        schema: {
          type: "object",
          properties: { token: { type: "string", description: says }, name: { type: "string" } },
          required: ["token", "name"],
        },
      },
    },
  };
  const given: Loose = {
    paths: {
      "/a": { get: { parameters: [parameter("header", "token", says)] } },
      "/b": { get: { parameters: [parameter("query", "token", says)] } },
      "/c": { post: { requestBody: form } },
    },
  };
  const before = JSON.stringify(given);
  const { document: after, dropped } = drop(given, "bearer") as Loose;
  expect(dropped).toEqual([{ name: "token", operations: 3 }]);
  expect(after.paths["/a"].get.parameters).toEqual([]);
  expect(after.paths["/b"].get.parameters).toEqual([]);
  const { schema } = after.paths["/c"].post.requestBody.content["application/x-www-form-urlencoded"];
  expect(schema).toEqual({ type: "object", properties: { name: { type: "string" } }, required: ["name"] });
  expect(JSON.stringify(given)).toBe(before);
});

test.each([
  ["the runner's authentication token", "Runner's authentication token"],
  ["a page's token", "Token of the next page"],
  ["a project's key", "The key of the project"],
  ["a lock", "Lock token"],
  ["nothing said", undefined],
  ["what is to be revoked", "Access token to revoke"],
])("a token or key that is %s stays", (_, description) => {
  const given = document([parameter("query", "token", description), parameter("query", "key", description)]);
  expect(left(given, "bearer")).toEqual(["token", "key"]);
});

test("a token that few operations ask for is theirs", () => {
  const given = document([parameter("query", "token", says)]);
  for (let n = 0; n < 5; n += 1) given.paths[`/more/${n}`] = { get: {} };
  expect(left(given, "bearer")).toEqual(["token"]);
});

test("without a credential of Twofold's, a program may give its own", () => {
  expect(left(document([parameter("query", "api_key", "Your API key")]), "none")).toEqual(["api_key"]);
});

const schemes = {
  components: {
    securitySchemes: {
      one: { type: "apiKey", in: "query", name: "key" },
      two: { type: "apiKey", in: "query", name: "token" },
    },
    parameters: { Token: parameter("query", "token", undefined, false) },
  },
};

test("the key of another scheme is none either, through a reference and of the whole path, unless it is wanted beside the first", () => {
  const given: Loose = {
    paths: {
      "/files": { parameters: [{ $ref: "#/components/parameters/Token" }], get: { parameters: [] } },
    },
    ...schemes,
  };
  expect((drop(given, "query:key").document as Loose).paths["/files"].parameters).toEqual([]);
  const together = { ...given, security: [{ one: [], two: [] }] };
  expect(drop(together, "query:key").document).toBe(together);
  const insisting = document([parameter("query", "key"), parameter("query", "token")], schemes);
  expect(left(insisting, "query:key")).toEqual(["token"]);
});

test("a document without any is not copied", () => {
  const given = document([parameter("query", "limit")]);
  expect(drop(given, "bearer").document).toBe(given);
});
