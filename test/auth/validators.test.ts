import { describe, expect, test } from "vitest";
import { challengeHeader } from "../../src/auth/challenge.ts";
import { html, plainName, raw } from "../../src/auth/html.ts";
import { networkOf } from "../../src/auth/network-of.ts";
import { repeatedParameter } from "../../src/auth/read-form.ts";
import { looksLikeToken } from "../../src/auth/try-token.ts";
import { principalOf, type GrantProps } from "../../src/auth/grant.ts";
import { takeAll, type Count } from "../../src/auth/quota-windows.ts";

describe("a quota", () => {
  const quotas = [
    { name: "a minute", maximum: 2, windowMs: 60_000 },
    { name: "a day", maximum: 3, windowMs: 86_400_000 },
  ];
  test("lets through its maximum in a window, and says how long until the next", () => {
    const counts = new Map<string, Count>();
    expect(takeAll(quotas, counts, 0)).toEqual({ ok: true });
    expect(takeAll(quotas, counts, 59_000)).toEqual({ ok: true });
    expect(takeAll(quotas, counts, 59_000)).toEqual({
      ok: false,
      name: "a minute",
      maximum: 2,
      retryAfterMs: 1_000,
    });
    expect(takeAll(quotas, counts, 60_000)).toEqual({ ok: true });
    expect(takeAll(quotas, counts, 120_000)).toMatchObject({ ok: false, name: "a day" });
  });
  test("that is used up takes nothing of the others", () => {
    const counts = new Map<string, Count>([["a day", { start: 0, count: 3 }]]);
    expect(takeAll(quotas, counts, 0)).toMatchObject({ ok: false });
    expect(counts.has("a minute")).toBe(false);
  });
  test("can be given back", () => {
    const counts = new Map<string, Count>();
    takeAll(quotas, counts, 0, 2);
    takeAll(quotas, counts, 0, -1);
    expect(takeAll(quotas, counts, 0).ok).toBe(true);
    takeAll(quotas, counts, 60_000, -1);
    takeAll(quotas, counts, 60_000, 2);
    expect(takeAll(quotas, counts, 60_000)).toMatchObject({ ok: false, name: "a minute" });
  });
});

describe("a network", () => {
  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8::1", "2001:db8:0:0::/64"],
    ["2001:db8:0001:0002::", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    [undefined, "local"],
  ])("of %s is %s", (address, expected) => {
    const headers = address === undefined ? {} : { "cf-connecting-ip": address };
    expect(networkOf(new Request("http://x/", { headers }))).toBe(expected);
  });
});

describe("what others chose to be called", () => {
  test("is escaped in text and attributes", () => {
    expect(html`<p title="${`"'\`=`}">${"<b>&"}${raw("<i>")}</p>`.text).toBe(
      '<p title="&#34;&#39;&#96;&#61;">&#60;b&#62;&#38;<i></p>',
    );
  });
  test.each([
    ["Plain", "Plain"],
    ["a\u0000b\r\n\tc", "a b c"],
    ["\u202Eevil\u2066 \u200B", "evil"],
    ["x".repeat(100), `${"x".repeat(59)}…`],
    ["", ""],
  ])("%j is the line %j", (text, expected) => expect(plainName(text)).toBe(expected));
});

test("a challenge is one header, whatever its description", () => {
  const value = challengeHeader({
    error: "insufficient_scope",
    description: 'a"b\\c\r\nX: y',
    scopes: ["read", "write"],
  });
  expect(value).toBe(
    `Bearer error="insufficient_scope", error_description="a'b'c''X: y", scope="read write"`,
  );
});

test.each([
  ["a=1&b=2", undefined],
  ["a=1&a=1", '"a"'],
  ["scope=a&scope=b", undefined],
])("in %s what is there twice is %s", (query, expected) => {
  expect(repeatedParameter(new URLSearchParams(query), ["scope"])).toBe(expected);
});

test.each([
  ["key_abc123", "key_[a-z0-9]+", true],
  ["xkey_abc123", "key_[a-z0-9]+", false],
  ["key_abc123\n", "key_[a-z0-9]+", false],
  ["a|anything", "a|b", false],
  ["anything-long", undefined, true],
  ["with space in", undefined, false],
  ["short", undefined, false],
  ["k".repeat(4097), undefined, false],
])("%j fits %s: %s", (token, pattern, fits) => expect(looksLikeToken(token, pattern)).toBe(fits));

describe("a grant", () => {
  const env = { OWNER_PASSPHRASE_HASH: "pbkdf2-sha256.6x100000.SALT.HASH" };
  const at = (modes: ("demo" | "owner" | "own-token")[], readOnly = false) => ({
    signIn: { modes, directToken: false },
    env,
    optional: ["admin"],
    readOnly,
  });
  const props = (more: Partial<GrantProps>): GrantProps => ({
    mode: "owner",
    id: "owner",
    grantId: "g",
    client: { id: "c", name: "C" },
    stamp: "SALT",
    ...more,
  });
  const scopes = ["read", "write", "admin"];

  test("is over when its way of signing in is closed, or the passphrase is another", () => {
    expect(principalOf(props({}), scopes, at(["owner"]))).toMatchObject({
      kind: "owner",
      scopes,
      readOnly: false,
    });
    expect(principalOf(props({}), scopes, at(["demo"]))).toBeUndefined();
    expect(principalOf(props({ stamp: "OLD" }), scopes, at(["owner"]))).toBeUndefined();
  });
  test("of a guest only reads, whatever its token says", () => {
    const guest = principalOf(props({ mode: "demo", accounts: ["n", "all"] }), scopes, at(["demo"]));
    expect(guest).toMatchObject({ kind: "guest", scopes: ["read"], readOnly: true, attainable: ["read"] });
  });
  test("of an own token is nothing without that token: the deployment's never stands in", () => {
    expect(principalOf(props({ mode: "own-token" }), scopes, at(["own-token"]))).toBeUndefined();
  });
  test("loses writing where the deployment only reads, and signing in again cannot bring it", () => {
    expect(principalOf(props({}), scopes, at(["owner"], true))).toMatchObject({
      scopes: ["read", "admin"],
      attainable: ["read", "admin"],
      readOnly: true,
    });
  });
});
