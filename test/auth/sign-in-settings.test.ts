import { describe, expect, test } from "vitest";
import { hashPassphrase, isPassphrase, isPassphraseHash } from "../../src/auth/passphrase.ts";
import { readSignIn } from "../../src/auth/sign-in-settings.ts";
import type { SignInEnv } from "../../src/auth/sign-in-settings.ts";

const salt = new Uint8Array(16);
const hash = `pbkdf2-sha256.6x100000.${"A".repeat(22)}.${"B".repeat(43)}`;
const OAUTH_KV = {} as NonNullable<SignInEnv["OAUTH_KV"]>;
const probe = { probe: { method: "GET", path: "/user" } };

describe("SIGN_IN", () => {
  test.each([
    [{}, { modes: [], directToken: false }],
    [{ SIGN_IN: "" }, { modes: [], directToken: false }],
    [{ SIGN_IN: "demo" }, { modes: ["demo"], directToken: false }],
    [
      { SIGN_IN: " owner , demo", OWNER_PASSPHRASE_HASH: hash },
      { modes: ["demo", "owner"], directToken: false },
    ],
    [{ SIGN_IN: "own-token" }, { modes: ["own-token"], directToken: false }],
    [{ ALLOW_API_TOKEN: "0" }, { modes: [], directToken: false }],
    [{ ALLOW_API_TOKEN: "1" }, { modes: [], directToken: true }],
  ])("%j opens %j", (env, expected) =>
    expect(readSignIn({ OAUTH_KV, ...env }, { ...probe, tokenPattern: "k_.*" }, "bearer")).toEqual(expected),
  );

  test.each([
    ["an unknown way", { SIGN_IN: "demo,guest" }, probe, "bearer", 'names "guest"'],
    ["another spelling", { SIGN_IN: "Demo" }, probe, "bearer", 'names "Demo"'],
    ["owner without a passphrase", { SIGN_IN: "owner" }, probe, "bearer", "OWNER_PASSPHRASE_HASH"],
    [
      "owner with a passphrase in plain",
      { SIGN_IN: "owner", OWNER_PASSPHRASE_HASH: "hunter2" },
      probe,
      "bearer",
      "npm run passphrase",
    ],
    ["own-token without a probe", { SIGN_IN: "own-token" }, undefined, "bearer", "signIn"],
    ["own-token where there is no token", { SIGN_IN: "own-token" }, probe, "none", "bearer or apiKey"],
    [
      "upstream without its secret",
      { SIGN_IN: "upstream", UPSTREAM_CLIENT_ID: "x" },
      { ...probe, oauth: { authorizationUrl: "https://x/a", tokenUrl: "https://x/t" } },
      "bearer",
      "missing: the secret UPSTREAM_CLIENT_SECRET",
    ],
    [
      "upstream that is not described",
      { SIGN_IN: "upstream", UPSTREAM_CLIENT_ID: "x", UPSTREAM_CLIENT_SECRET: "y" },
      probe,
      "bearer",
      "missing: signIn.oauth in api.jsonc",
    ],
    ["no storage", { SIGN_IN: "demo", OAUTH_KV: undefined }, probe, "bearer", "OAUTH_KV"],
    [
      "the API's token in a demo",
      { SIGN_IN: "demo", ALLOW_API_TOKEN: "1" },
      probe,
      "bearer",
      "demo takes nobody's API token",
    ],
    ["the API's token of no known shape", { ALLOW_API_TOKEN: "1" }, probe, "bearer", "tokenPattern"],
    ["an unclear yes", { ALLOW_API_TOKEN: "true" }, probe, "bearer", "takes 1 or 0"],
  ])("%s opens nothing, and says what to do", (_, env, settings, auth, says) => {
    const read = readSignIn({ OAUTH_KV, ...env } as SignInEnv, settings, auth);
    expect(read).toHaveProperty("problem", expect.stringContaining(says));
  });
});

describe("the passphrase", () => {
  test("is known by its hash, in either Unicode form, and no other is", async () => {
    const made = await hashPassphrase("h\u00e9llo w\u00f6rld, long enough", salt);
    expect(isPassphraseHash(made)).toBe(true);
    expect(made).not.toContain("llo");
    expect(await isPassphrase("h\u00e9llo w\u00f6rld, long enough".normalize("NFD"), made)).toBe(true);
    for (const guess of ["", "hello world, long enough", "h\u00e9llo w\u00f6rld, long enough "])
      expect(await isPassphrase(guess, made)).toBe(false);
  });
  test.each(["", "plain", hash.replace("6x", "1x"), `${hash}x`, hash.replace("sha256", "sha1")])(
    "%j is no hash of ours",
    async (text) => {
      expect(isPassphraseHash(text)).toBe(false);
      expect(await isPassphrase("", text)).toBe(false);
    },
  );
});
