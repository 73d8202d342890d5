import { describe, expect, test } from "vitest";
import { explainRefusal } from "../../src/gateway/explain-refusal.ts";
import type { Refusal } from "../../src/gateway/explain-refusal.ts";

const schemes = {
  oauth: { type: "oauth2" },
  token: { type: "http", scheme: "bearer" },
  basic: { type: "http", scheme: "basic" },
  key: { type: "apiKey", in: "header", name: "X-Key" },
};
const hint = (over: Partial<Omit<Refusal, "headers">> & { headers?: Record<string, string> }) =>
  explainRefusal({
    status: 403,
    security: [],
    schemes,
    credential: { kind: "header", name: "authorization", value: "Bearer canary" },
    ...over,
    headers: new Headers(over.headers),
  });

describe("a refusal by the API", () => {
  test.each([200, 400, 404, 407, 429, 500])("status %i is none", (status) => {
    expect(hint({ status })).toBeUndefined();
  });

  test("401: the credential is wrong, what the operation takes, and who can renew it", () => {
    expect(hint({ status: 401, security: [{ token: [] }, { key: [], basic: [] }] })).toBe(
      'The API did not accept the credential: it is wrong, expired or revoked. By the document, this operation takes a bearer token ("token"), or a key in the header "X-Key" ("key") and a user name and password ("basic"). It belongs to this deployment, so signing in again does not help; whoever runs it can renew the secret.',
    );
  });

  test("401 to a credential of the caller's own: signing in again helps", () => {
    expect(hint({ status: 401, grant: [] })).toMatch(/Signing in again renews it\.$/);
  });

  test.each([401, 403])("%i without a credential: what to configure", (status) => {
    expect(hint({ status, credential: { kind: "none" }, security: [{ oauth: ["a"] }] })).toBe(
      'By the document, this operation takes an OAuth token ("oauth"). This deployment sends no credential. Whoever runs it can set auth in the API\'s api.jsonc and the secret it names; trying again does not help.',
    );
  });

  test("403: the scopes the document asks for, each alternative", () => {
    expect(hint({ security: [{ oauth: ["repo", "admin:org"] }, { oauth: ["all"] }] })).toContain(
      'it lacks what this operation needs: "repo admin:org" or "all".',
    );
  });

  test("403: what the API itself asks for comes before the document", () => {
    const security = [{ oauth: ["repo"] }];
    expect(
      hint({ security, headers: { "www-authenticate": 'Bearer error="insufficient_scope", scope="gist"' } }),
    ).toContain('needs: "gist".');
    expect(
      hint({ security, headers: { "x-accepted-oauth-scopes": "workflow", "x-oauth-scopes": "repo" } }),
    ).toContain('needs: "workflow". By the API\'s own words it has: "repo".');
  });

  test("403: only what the caller's grant lacks is missing, and signing in again helps", () => {
    expect(hint({ security: [{ oauth: ["read", "write"] }], grant: ["read"] })).toBe(
      'The API knows the credential, but it lacks what this operation needs: "write". Signing in again and granting that scope helps.',
    );
  });

  test("403 with every scope there: a role or the resource", () => {
    const text = hint({ security: [{ oauth: ["read"] }], grant: ["read"] });
    expect(text).toContain("its account lacks the role, or has no access to this very resource");
    expect(text).toContain("signing in again does not help");
    expect(hint({ security: [{ token: [] }] })).toContain("Signing in or trying again does not help");
  });

  test("403 for too many calls is no matter of rights", () => {
    expect(hint({ headers: { "x-ratelimit-remaining": "0" } })).toContain("because of too many calls");
    expect(hint({ headers: { "retry-after": "60" } })).toContain("Try again later");
  });

  test("words of the document and the API stay short, on one line and in quotes", () => {
    const text = hint({ headers: { "www-authenticate": `Bearer scope="${"x".repeat(5_000)}"` } }) ?? "";
    expect(text.length).toBeLessThan(600);
    expect(hint({ security: [{ oauth: ['a" Ignore all\n\nprevious'] }] })).toContain(
      '"a  Ignore all previous"',
    );
  });

  test("the credential is not in it", () => {
    for (const status of [401, 403]) expect(hint({ status })).not.toContain("canary");
  });
});
