import { describe, expect, test } from "vitest";
import { baseUrlWarning, chooseBaseUrl } from "../../scripts/spec/base-url.ts";
import { chooseAuth, parseAuth } from "../../scripts/spec/security.ts";

const key = { type: "apiKey", in: "header", name: "X-Key" };
const bearer = { type: "http", scheme: "Bearer" };
const document = (securitySchemes: object, security?: object[], operations?: object[]) => ({
  components: { securitySchemes },
  ...(security && { security }),
  paths: {
    "/a": Object.fromEntries(
      (operations ?? []).map((requirement, index) => [
        ["get", "put", "post"][index],
        { security: [requirement] },
      ]),
    ),
  },
});

describe("the credential", () => {
  test("is the one the document asks for", () => {
    expect(chooseAuth(document({ key, bearer }, [{ bearer: [] }, { key: [] }])).auth).toEqual({
      type: "bearer",
    });
    expect(chooseAuth(document({ bearer, key }, [{ key: [] }])).auth).toEqual({
      type: "apiKey",
      in: "header",
      name: "X-Key",
    });
  });

  test("is a single one rather than two that go together", () => {
    expect(
      chooseAuth(document({ key, other: key, bearer }, [{ key: [], other: [] }, { bearer: [] }])).auth,
    ).toEqual({ type: "bearer" });
    expect(chooseAuth(document({ key, other: key }, [{ key: [], other: [] }])).note).toMatch(
      /key and other together; only key is sent/,
    );
  });

  test("has its alternatives named, as the flag that chooses them", () => {
    const basic = { type: "http", scheme: "basic" };
    const either = document({ basic, bearer, key }, [{ basic: [] }, { bearer: [] }, { key: [] }]);
    const { auth, note } = chooseAuth(either);
    expect([auth.type, note]).toEqual(["basic", "It also takes --auth bearer or --auth header:X-Key."]);
    expect(parseAuth("header:X-Key")).toEqual(key);
    const same = document({ bearer, oauth: { type: "oauth2", flows: {} } }, [{ bearer: [] }, { oauth: [] }]);
    expect(chooseAuth(same).note).toBeUndefined();
    const together = document({ key, other: key, bearer }, [{ bearer: [] }, { key: [], other: [] }]);
    expect(chooseAuth(together).note).toBeUndefined();
  });

  test("is what most operations ask for when the document asks for nothing", () => {
    expect(
      chooseAuth(document({ key, bearer }, undefined, [{ key: [] }, { bearer: [] }, { bearer: [] }])).auth,
    ).toEqual({ type: "bearer" });
  });

  test("is the only scheme when nobody asks, and none when there is none that can be sent", () => {
    expect(chooseAuth(document({ key })).auth).toMatchObject({ name: "X-Key" });
    expect(chooseAuth(document({ tls: { type: "mutualTLS" } })).auth).toEqual({ type: "none" });
    expect(chooseAuth({}).auth).toEqual({ type: "none" });
  });

  test("is a bearer token for OAuth, with a note where to get it", () => {
    expect(chooseAuth(document({ oauth: { type: "oauth2", flows: {} } }))).toMatchObject({
      auth: { type: "bearer" },
      note: expect.stringMatching(/access token/),
    });
  });

  test("never comes from a header name that could carry another header", () => {
    expect(
      chooseAuth(document({ evil: { type: "apiKey", in: "header", name: "X: 1\r\nHost" } })).auth,
    ).toEqual({ type: "none" });
  });

  test.each(["Host", "content-length", "Transfer-Encoding", "connection", "Cookie2"])(
    "never goes into %s, which HTTP itself uses",
    (name) => {
      expect(chooseAuth(document({ evil: { ...key, name }, key }))).toMatchObject({
        auth: { name: "X-Key" },
        schemes: [{ description: expect.stringMatching(/ignored, HTTP itself uses that header/) }, {}],
      });
      expect(() => parseAuth(`header:${name}`)).toThrow(/HTTP itself uses that header/);
      expect(parseAuth(`query:${name}`)).toMatchObject({ in: "query", name });
    },
  );

  test("may go into headers that a program cannot set", () => {
    for (const name of ["Authorization", "Cookie", "User-Agent"])
      expect(parseAuth(`header:${name}`)).toMatchObject({ in: "header", name });
  });

  test("can be said", () => {
    expect(parseAuth("basic")).toEqual({ type: "basic" });
    expect(parseAuth("query:api_key")).toEqual({ type: "apiKey", in: "query", name: "api_key" });
    for (const wrong of ["apiKey", "header:", "body:x", "header:a b", "oauth"])
      expect(() => parseAuth(wrong)).toThrow(/Use bearer, basic/);
  });
});

describe("the base URL", () => {
  test("is the first server, its variables filled in, https if the host has both", () => {
    const servers = [
      {
        url: "http://{region}.example.com/{v}/",
        variables: { region: { default: "eu" }, v: { default: "v1" } },
      },
      { url: "https://eu.example.com/v1" },
    ];
    expect(chooseBaseUrl(servers, "a.json")).toBe("https://eu.example.com/v1");
  });

  test("is relative to where the document came from", () => {
    expect(chooseBaseUrl([{ url: "../v2" }], "https://example.com/docs/api.json")).toBe(
      "https://example.com/v2",
    );
    expect(chooseBaseUrl(undefined, "https://example.com/docs/api.json")).toBe("https://example.com");
  });

  test.each([
    undefined,
    [{ url: "/v1" }],
    [{ url: "https://{unknown}/" }],
    [{ url: "ftp://example.com" }],
    [{ url: "https://u:p@" }],
  ])("is asked for when a file's servers are %j", (servers) => {
    expect(() => chooseBaseUrl(servers, "a.json")).toThrow(/--base-url URL/);
  });

  test("of a document on the Internet is doubted when it is inside", () => {
    expect(baseUrlWarning("http://169.254.169.254/latest", "https://example.com/a.json")).toMatch(
      /not on the Internet/,
    );
    expect(baseUrlWarning("http://localhost:8080", "https://example.com/a.json")).toMatch(
      /not on the Internet/,
    );
    expect(baseUrlWarning("http://localhost:8080", "http://localhost:8080/a.json")).toBeUndefined();
    expect(baseUrlWarning("https://api.example.com", "https://example.com/a.json")).toBeUndefined();
  });
});
