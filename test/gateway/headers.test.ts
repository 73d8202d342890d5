import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Credential } from "../../src/auth/credential.ts";
import { buildHeaders } from "../../src/gateway/build-headers.ts";
import { CallRefused } from "../../src/gateway/call.ts";
import { decodeAnswer } from "../../src/gateway/decode-answer.ts";
import { Redactor } from "../../src/gateway/redact.ts";
import { limits } from "../../src/limits.ts";

const canary = "canary-4f1c9d7be2";
const credentials: Credential[] = [
  { kind: "none" },
  { kind: "header", name: "Authorization", value: `Bearer ${canary}` },
  { kind: "header", name: "X-Api-Key", value: canary },
  { kind: "cookie", name: "session", value: canary },
  { kind: "query", name: "key", value: canary },
];
/** Names that say where a request goes, how it is framed, who sent it, or what its method really is. */
const forbidden =
  "host connection keep-alive upgrade te trailer transfer-encoding content-length accept-encoding expect via forwarded origin referer authorization cookie set-cookie proxy-authorization sec-fetch-mode x-forwarded-for x-forwarded-host x-real-ip x-http-method-override x-http-method x-method-override x-original-url x-rewrite-url cf-connecting-ip true-client-ip user-agent http2-settings x-method method-override http-method-override x-override-method remote-user x-remote-user x-webauth-user x-auth-request-user x-ms-client-principal x-envoy-original-path x-middleware-subrequest fastly-client-ip mf-original-url mf-cf-blob x_http_method_override x_forwarded_for".split(
    " ",
  );
const anyCase = (name: string) =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) =>
      [...name].map((letter, n) => (upper[n] === true ? letter.toUpperCase() : letter)).join(""),
    );
const names = fc.oneof(
  fc.constantFrom(...forbidden).chain(anyCase),
  fc.constantFrom("x-api-key", "accept", "content-type", "if-match", "x-trace").chain(anyCase),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: fc.constantFrom("a", "-", ":", " ", "\r", "\n", "\0", "é", "_"), maxLength: 8 }),
);
const values = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: fc.constantFrom("a", "\r", "\n", "\0", ":", " ", "é", "€"), maxLength: 8 }),
  fc.constantFrom(0, false, null, undefined, {}, [], Number.NaN),
);

describe("the headers of a call", () => {
  test("carry our credential and none of what is ours to say, whatever a program gives", () => {
    let sent = 0;
    const given = fc.dictionary(names, values, { maxKeys: 4 });
    fc.assert(
      fc.property(given, fc.constantFrom(...credentials), (headers, credential) => {
        let built: Headers;
        try {
          built = buildHeaders(headers, credential, "Twofold/test", []);
        } catch (error) {
          if (error instanceof CallRefused) return;
          throw error;
        }
        sent += 1;
        const pairs = Object.fromEntries(built);
        const own = credential.kind === "header" ? { [credential.name.toLowerCase()]: credential.value } : {};
        const cookie = credential.kind === "cookie" ? { cookie: `session=${canary}` } : {};
        expect(pairs).toMatchObject({ "user-agent": "Twofold/test", ...own, ...cookie });
        const ours = new Set(["user-agent", ...Object.keys(own), ...Object.keys(cookie)]);
        for (const [name, value] of Object.entries(pairs)) {
          expect(!ours.has(name) && forbidden.includes(name)).toBe(false);
          expect(value).not.toMatch(/[\r\n\0]/);
          // What is not ours is the program's, unchanged, or the one we add for want of its own.
          const theirs = Object.entries(headers).some(
            ([key, each]) => key.toLowerCase() === name && String(each).trim() === value.trim(),
          );
          expect(ours.has(name) || theirs || name === "accept").toBe(true);
        }
      }),
      { numRuns: 10_000 },
    );
    expect(sent).toBeGreaterThan(1_000);
  });
});

test.each(["a\r\nx-evil: 1", "a\nb", "a\0b", "€"])(
  "a value that no header can carry is refused in our words: %j",
  (value) => {
    expect(() => buildHeaders({ "x-note": value }, { kind: "none" }, "Twofold/test")).toThrow(
      'headers["x-note"] has a character no header can carry.',
    );
  },
);

test("a cookie of the credential's name is ours alone", () => {
  const credential: Credential = { kind: "cookie", name: "session", value: canary };
  const built = buildHeaders({}, credential, "Twofold/test", ["session=forged", "theme=dark"]);
  expect(built.get("cookie")).toBe(`theme=dark; session=${canary}`);
});

describe("the headers of an answer", () => {
  const decode = async (headers: [string, string][], secret = canary) =>
    (await decodeAnswer(new Response("ok", { headers }), limits, new Redactor([secret]))).answer.headers;

  test.each([
    "etag",
    "location",
    "link",
    "retry-after",
    "retry-after-ms",
    "x-ms-retry-after-ms",
    "ratelimit",
    "ratelimit-policy",
    "ratelimit-remaining",
    "x-ratelimit-limit",
    "x-ratelimit-reset",
    "x-rate-limit-remaining",
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-correlation-id",
    "x-github-request-id",
    "cf-ray",
    "x-total-count",
    "last-modified",
    "content-type",
    "content-disposition",
    "sunset",
  ])("%s is shown", async (name) => {
    const value = name === "content-type" ? "text/plain" : "v";
    expect(await decode([[name, value]])).toHaveProperty(name, value);
  });

  test.each([
    "set-cookie",
    "set-cookie2",
    "www-authenticate",
    "proxy-authenticate",
    "authorization",
    "server",
    "x-powered-by",
    "x-internal-token",
    "access-control-allow-origin",
    "strict-transport-security",
    "x-amz-security-token",
    "x-session",
  ])("%s is not", async (name) => {
    expect(Object.keys(await decode([[name, "v"]]))).not.toContain(name);
  });

  test("never hold the credential, whatever the API makes of them", async () => {
    const shown = fc.constantFrom(
      "etag",
      "location",
      "link",
      "x-request-id",
      "warning",
      "content-disposition",
    );
    const around = fc.string({ unit: fc.constantFrom(...'abc /?=&;"<>%'), maxLength: 12 });
    const written = fc.constantFrom(
      canary,
      btoa(canary),
      btoa(`Bearer ${canary}`),
      encodeURIComponent(canary),
      `"${canary}"`,
    );
    await fc.assert(
      fc.asyncProperty(shown, around, written, around, async (name, before, secret, after) => {
        const text = JSON.stringify(await decode([[name, `${before}${secret}${after}`]]));
        expect(text).toContain("[redacted]");
        expect(text).not.toContain(canary);
        expect(text).not.toContain(btoa(canary).slice(0, 20));
      }),
      { numRuns: 2_000 },
    );
  });
});
