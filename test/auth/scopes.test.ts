import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  allScopes,
  grantedScopes,
  missingScopes,
  neededScopes,
  policyOf,
  requestedScopes,
} from "../../src/auth/scopes.ts";

const all = allScopes(["parts", "admin"], false);

describe("what is requested", () => {
  test.each([
    [[], ["read"]],
    [["openid", "profile"], ["read"]],
    [["write"], ["read", "write"]],
    [
      ["admin", "read", "offline_access"],
      ["read", "admin"],
    ],
    [
      ["write", "write"],
      ["read", "write"],
    ],
    [["WRITE", "write "], ["read"]],
  ])("%j is %j", (asked, expected) => expect(requestedScopes(asked, all)).toEqual(expected));
  test("where nobody writes, writing is unknown", () =>
    expect(requestedScopes(["write"], allScopes([], true))).toEqual(["read"]));
});

describe("what is granted", () => {
  test.each([
    [["read", "write"], ["read", "write"], all, ["read", "write"]],
    [["read", "write"], ["read"], all, ["read"]],
    [["read"], ["read", "write", "admin"], all, ["read"]],
    [["read", "write"], ["read", "write"], policyOf("guest", all), ["read"]],
    [["read", "write"], [], all, []],
  ])("requested %j, ticked %j, policy %j: %j", (requested, ticked, policy, expected) =>
    expect(grantedScopes(requested, ticked, policy)).toEqual(expected),
  );
  test("is never more than any of the three, whatever they are", () => {
    const scopes = array(oneof(constantFrom(...all, "openid"), string()));
    assert(
      property(scopes, scopes, scopes, (requested, ticked, policy) => {
        const granted = grantedScopes(requested, ticked, policy);
        const inAll = (scope: string) =>
          requested.includes(scope) && ticked.includes(scope) && policy.includes(scope);
        expect(granted.every(inAll)).toBe(true);
        expect(new Set(requested.filter(inAll))).toEqual(new Set(granted));
      }),
    );
  });
});

test("an operation needs reading, or writing too, and each optional scope that names it", () => {
  expect(neededScopes("read", [])).toEqual(["read"]);
  expect(neededScopes("write", [])).toEqual(["read", "write"]);
  expect(neededScopes("delete", ["admin"])).toEqual(["read", "write", "admin"]);
  expect(missingScopes(neededScopes("delete", ["admin"]), ["read", "admin"])).toEqual(["write"]);
});
