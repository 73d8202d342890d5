import { describe, expect, test } from "vitest";
import { cutDocument } from "../../scripts/spec/cut-document.ts";
import { applyPolicy } from "../../scripts/spec/policy.ts";
import { matchSelector } from "../../scripts/spec/policy-selector.ts";
import type { ApiPolicy } from "../../scripts/spec/settings-schema.ts";
import { alsoReached } from "../../src/gateway/also-reached.ts";
import { CallRefused } from "../../src/gateway/call.ts";
import { checkPolicy, readAccess } from "../../src/gateway/check-policy.ts";
import { limits } from "../../src/limits.ts";
import { listOperations } from "../../src/sandbox/find.guest.js";
import { methodEffect } from "../../src/spec/effect.ts";
import { Operations } from "../../src/spec/operations.ts";
import { encodePieces } from "../../src/spec/pieces.ts";

const operation = (operationId: string, tags: string[] = [], extra: object = {}) => ({
  operationId,
  tags,
  responses: {},
  ...extra,
});
const document = {
  openapi: "3.1.0",
  paths: {
    "/users": { get: operation("listUsers", ["users"]), post: operation("createUser", ["users"]) },
    "/users/{id}": { get: operation("getUser", ["users"]), delete: operation("deleteUser", ["users"]) },
    "/users/me": { get: operation("getMe", ["users"]) },
    "/users/search": { post: operation("searchUsers", ["users", "search"]) },
    "/users/{id}/{action}": { post: operation("runAction", ["users"]) },
    "/jobs/run": { get: operation("runJob", ["jobs"]) },
    "/jobs/{id}": { get: operation("getJob", ["jobs"]) },
    "/buckets/{id}/empty": { post: operation("emptyBucket", ["buckets"]) },
    "/ping": { get: operation("ping", [], { "x-openai-isConsequential": true }) },
  },
};

function built(policy: ApiPolicy = {}) {
  const { index, pieces } = cutDocument(structuredClone(document));
  const report = applyPolicy(index, policy, "policy");
  const operations = new Operations(index, encodePieces(pieces).buffer as ArrayBuffer, limits);
  const one = (id: string) => {
    const found = operations.all.find(({ operationId }) => operationId === id);
    if (found === undefined) throw new Error(id);
    return found;
  };
  return { index, operations, report, one };
}

describe("what an operation does", () => {
  test.each([
    ["GET", "read"],
    ["head", "read"],
    ["OPTIONS", "read"],
    ["TRACE", "read"],
    ["QUERY", "read"],
    ["POST", "write"],
    ["PUT", "write"],
    ["patch", "write"],
    ["DELETE", "delete"],
    ["PURGE", "write"],
    ["GET ", "write"],
  ])("%s is %s by its method; what is not known to read writes", (method, effect) => {
    expect(methodEffect(method)).toBe(effect);
  });

  test("a document may make its own operation stricter, never laxer", () => {
    expect(built().one("ping").effect).toBe("write");
    const lax = structuredClone(document) as unknown as Record<
      string,
      Record<string, Record<string, object>>
    >;
    lax["paths"]!["/users"]!["post"] = operation("createUser", [], { "x-openai-isConsequential": false });
    expect(cutDocument(lax).index.effects).toEqual({ write: [10] });
  });

  test.each<[string, ApiPolicy, string, string | undefined]>([
    ["an operationId", { reads: ["searchUsers"] }, "searchUsers", "read"],
    ["a tag", { reads: ["tag:search"] }, "searchUsers", "read"],
    ["a method and path", { writes: ["GET /jobs/run"] }, "runJob", "write"],
    ["a star within a segment", { writes: ["GET /jobs/r*"] }, "runJob", "write"],
    ["any method", { deletes: ["* /buckets/*/empty"] }, "emptyBucket", "delete"],
    ["several segments", { deletes: ["POST /buckets/**"] }, "emptyBucket", "delete"],
    ["the more specific of two", { writes: ["* /jobs/**"], reads: ["GET /jobs/{id}"] }, "getJob", "read"],
    ["the operationId over a path", { writes: ["getJob"], reads: ["GET /jobs/{id}"] }, "getJob", "write"],
    ["the path over a tag", { reads: ["POST /users/search"], writes: ["tag:search"] }, "searchUsers", "read"],
    ["the stricter of two alike", { reads: ["tag:search"], writes: ["tag:users"] }, "searchUsers", "write"],
    ["what a document hints", { reads: ["ping"] }, "ping", "read"],
    [
      "a tag over a pattern that names nothing",
      { writes: ["* /**"], reads: ["tag:search"] },
      "searchUsers",
      "read",
    ],
  ])("policy decides by %s", (_, policy, id, effect) => {
    expect(built(policy).one(id).effect).toBe(effect);
  });

  test.each<[string, ApiPolicy, string, boolean]>([
    ["a whole API but one tag", { deny: ["* /**"], allow: ["tag:jobs"] }, "getUser", true],
    ["its exception", { deny: ["* /**"], allow: ["tag:jobs"] }, "getJob", false],
    ["one path of a tag let through", { deny: ["tag:users"], allow: ["GET /users/*"] }, "getMe", false],
    ["the rest of that tag", { deny: ["tag:users"], allow: ["GET /users/*"] }, "deleteUser", true],
    ["deny and allow alike", { deny: ["getMe"], allow: ["getMe"] }, "getMe", true],
    ["an exception without a denial", { allow: ["getMe"] }, "getUser", false],
  ])("deny: %s", (_, policy, id, denied) => {
    expect(built(policy).one(id).denied !== undefined).toBe(denied);
  });

  test("an entry that matches nothing is reported, one that matches is not", () => {
    const { report } = built({ deny: ["tag:Users", "getMe"], reads: ["POST /users/find"] });
    expect(report.findings.map(({ message }) => message.split(" matches")[0])).toEqual([
      'reads: "POST /users/find"',
      'deny: "tag:Users"',
    ]);
    expect(report).toMatchObject({ reads: 0, writes: 1, deletes: 0, denied: 1 });
  });

  test("without policy and hints the index is as it was, and policy costs a number an operation", () => {
    const { index } = cutDocument({ openapi: "3.1.0", paths: { "/a": { get: operation("a") } } });
    applyPolicy(index, {}, "policy");
    expect(Object.keys(index)).not.toContain("effects");
    expect(Object.keys(index)).not.toContain("denied");
    expect(built({ reads: ["searchUsers"] }).index.effects).toEqual({ read: [5], write: [10] });
  });

  test("find is told the same as the gateway", () => {
    const { index, operations } = built({ reads: ["tag:search"], deny: ["deleteUser"] });
    const { media, mediaOf, required, requiredOf } = index;
    const apart = { operationIds: [], media, mediaOf, required, requiredOf };
    const listed = listOperations(JSON.parse(JSON.stringify(index)), apart);
    expect(listed.map(({ reads, denied }) => ({ reads, denied }))).toEqual(
      operations.all.map(({ effect, denied }) => ({ reads: effect === "read", denied })),
    );
  });

  test.each(["a.b", "GET /a", "* /", "tag:"])(
    "an entry %j is no pattern of a regular expression",
    (selector) => {
      expect(
        matchSelector(selector, { method: "get", path: "/axb", operationId: "axb", tags: ["x"] }),
      ).toBeUndefined();
    },
  );
});

describe("what may leave", () => {
  test.each([
    [undefined, "write"],
    ["", "write"],
    ["0", "write"],
    ["False", "write"],
    ["1", "read"],
    ["true", "read"],
    ["ture", "read"],
    ["nope", "read"],
  ])("READ_ONLY=%j means %s: a slip never opens it", (value, access) => {
    expect(readAccess(value)).toBe(access);
  });

  test("read-only lets reading operations out and nothing else, and says what would change that", () => {
    const { one, operations } = built({ reads: ["searchUsers"], writes: ["runJob"] });
    const leaves = operations.all.filter((each) => {
      try {
        checkPolicy(each, [], "read");
        return true;
      } catch {
        return false;
      }
    });
    expect(leaves.map(({ operationId }) => operationId)).toEqual([
      "listUsers",
      "getUser",
      "getMe",
      "searchUsers",
      "getJob",
    ]);
    expect(() => checkPolicy(one("createUser"), [], "read")).toThrow(
      "POST /users (createUser) writes (its method is POST), and this deployment only reads. Nothing was sent. If it only reads, whoever runs this deployment can list it under policy.reads in the API's api.jsonc; to let programs write, they unset READ_ONLY.",
    );
    expect(() => checkPolicy(one("runJob"), [], "read")).toThrow("writes, as the document or policy says,");
    expect(() => checkPolicy(one("deleteUser"), [], "read")).toThrow(
      "DELETE /users/{id} (deleteUser) deletes",
    );
  });

  test("a denied operation is refused for everybody, with the reason and who can change it", () => {
    for (const [access, stop] of [
      ["read", "."],
      ["write", ""],
    ] as const) {
      const reason = `Leavers are archived by HR${stop}`;
      const { one } = built({ deny: [{ operations: "deleteUser", reason }] });
      expect(() => checkPolicy(one("deleteUser"), [], access)).toThrow(CallRefused);
      expect(() => checkPolicy(one("deleteUser"), [], access)).toThrow(
        'is denied by this deployment\'s policy, for everybody: policy.deny has "deleteUser": Leavers are archived by HR. Nothing was sent, and asking again does not help.',
      );
    }
  });
});

describe("a neighbour's URL", () => {
  const strict = built({ writes: ["runJob"], deny: ["getMe"] });
  test.each([
    "/jobs/run",
    "/jobs/RUN",
    "/jobs/run/",
    "//jobs//run",
    "/jobs/r%75n",
    "/jobs/r%2575n",
    "/jobs/run;x=1",
    "/jobs/run.json",
    "/jobs/run.x",
    "/jobs/run.",
    "/jobs/run.geojson",
    "/jobs/run.json.xml",
    "/jobs/r%75n;%ff",
    "/jobs%c0%afrun",
    "/jobs/run%20",
    "/jobs/run%00",
    "/%6aobs/run",
  ])("%s is a job run, whoever's template it was made of", (pathname) => {
    const reached = alsoReached(strict.operations, strict.one("getJob"), pathname);
    expect(reached.map(({ operationId }) => operationId)).toEqual(["runJob"]);
    expect(() => checkPolicy(strict.one("getJob"), reached, "read")).toThrow(
      "The call names GET /jobs/{id} (getJob), but with these values its URL is that of the other.",
    );
    expect(checkPolicy(strict.one("getJob"), reached, "write")).toBe("write");
  });

  test.each(["/jobs/runner", "/jobs/7", "/jobs/a-run", "/jobs/run-2"])("%s is not", (pathname) => {
    expect(alsoReached(strict.operations, strict.one("getJob"), pathname)).toEqual([]);
  });

  test("a denied neighbour is not reached by a value, nor by a value with a slash in it", () => {
    const user = strict.one("getUser");
    expect(() => checkPolicy(user, alsoReached(strict.operations, user, "/users/me"), "write")).toThrow(
      "getMe",
    );
    const { one, operations } = built({ reads: ["POST /users/search"], deny: ["runAction"] });
    const search = one("searchUsers");
    expect(alsoReached(operations, search, "/users/search")).toEqual([]);
    expect(alsoReached(operations, search, "/users/a%2Fb").map(({ operationId }) => operationId)).toEqual([
      "runAction",
    ]);
  });

  test("the general operation denied leaves the special one callable", () => {
    const { one, operations } = built({ deny: ["getUser"] });
    const reached = alsoReached(operations, one("getMe"), "/users/me");
    expect(checkPolicy(one("getMe"), reached, "read")).toBe("read");
  });

  test("a document without policy is not looked through", () => {
    const plain = new Operations(
      cutDocument({ openapi: "3.1.0", paths: { "/a/{b}": { get: {} }, "/a/c": { get: {} } } }).index,
      new ArrayBuffer(0),
      limits,
    );
    expect(alsoReached(plain, plain.all[0]!, "/a/c")).toEqual([]);
  });
});
