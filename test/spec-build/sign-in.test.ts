import { describe, expect, test } from "vitest";
import { cutDocument } from "../../scripts/spec/cut-document.ts";
import { settingsSchema } from "../../scripts/spec/settings-schema.ts";
import { buildScopes, buildSignIn } from "../../scripts/spec/sign-in.ts";

const { index } = cutDocument({
  openapi: "3.1.0",
  info: { title: "t", version: "1" },
  paths: {
    "/user": { get: { operationId: "me", tags: ["User"] }, delete: { tags: ["User"] } },
    "/users/{id}": { get: {} },
    "/jobs": { post: { operationId: "start" } },
  },
});

describe("scopes", () => {
  test("hold the numbers of the operations they name, each once", () => {
    const scopes = { account: { says: "your account", operations: ["tag:User", "me", "GET /users/*"] } };
    expect(buildScopes(index, scopes)).toEqual({ account: { says: "your account", operations: [0, 1, 2] } });
  });
  test("that name nothing are refused: they would guard nothing", () => {
    const build = () => buildScopes(index, { admin: { says: "x", operations: ["me", "tag:Admin"] } });
    expect(build).toThrow('scopes.admin of api.jsonc: "tag:Admin" matches no operation');
  });
});

describe("the probe", () => {
  test.each(["me", "GET /user"])("%s is an operation", (probe) =>
    expect(buildSignIn(index, { probe }).probe).toEqual({ method: "GET", path: "/user" }),
  );
  test.each([
    ["GET /nothing", "is no operation of the document"],
    ["start", "does not only read"],
    ["DELETE /user", "does not only read"],
    ["GET /users/{id}", "needs values for /users/{id}"],
  ])("%s is refused: it %s", (probe, says) => expect(() => buildSignIn(index, { probe })).toThrow(says));
});

describe("api.jsonc", () => {
  const settings = (more: object) =>
    settingsSchema.safeParse({ source: "x", baseUrl: "https://x/", auth: { type: "bearer" }, ...more });
  const oauth = { authorizationUrl: "https://x/a", tokenUrl: "https://x/t" };
  test.each([
    [{ scopes: { billing: { says: "x", operations: ["tag:Billing"] } } }],
    [{ signIn: { probe: "me", account: "/user/id", tokenPattern: "key_[a-z]+", oauth } }],
    [
      {
        context: {
          a: { value: "1" },
          b: { from: "/id" },
          c: { ask: "Which?", pattern: "[a-z]+", default: "x" },
        },
      },
    ],
  ])("takes %j", (more) => expect(settings(more).success).toBe(true));
  test.each([
    [{ scopes: { write: { says: "x", operations: ["me"] } } }],
    [{ scopes: { "a b": { says: "x", operations: ["me"] } } }],
    [{ scopes: { empty: { says: "x", operations: [] } } }],
    [{ signIn: { probe: "me", tokenPattern: "(" } }],
    // It would fit our own tokens, which would then go to the API.
    [{ signIn: { probe: "me", tokenPattern: ".+" } }],
    [{ signIn: { probe: "me", oauth: { ...oauth, tokenUrl: "http://example.com/t" } } }],
    [{ signIn: { probe: "me", oauth: { ...oauth, tokenUrl: "https://user:pass@x/t" } } }],
    [{ context: { "a-b": { value: "1" } } }],
    [{ context: { a: { value: "1", ask: "both" } } }],
    [{ context: { a: { ask: "x", pattern: "[" } } }],
  ])("refuses %j", (more) => expect(settings(more).success).toBe(false));
});
