import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Browser } from "./browser.ts";
import { redirectUri } from "./oauth-client.ts";
import { authorizeUrl, call, exchange, pkce, register, type Tokens } from "./oauth-flow.ts";
import { type RawRequest, startRawUpstream, wire } from "./raw-upstream.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";

const json = { "content-type": "application/json" };
const client = { id: "twofold", secret: "s3cret/+ value" };

let upstream: Awaited<ReturnType<typeof startRawUpstream>>;
let twofold: TestTwofold;

/** The API's authorization server: each code and each refresh token is good once. */
const codes = new Map<string, string>();
const refreshTokens = new Set<string>();
const accessTokens = new Set<string>();
let issued = 0;
let expiresIn = 61;
let down = false;

function tokenAnswer({ headers, body }: RawRequest): Buffer {
  const form = new URLSearchParams(body);
  const given = Buffer.from((headers["authorization"] ?? "").replace("Basic ", ""), "base64").toString();
  if (
    given
      .split(":")
      .map((part: string) => decodeURIComponent(part.replaceAll("+", " ")))
      .join(":") !== `${client.id}:${client.secret}`
  )
    return wire(401, json, '{"error":"invalid_client"}');
  if (down) return wire(503, json, "{}");
  const challenge = codes.get(form.get("code") ?? "");
  const hashed = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  const refreshed = refreshTokens.delete(form.get("refresh_token") ?? "");
  const good = form.get("grant_type") === "refresh_token" ? refreshed : challenge === hashed;
  codes.delete(form.get("code") ?? "");
  if (!good) return wire(400, json, '{"error":"invalid_grant"}');
  issued += 1;
  accessTokens.add(`access-${issued}`);
  refreshTokens.add(`refresh-${issued}`);
  return wire(
    200,
    json,
    JSON.stringify({
      access_token: `access-${issued}`,
      refresh_token: `refresh-${issued}`,
      expires_in: expiresIn,
      token_type: "bearer",
    }),
  );
}

function revoke({ body }: RawRequest): Buffer {
  const token = new URLSearchParams(body).get("token") ?? "";
  accessTokens.delete(token);
  refreshTokens.delete(token);
  return wire(200, json, "{}");
}

beforeAll(async () => {
  upstream = await startRawUpstream((request, socket) => {
    const path = request.path.split("?")[0];
    if (path === "/token") return void socket.end(tokenAnswer(request));
    if (path === "/revoke") return void socket.end(revoke(request));
    const token = (request.headers["authorization"] ?? "").replace("Bearer ", "");
    return void socket.end(
      accessTokens.has(token) ? wire(200, json, '{"user":{"id":"carol"}}') : wire(401, json, "{}"),
    );
  });
  const operation = { responses: { default: { description: "anything" } } };
  twofold = await startTestTwofold({
    document: {
      openapi: "3.1.0",
      info: { title: "People", version: "1" },
      paths: { "/me": { get: operation, post: operation } },
    },
    baseUrl: upstream.url,
    auth: { type: "bearer" },
    signIn: {
      probe: "GET /me",
      account: "/user/id",
      oauth: {
        authorizationUrl: `${upstream.url}/authorize?tenant=1`,
        tokenUrl: `${upstream.url}/token`,
        revocationUrl: `${upstream.url}/revoke`,
        scopes: { read: ["people:read"], write: ["people:write"] },
      },
    },
    secrets: { API_TOKEN: "deployment-credential", UPSTREAM_CLIENT_SECRET: client.secret },
    vars: { SIGN_IN: "upstream", UPSTREAM_CLIENT_ID: client.id },
  });
});
afterAll(async () => {
  await twofold?.stop();
  await upstream?.stop();
});

let network: Record<string, string> = {};
let tests = 0;
beforeEach(() => {
  upstream.received.length = 0;
  expiresIn = 61;
  down = false;
  network = { "cf-connecting-ip": `192.0.2.${(tests += 1)}` };
});
const place = () => ({ url: twofold.url, network });
const readMe = `async () => (await api.request({ method: "GET", path: "/me" })).status`;
const at = (path: string) => upstream.received.filter((request) => request.path === path);

/** To the API's sign-in page and, as a person who says yes there, back with its code. */
async function away(scope = "read write") {
  const clientId = await register(place());
  const { verifier, challenge } = pkce();
  const browser = new Browser(network);
  const page = await browser.get(authorizeUrl(place(), clientId, challenge, { scope }));
  const { location } = await browser.press(page, "upstream");
  const there = new URL(location ?? "http://none");
  const code = `code-${Math.random()}`;
  codes.set(code, there.searchParams.get("code_challenge") ?? "");
  const back = new URL(there.searchParams.get("redirect_uri") ?? "");
  back.searchParams.set("state", there.searchParams.get("state") ?? "");
  return { clientId, verifier, browser, page, there, back, code };
}

async function signIn(scope?: string) {
  const { clientId, verifier, browser, back, code } = await away(scope);
  back.searchParams.set("code", code);
  const done = await browser.get(back);
  const callback = new URL(done.location ?? "http://none");
  const fields = {
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    code: callback.searchParams.get("code") ?? "",
  };
  const answered = await exchange(place(), fields);
  if (answered.status !== 200) throw new Error(answered.text + done.text);
  return { clientId, browser, back, tokens: JSON.parse(answered.text) as Tokens };
}
const refresh = (clientId: string, token = "") =>
  exchange(place(), { grant_type: "refresh_token", client_id: clientId, refresh_token: token });

describe("signing in with the API itself", () => {
  test("goes there with PKCE, a state and the scopes that were granted, and nothing before the person said yes", async () => {
    const { there, page } = await away("read");
    expect(page.text).toContain(`<strong>${new URL(upstream.url).host}</strong>`);
    expect(page.headers.get("content-security-policy")).toContain(
      `form-action 'self' http://127.0.0.1:9 ${upstream.url};`,
    );
    expect(`${there.origin}${there.pathname}`).toBe(`${upstream.url}/authorize`);
    expect(Object.fromEntries(there.searchParams)).toMatchObject({
      tenant: "1",
      response_type: "code",
      client_id: client.id,
      redirect_uri: `${twofold.url}/oauth/callback`,
      code_challenge_method: "S256",
      scope: "people:read",
    });
    expect(upstream.received).toEqual([]);
  });

  test("gives a token of ours that calls the API as that person, and lives no longer than theirs", async () => {
    const { tokens } = await signIn();
    expect(tokens.scope).toBe("read write");
    expect(tokens.expires_in).toBeLessThanOrEqual(61);
    expect((await call(place(), tokens.access_token, readMe)).text).toBe("200");
    expect(at("/me").at(-1)?.headers["authorization"]).toBe(`Bearer access-${issued}`);
    expect(JSON.stringify(upstream.received)).not.toContain("deployment-credential");
  });

  test("comes back only in the browser that left, once, and with the state it left with", async () => {
    const { browser, back, code } = await away();
    back.searchParams.set("code", code);
    const other = await new Browser(network).get(back);
    expect([other.status, other.location]).toEqual([400, null]);
    const forged = new URL(back);
    forged.searchParams.set("state", "forged");
    expect((await browser.get(forged)).status).toBe(400);
    expect(at("/token")).toEqual([]);
    // The control.
    expect((await browser.get(back)).location).toContain(`${redirectUri}?code=`);
    expect((await browser.get(back)).status).toBe(400);
  });

  test("that was declined there is access_denied here; one that failed there is a page to try again", async () => {
    const declined = await away();
    declined.back.searchParams.set("error", "access_denied");
    const { location } = await declined.browser.get(declined.back);
    expect(new URL(location ?? "").searchParams.get("error")).toBe("access_denied");
    const failed = await away();
    failed.back.searchParams.set("code", "made-up");
    const page = await failed.browser.get(failed.back);
    expect([page.status, page.location]).toEqual([502, null]);
    expect(page.text).toContain("answered &#34;invalid_grant&#34;");
  });
});

describe("a grant of the API's sign-in", () => {
  test("is refreshed at the API once, however many ask at once, and the program then has the new token", async () => {
    const { clientId, tokens } = await signIn();
    upstream.received.length = 0;
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => refresh(clientId, tokens.refresh_token)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(at("/token")).toHaveLength(1);
    for (const { text } of answers) {
      const { access_token: token } = JSON.parse(text) as Tokens;
      expect((await call(place(), token, readMe)).text).toBe("200");
    }
    expect(new Set(at("/me").map(({ headers }) => headers["authorization"]))).toEqual(
      new Set([`Bearer access-${issued}`]),
    );
  });

  test("outlives the API's sign-in being down, and ends when the API ends it", async () => {
    const { clientId, tokens } = await signIn();
    down = true;
    expect((await refresh(clientId, tokens.refresh_token)).status).toBe(503);
    down = false;
    const renewed = await refresh(clientId, tokens.refresh_token);
    expect(renewed.status).toBe(200);
    refreshTokens.clear();
    const next = JSON.parse(renewed.text) as Tokens;
    const ended = await refresh(clientId, next.refresh_token);
    expect([ended.status, ended.text]).toEqual([400, expect.stringContaining("invalid_grant")]);
    expect((await call(place(), next.access_token, readMe)).status).toBe(401);
  });

  test("stops what runs under it when the API ends it", async () => {
    const { clientId, tokens } = await signIn();
    const forever = `async () => { for (;;) { await api.request({ method: "GET", path: "/me" }); await new Promise((resolve) => setTimeout(resolve, 100)); } }`;
    const answer = call(place(), tokens.access_token, forever);
    const calls = at("/me").length;
    await expect.poll(() => at("/me").length, { timeout: 10_000 }).toBeGreaterThan(calls + 2);
    refreshTokens.clear();
    expect((await refresh(clientId, tokens.refresh_token)).status).toBe(400);
    expect((await answer).text).toContain("Somebody stopped the run");
  });

  test.each(["refresh_token", "access_token"] as const)(
    "ends here and at the API when its %s is revoked",
    async (kind) => {
      const { clientId, tokens } = await signIn();
      const [access, renewing] = [`access-${issued}`, `refresh-${issued}`];
      // Another client's word ends nothing.
      await exchange(place(), { client_id: await register(place()), token: tokens[kind] ?? "" });
      expect(accessTokens.has(access)).toBe(true);
      expect((await call(place(), tokens.access_token, readMe)).status).toBe(200);
      const revoked = await exchange(place(), { client_id: clientId, token: tokens[kind] ?? "" });
      expect(revoked.status).toBe(200);
      expect([accessTokens.has(access), refreshTokens.has(renewing)]).toEqual([false, false]);
      expect((await call(place(), tokens.access_token, readMe)).status).toBe(401);
    },
  );
});
