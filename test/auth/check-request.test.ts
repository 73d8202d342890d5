import { describe, expect, test } from "vitest";
import { checkHost, checkOrigin } from "../../src/auth/check-origin.ts";
import { readCredential } from "../../src/auth/credential.ts";

const none = { allowedHosts: [], allowedOrigins: [] };

describe("Host", () => {
  test.each([
    ["http://localhost:8787/mcp", "localhost:8787", true],
    ["http://127.0.0.1:8787/mcp", "127.0.0.1:8787", true],
    ["http://[::1]:8787/mcp", "[::1]:8787", true],
    ["https://twofold.me.workers.dev/mcp", "twofold.me.workers.dev", true],
    ["http://localhost:8787/mcp", "evil.example", false],
    ["https://evil.example/mcp", "localhost", false],
    ["http://localhost:8787/mcp", "localhost.evil.example", false],
    ["http://localhost:8787/mcp", "", false],
    ["https://evilworkers.dev/mcp", "evilworkers.dev", false],
  ])("%s with Host %j is served: %s", (url, host, served) => {
    expect(checkHost(new URL(url), host, none) === undefined).toBe(served);
  });
  test("a host of the deployment's own is served when it says so", () => {
    const url = new URL("https://api.example/mcp");
    expect(checkHost(url, "api.example", none)?.message).toContain("ALLOWED_HOSTS");
    expect(checkHost(url, "api.example", { ...none, allowedHosts: ["api.example"] })).toBeUndefined();
  });
});

describe("Origin", () => {
  test.each([
    ["http://localhost:8787/mcp", null, true],
    ["http://localhost:8787/mcp", "http://localhost:8787", true],
    ["http://localhost:8787/mcp", "http://127.0.0.1:6274", true],
    ["http://localhost:8787/mcp", "https://evil.example", false],
    ["http://localhost:8787/mcp", "http://localhost.evil.example", false],
    ["http://localhost:8787/mcp", "http://user@localhost", false],
    ["http://localhost:8787/mcp", "null", false],
    ["https://a.workers.dev/mcp", "https://a.workers.dev", true],
    ["https://a.workers.dev/mcp", "http://a.workers.dev", false],
    ["https://a.workers.dev/mcp", "https://a.workers.dev:8443", false],
    ["https://a.workers.dev/mcp", "http://localhost:3000", false],
  ])("%s from %j may call: %s", (url, origin, may) => {
    expect(checkOrigin(new URL(url), origin, none) === undefined).toBe(may);
  });
});

describe("the credential", () => {
  test.each([
    [{ type: "none" } as const, { kind: "none" }],
    [{ type: "bearer" } as const, { kind: "header", name: "authorization", value: "Bearer t" }],
    [
      { type: "basic" } as const,
      { kind: "header", name: "authorization", value: `Basic ${btoa("u:\u00c3\u00a9")}` },
    ],
    [{ type: "apiKey", in: "header", name: "X-Key" } as const, { kind: "header", name: "X-Key", value: "t" }],
    [{ type: "apiKey", in: "query", name: "key" } as const, { kind: "query", name: "key", value: "t" }],
    [{ type: "apiKey", in: "cookie", name: "sid" } as const, { kind: "cookie", name: "sid", value: "t" }],
  ])("of %j", (auth, expected) => {
    expect(readCredential(auth, { API_TOKEN: "t", API_USERNAME: "u", API_PASSWORD: "é" })).toEqual(expected);
  });
  test("that is missing is named, with where to set it", () => {
    expect(readCredential({ type: "basic" }, { API_USERNAME: "sk", API_PASSWORD: "" })).toMatchObject({
      value: `Basic ${btoa("sk:")}`,
    });
    expect(() => readCredential({ type: "basic" }, { API_USERNAME: "sk" })).toThrow("API_PASSWORD");
    expect(() => readCredential({ type: "basic" }, { API_USERNAME: "", API_PASSWORD: "" })).toThrow(
      "API_USERNAME",
    );
    expect(() => readCredential({ type: "bearer" }, {})).toThrow(
      /API_TOKEN.*\.dev\.vars.*wrangler secret put API_TOKEN/,
    );
  });
});
