import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { Browser } from "./browser.ts";
import { authorizeUrl, call, pkce, register, signIn } from "./oauth-flow.ts";
import { startRawUpstream, wire } from "./raw-upstream.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { post } from "./tool-call.ts";

/** People of the API, by their tokens. Two tokens are the same person's. */
const people: Record<string, string> = {
  key_alice000000000000: "alice",
  key_alice000000000001: "alice",
  key_bob00000000000000: "bob",
};
const json = { "content-type": "application/json" };
const deployments = "deployment-credential-7f31";

let upstream: Awaited<ReturnType<typeof startRawUpstream>>;
let down = false;
const answerWithUser = (headers: Record<string, string>) => {
  const token = (headers["authorization"] ?? "").replace("Bearer ", "");
  const user = people[token];
  if (down) return wire(503, json, "{}");
  return user === undefined
    ? wire(401, json, JSON.stringify({ error: `bad token ${token}` }))
    : wire(200, json, JSON.stringify({ user: { id: user } }));
};

const operation = { responses: { default: { description: "anything" } } };
const document = {
  openapi: "3.1.0",
  info: { title: "People", version: "1" },
  paths: { "/me": { get: operation }, "/things": { get: operation, post: operation } },
};

beforeAll(async () => {
  upstream = await startRawUpstream(({ headers }, socket) => void socket.end(answerWithUser(headers)));
});
afterAll(() => upstream?.stop());

let network: Record<string, string> = {};
let tests = 0;
beforeEach(() => {
  upstream.received.length = 0;
  down = false;
  network = { "cf-connecting-ip": `2001:db8:0:${(tests += 1)}::1` };
});

const readMe = `async () => (await api.request({ method: "GET", path: "/me" })).data`;
const sent = () => upstream.received.map(({ path, headers }) => `${path} ${headers["authorization"]}`);

describe("a token of one's own", () => {
  let twofold: TestTwofold;
  beforeAll(async () => {
    twofold = await startTestTwofold({
      document,
      baseUrl: upstream.url,
      auth: { type: "bearer" },
      signIn: { probe: "GET /me", account: "/user/id", tokenPattern: "key_[a-z0-9]{17}" },
      secrets: { API_TOKEN: deployments },
      context: {
        user: { from: "/user/id" },
        place: { ask: "Your place", pattern: "[a-z]{3}" },
        plan: { value: "free" },
        kind: { from: "/user/kind", default: "person" },
      },
      vars: { SIGN_IN: "own-token", ALLOW_API_TOKEN: "1" },
    });
  });
  afterAll(() => twofold?.stop());
  const place = () => ({ url: twofold.url, network });

  test("is what a read-only address leaves as it is: what it asks for holds for it alone", async () => {
    // The first request of all, so that nothing is remembered of another.
    expect((await post(`${twofold.url}/mcp?readonly`, "{}", network)).status).toBe(401);
    const metadata = await fetch(`${twofold.url}/.well-known/oauth-authorization-server?readonly`, {
      signal: AbortSignal.timeout(10_000),
    });
    expect(await metadata.json()).toMatchObject({ scopes_supported: ["read", "write"] });
  });
  const signInWith = (token: string) =>
    signIn(place(), "own-token", { fields: { token, "context.place": "ams" } });

  test("brings its person's values into programs: frozen, whole, and clear where there is none", async () => {
    const { tokens } = await signInWith("key_bob00000000000000");
    const program = async (code: string) => (await call(place(), tokens.access_token, code)).text;
    expect(await program("() => ({ ...context })")).toBe(
      '{"user":"bob","place":"ams","plan":"free","kind":"person"}',
    );
    expect(await program("() => JSON.stringify(context)")).toContain('"user":"bob"');
    expect(await program('() => { context.user = "alice"; }')).toContain("context is frozen");
    expect(await program("() => context.nothing")).toContain(
      "context.nothing does not exist. There is user, place, plan, kind.",
    );
    // A connection without a consent has none of what is asked there.
    const direct = async (code: string) => (await call(place(), "key_bob00000000000000", code)).text;
    expect(await direct("() => context.plan")).toBe("free");
    expect(await direct("() => context.place")).toContain("context.place is chosen when a person signs in");
  });

  test("comes with a form that takes no value of another shape", async () => {
    const browser = new Browser(network);
    const scope = "read write";
    const page = await browser.get(
      authorizeUrl(place(), await register(place()), pkce().challenge, { scope }),
    );
    expect(page.text).toContain('pattern="[a-z]{3}"');
    const wrong = { token: "key_bob00000000000000", "context.place": "x/../y" };
    const again = await browser.press(page, "own-token", wrong, ["write"]);
    expect([again.status, again.location]).toEqual([400, null]);
    expect(again.text).toContain("Your place: that is not of the form it must have.");
    // What was unticked stays so, and what was typed is there to be mended, except the token.
    expect(page.forms[0]?.fields).toContainEqual(["scope", "write"]);
    expect(again.forms[0]?.fields.slice(1)).toEqual([
      ["scope", "read"],
      ["context.place", "x/../y"],
    ]);
    expect(again.text).not.toContain("key_bob");
    expect(upstream.received).toEqual([]);
  });

  test("is tried at the API, then used for its person alone, and never the deployment's", async () => {
    const alice = await signInWith("key_alice000000000000");
    const bob = await signInWith(" key_bob00000000000000\n");
    expect(sent()).toEqual(["/me Bearer key_alice000000000000", "/me Bearer key_bob00000000000000"]);
    upstream.received.length = 0;
    const [one, two] = await Promise.all(
      [alice, bob].map(({ tokens }) => call(place(), tokens.access_token, readMe)),
    );
    expect([one?.text, two?.text]).toEqual(['{"user":{"id":"alice"}}', '{"user":{"id":"bob"}}']);
    expect(sent().join()).not.toContain(deployments);
  });

  test.each([
    ["the API does not know", "key_mallory0000000000", 403, "does not accept that token (it answered 401)"],
    ["does not look like one", "sk-live-0000", 403, "does not look like a token"],
    ["of another deployment of ours", "own-x:grant:secret", 403, "does not look like a token"],
    ["of the deployment itself", deployments, 403, "does not look like a token"],
  ])("that %s gives no code, says why, and shows the token nowhere", async (_, token, status, says) => {
    const browser = new Browser(network);
    const page = await browser.get(authorizeUrl(place(), await register(place()), pkce().challenge));
    const again = await browser.press(page, "own-token", { token, "context.place": "ams" });
    expect([again.status, again.location]).toEqual([status, null]);
    expect(again.text).toContain(says);
    expect(again.text + twofold.output()).not.toContain(token);
  });

  test("that cannot be tried now gives no code, and says so", async () => {
    down = true;
    const browser = new Browser(network);
    const page = await browser.get(authorizeUrl(place(), await register(place()), pkce().challenge));
    const again = await browser.press(page, "own-token", {
      token: "key_alice000000000000",
      "context.place": "ams",
    });
    expect([again.status, again.location]).toEqual([502, null]);
    expect(again.text).toContain("could not say whether that token is good: it answered 503");
  });

  test("can be tried a few times only", async () => {
    const browser = new Browser(network);
    let page = await browser.get(authorizeUrl(place(), await register(place()), pkce().challenge));
    const seen: number[] = [];
    let wait: string | null = null;
    // A window may end on the way, so at most twice what one allows.
    while (seen.length <= 2 * limits.triesPerQuarter && !seen.includes(429)) {
      const answer = await browser.press(page, "own-token", {
        token: `key_wrong${String(seen.length).padStart(12, "0")}`,
        "context.place": "ams",
      });
      seen.push(answer.status);
      page = answer.status === 429 ? page : answer;
      wait = answer.headers.get("retry-after");
    }
    expect(seen.at(-1)).toBe(429);
    expect(Number(wait)).toBeGreaterThan(0);
  });

  test("as a bearer by itself (ALLOW_API_TOKEN) is tried once and then believed for a while", async () => {
    for (let n = 0; n < 3; n += 1)
      expect((await call(place(), "key_alice000000000001", readMe)).text).toBe('{"user":{"id":"alice"}}');
    // One to try it, three for the programs.
    expect(sent()).toEqual(Array.from({ length: 4 }, () => "/me Bearer key_alice000000000001"));
  });

  test("as a bearer that the API does not know, or that is none of the API's, is 401; only the first is tried", async () => {
    expect((await call(place(), "key_mallory0000000000", readMe)).status).toBe(401);
    expect(sent()).toEqual(["/me Bearer key_mallory0000000000"]);
    upstream.received.length = 0;
    for (const token of ["sk-live-1234567890", "own-abc:grant:secret", deployments])
      expect((await call(place(), token, readMe)).status).toBe(401);
    expect(sent()).toEqual([]);
  });
});

test("a token of ours is never tried at the API, not even where theirs may look like it", async () => {
  const twofold = await startTestTwofold({
    document,
    baseUrl: upstream.url,
    auth: { type: "bearer" },
    signIn: { probe: "GET /me", account: "/user/id", tokenPattern: ".+" },
    vars: { SIGN_IN: "own-token", ALLOW_API_TOKEN: "1" },
  });
  try {
    const at = { url: twofold.url, network };
    expect((await call(at, "own-abc:grant:secret", readMe)).status).toBe(401);
    expect(sent()).toEqual([]);
    // The control: one of another shape is tried.
    expect((await call(at, "own-abc:grant", readMe)).status).toBe(401);
    expect(sent()).toEqual(["/me Bearer own-abc:grant"]);
  } finally {
    await twofold.stop();
  }
});

describe("a demo", () => {
  let twofold: TestTwofold;
  beforeAll(async () => {
    twofold = await startTestTwofold({
      document,
      baseUrl: upstream.url,
      auth: { type: "bearer" },
      secrets: { API_TOKEN: "key_alice000000000000" },
      vars: { SIGN_IN: "demo" },
    });
  });
  afterAll(() => twofold?.stop());
  const place = () => ({ url: twofold.url, network });

  test("serves a guest so many runs a minute; the rest get 429 and when to come back, under a new name too", async () => {
    const guests: string[] = [];
    for (let n = 0; n < 4; n += 1) guests.push((await signIn(place(), "demo")).tokens.access_token);
    let refused;
    for (let n = 0; n <= 2 * limits.guestRunsPerMinute && refused === undefined; n += 1) {
      const answer = await call(place(), guests[n % 4] ?? "", "() => 1");
      if (answer.status !== 200) refused = answer;
    }
    expect(refused?.status).toBe(429);
    expect(refused?.text).toMatch(
      /^Too many runs a minute: at most 15\. Nothing was done; try again in \d+ s\.$/,
    );
    const wait = Number(refused?.headers["retry-after"]);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
  });

  test("offers nothing but the guest's way, and no scope beyond reading", async () => {
    const page = await new Browser(network).get(
      authorizeUrl(place(), await register(place()), pkce().challenge, { scope: "read write" }),
    );
    expect(page.forms.flatMap(({ decisions }) => decisions)).toEqual(["demo", "deny"]);
    expect(page.text).not.toContain('value="write"');
  });

  test("stops a flood of registrations and of sign-in pages, each network by itself", async () => {
    const last = async (most: number, once: () => Promise<number>) => {
      let status = 0;
      for (let n = 0; n <= 2 * most && status !== 429; n += 1) status = await once();
      return status;
    };
    const clientId = await register(place());
    const registration = JSON.stringify({
      client_name: "x",
      redirect_uris: ["https://x.example/"],
      token_endpoint_auth_method: "none",
    });
    const registering = async () =>
      (await post(`${twofold.url}/oauth/register`, registration, network)).status;
    expect(await last(limits.registrationsPerHour, registering)).toBe(429);
    const browser = new Browser(network);
    const url = authorizeUrl(place(), clientId, pkce().challenge);
    expect(await last(limits.consentsPerTenMinutes, async () => (await browser.get(url)).status)).toBe(429);
    network = { "cf-connecting-ip": "198.51.100.7" };
    expect(await registering()).toBe(201);
  });

  test("takes no registration that is large or names many addresses", async () => {
    const many = Array.from({ length: 11 }, (_, n) => `https://x.example/${n}`);
    for (const body of [
      { client_name: "x", redirect_uris: many },
      { client_name: "x".repeat(limits.registrationBytes), redirect_uris: ["https://x.example/"] },
    ]) {
      const answered = await post(`${twofold.url}/oauth/register`, JSON.stringify(body), network);
      expect([400, 413]).toContain(answered.status);
    }
  });
});

test("what cannot be counted is not done", async () => {
  const twofold = await startTestTwofold({
    document,
    baseUrl: upstream.url,
    vars: { SIGN_IN: "demo" },
    secrets: { MCP_TOKEN: "x".repeat(40) },
    without: ["durable_objects", "migrations"],
  });
  try {
    const answer = await call({ url: twofold.url, network }, "x".repeat(40), readMe);
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "60" } });
    expect(upstream.received).toEqual([]);
    const page = await new Browser(network).get(`${twofold.url}/authorize`);
    expect(page.status).toBe(503);
    expect((await post(`${twofold.url}/oauth/register`, "{}", network)).status).toBe(503);
  } finally {
    await twofold.stop();
  }
});
