import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hashPassphrase } from "../../src/auth/passphrase.ts";
import { Browser, type BrowserPage } from "./browser.ts";
import { connectWith, redirectUri, TestProvider } from "./oauth-client.ts";
import * as flow from "./oauth-flow.ts";
import { pkce, type Tokens } from "./oauth-flow.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { post } from "./tool-call.ts";
import { startUpstream, upstreamDocument } from "./upstream.ts";

const passphrase = "correct horse battery staple";
const deploymentCredential = "deployment-credential-7f31";

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: TestTwofold;
beforeAll(async () => {
  upstream = await startUpstream();
  twofold = await startTestTwofold({
    document: upstreamDocument,
    baseUrl: `${upstream.url}/base`,
    auth: { type: "bearer" },
    scopes: { parts: { says: "look at parts", operations: ["GET /items/{id}/parts/{part}"] } },
    secrets: {
      API_TOKEN: deploymentCredential,
      OWNER_PASSPHRASE_HASH: await hashPassphrase(passphrase, new Uint8Array(randomBytes(16))),
    },
    vars: { SIGN_IN: "demo,owner" },
  });
});
afterAll(async () => {
  await twofold?.stop();
  await upstream?.stop();
});
/** Each test comes from a network of its own: what one uses up is not the next one's. */
let network: Record<string, string> = {};
let tests = 0;
beforeEach(() => {
  upstream.received.length = 0;
  network = { "cf-connecting-ip": `192.0.2.${(tests += 1)}` };
});

const place = () => ({ url: twofold.url, network });
const register = (metadata?: Record<string, unknown>) => flow.register(place(), metadata);
const authorizeUrl = (clientId: string, challenge: string, more?: Record<string, string>) =>
  flow.authorizeUrl(place(), clientId, challenge, more);
const exchange = (fields: Record<string, string>) => flow.exchange(place(), fields);
const call = (...[token, code, options]: [string, string, Parameters<typeof flow.call>[3]?]) =>
  flow.call(place(), token, code, options);
const signIn = (decision: "demo" | "owner", scope = "read", untick: string[] = []) =>
  flow.signIn(place(), decision, { scope, untick, fields: decision === "owner" ? { passphrase } : {} });

const readProgram = `async () => (await api.request({ method: "GET", path: "/nothing" })).status`;
const writeProgram = `async () => (await api.request({ method: "POST", path: "/echo", body: { a: 1 } })).data`;
/** What is called is not plain to see before it runs. */
const hiddenWrite = `async () => { const call = { method: "POST", path: "/echo", body: { a: 1 } }; return (await api.request(call)).data; }`;

describe("both official clients", () => {
  test.each(["/mcp", "/"])(
    "@modelcontextprotocol/sdk at %s: answers a challenge by refreshing, so its person is told a way that works",
    async (path) => {
      const connect = connectWith["@modelcontextprotocol/sdk"];
      const asked: string[] = [];
      const approve = async (url: URL) => {
        asked.push(url.searchParams.get("scope") ?? "");
        const browser = new Browser(network);
        const done = await browser.press(await browser.get(url), "owner", { passphrase });
        return new URL(done.location ?? "");
      };
      const open = async (url: string) =>
        (await connect?.(new URL(url), new TestProvider(), approve))?.client;
      const run = (client: Awaited<ReturnType<typeof open>>, code: string) =>
        client?.callTool({ name: "execute", arguments: { code } }) as Promise<{
          content: { text: string }[];
        }>;
      const reading = await open(twofold.url + path);
      expect((await run(reading, readProgram)).content[0]?.text).toBe("204");
      const told = (await run(reading, writeProgram)).content[0]?.text;
      expect(told).toContain(`they connect ${twofold.url}${path}?scopes=write instead`);
      const writing = await open(`${twofold.url}${path}?scopes=write`);
      expect(JSON.parse((await run(writing, writeProgram)).content[0]?.text ?? "")).toEqual({ a: 1 });
      expect(asked).toEqual(["read", "read write"]);
      await reading?.close();
      await writing?.close();
    },
  );
  test.each([
    ["@modelcontextprotocol/client", "/mcp"],
    ["@modelcontextprotocol/client", "/"],
  ])(
    "%s at %s: finds the way by itself, signs in to read, steps up to write and refreshes",
    async (name, path) => {
      const connect = connectWith[name];
      if (connect === undefined) throw new Error(name);
      const provider = new TestProvider();
      const browser = new Browser(network);
      const asked: string[] = [];
      const approve = async (url: URL) => {
        asked.push(url.searchParams.get("scope") ?? "");
        const done = await browser.press(await browser.get(url), "owner", { passphrase });
        if (done.location === null) throw new Error(done.text);
        return new URL(done.location);
      };
      const { client, finish } = await connect(new URL(twofold.url + path), provider, approve);
      try {
        const run = (code: string) =>
          client.callTool({ name: "execute", arguments: { code } }) as Promise<{
            isError?: boolean;
            content: { text: string }[];
          }>;
        expect(asked).toEqual(["read"]);
        expect((await client.listTools()).tools).toHaveLength(2);
        expect((await run(readProgram)).content[0]?.text).toBe("204");
        expect(upstream.received[0]?.headers["authorization"]).toBe(`Bearer ${deploymentCredential}`);

        await expect(run(writeProgram)).rejects.toThrow("Unauthorized");
        if (provider.authorizationUrl === undefined) throw new Error("no step-up");
        await finish(await approve(provider.authorizationUrl));
        expect(asked[1]?.split(" ").toSorted()).toEqual(["read", "write"]);
        expect(JSON.parse((await run(writeProgram)).content[0]?.text ?? "")).toEqual({ a: 1 });

        // A token that is no longer good: the client refreshes without a person.
        const before = provider.tokens();
        provider.saveTokens({ ...before, access_token: `${before.access_token}x` });
        expect(JSON.parse((await run(writeProgram)).content[0]?.text ?? "")).toEqual({ a: 1 });
        expect(provider.tokens().access_token).not.toBe(before.access_token);
        expect(asked).toHaveLength(2);
      } finally {
        await client.close();
      }
    },
  );
});

describe("metadata", () => {
  const json = async (path: string) =>
    (await (await fetch(twofold.url + path, { signal: AbortSignal.timeout(10_000) })).json()) as Record<
      string,
      unknown
    >;

  test("of the resource is at both places, each naming its own", async () => {
    expect(await json("/.well-known/oauth-protected-resource/mcp")).toMatchObject({
      resource: `${twofold.url}/mcp`,
      authorization_servers: [twofold.url],
      scopes_supported: ["read"],
    });
    expect(await json("/.well-known/oauth-protected-resource")).toMatchObject({
      resource: `${twofold.url}/`,
    });
  });
  test("of the authorization server names what it can", async () => {
    expect(await json("/.well-known/oauth-authorization-server")).toMatchObject({
      issuer: twofold.url,
      authorization_endpoint: `${twofold.url}/authorize`,
      token_endpoint: `${twofold.url}/oauth/token`,
      registration_endpoint: `${twofold.url}/oauth/register`,
      revocation_endpoint: expect.stringContaining(twofold.url),
      scopes_supported: ["read", "write", "parts"],
      code_challenge_methods_supported: ["S256"],
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
    });
  });
});

describe("a request without a good token", () => {
  test.each([
    ["none", undefined, ""],
    ["a made-up one", "Bearer a:b:c", 'error="invalid_token", '],
    ["one of another shape", "Bearer sk-live-1234567890", 'error="invalid_token", '],
    ["another scheme", "Basic dTpw", ""],
  ])("%s: 401 with one full challenge, and nothing is done", async (_, authorization, error) => {
    for (const path of ["/mcp", "/"]) {
      const answered = await post(
        twofold.url + path,
        JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
        authorization === undefined ? {} : { authorization },
      );
      expect(answered.status).toBe(401);
      expect(answered.headers["www-authenticate"]).toBe(
        `Bearer ${error}scope="read", resource_metadata="${twofold.url}/.well-known/oauth-protected-resource${path === "/" ? "" : path}"`,
      );
    }
    expect(upstream.received).toEqual([]);
  });
  test("a token of ours is never sent to the API", async () => {
    const { tokens } = await signIn("owner");
    await call(tokens.access_token, readProgram);
    expect(upstream.received).toHaveLength(1);
    expect(JSON.stringify(upstream.received[0]?.headers)).not.toContain(tokens.access_token);
  });
});

describe("scopes", () => {
  test("granted are those requested and ticked and open to the way of signing in; unknown ones are dropped", async () => {
    expect((await signIn("owner", "openid profile")).tokens.scope).toBe("read");
    expect((await signIn("owner", "openid read write parts nonsense")).tokens.scope).toBe("read write parts");
    expect((await signIn("owner", "read write parts", ["write"])).tokens.scope).toBe("read parts");
    expect((await signIn("demo", "read write parts")).tokens.scope).toBe("read");
  });
  test("a scope added to the form that was not requested is not granted", async () => {
    const clientId = await register();
    const { verifier, challenge } = pkce();
    const browser = new Browser(network);
    const page = await browser.get(authorizeUrl(clientId, challenge));
    const fields = page.forms.find(({ decisions }) => decisions.includes("owner"))?.fields ?? [];
    const done = await browser.post(`${twofold.url}/authorize`, [
      ...fields,
      ["scope", "write"],
      ["passphrase", passphrase],
      ["decision", "owner"],
    ]);
    const code = new URL(done.location ?? "").searchParams.get("code") ?? "";
    const answered = await exchange({
      grant_type: "authorization_code",
      client_id: clientId,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      scope: "read write",
    });
    expect((JSON.parse(answered.text) as Tokens).scope).toBe("read");
  });
  test("a read token writes nothing: 403 where it is plain, the challenge in the answer where it is not", async () => {
    const { tokens } = await signIn("owner", "read");
    const plain = await call(tokens.access_token, writeProgram);
    expect(plain.status).toBe(403);
    expect(plain.headers["www-authenticate"]).toBe(
      `Bearer error="insufficient_scope", error_description="This needs the scope write, which was not granted.", scope="read write", resource_metadata="${twofold.url}/.well-known/oauth-protected-resource/mcp"`,
    );
    const hidden = await call(tokens.access_token, hiddenWrite);
    expect(hidden).toMatchObject({ status: 200, isError: true });
    expect(hidden.text).toContain(
      "POST /echo (echo) needs the scope write, which this connection was not granted. Nothing was sent.",
    );
    expect(hidden.meta?.["mcp/www_authenticate"]).toEqual([
      expect.stringContaining('error="insufficient_scope"'),
    ]);
    // ChatGPT and Codex take a 403 for a failure, so they get the answer in either case.
    const codex = await call(tokens.access_token, writeProgram, {
      headers: { "user-agent": "codex-mcp-client/0.1" },
    });
    expect(codex).toMatchObject({ status: 200, isError: true });
    expect(codex.meta?.["mcp/www_authenticate"]).toEqual([expect.stringContaining('scope="read write"')]);
    expect(upstream.received).toEqual([]);
    // The control: with the scope the same program writes.
    const { tokens: more } = await signIn("owner", "read write");
    expect(await call(more.access_token, hiddenWrite)).toMatchObject({ status: 200, isError: false });
    expect(upstream.received).toHaveLength(1);
  });
  test("what its person declined is not asked for again by a 403", async () => {
    const { tokens } = await signIn("owner", "read write", ["write"]);
    expect(await call(tokens.access_token, writeProgram)).toMatchObject({ status: 200, isError: true });
    expect(upstream.received).toEqual([]);
  });
  test("an optional scope opens its operations, and nothing else does", async () => {
    const program = `async () => { const call = { method: "GET", path: "/items/{id}/parts/{part}", params: { id: 1, part: 2 } }; return (await api.request(call)).status; }`;
    const { tokens } = await signIn("owner", "read write");
    expect((await call(tokens.access_token, program)).text).toContain("needs the scope parts");
    expect(upstream.received).toEqual([]);
    const { tokens: more } = await signIn("owner", "read parts");
    expect((await call(more.access_token, program)).text).toBe("200");
  });
});

describe("a guest", () => {
  test("reads for an hour, without renewal, and writes nothing", async () => {
    const { tokens } = await signIn("demo", "read write");
    expect(tokens.refresh_token).toBeUndefined();
    expect(tokens.expires_in).toBe(3600);
    expect((await call(tokens.access_token, readProgram)).text).toBe("204");
    const refused = await call(tokens.access_token, writeProgram);
    expect(refused.text).toContain("guests only read");
    expect(upstream.received.map(({ method }) => method)).toEqual(["GET"]);
  });
});

describe("?readonly", () => {
  test("only reads, whatever the token may, and says so in the tool's annotations", async () => {
    const { tokens } = await signIn("owner", "read write");
    const list = async (path: string) => {
      const answered = await post(
        twofold.url + path,
        JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
        {
          authorization: `Bearer ${tokens.access_token}`,
        },
      );
      return /"name":"execute".*?"annotations":(\{[^}]*\})/s.exec(answered.text)?.[1];
    };
    expect(await list("/mcp")).toContain('"readOnlyHint":false');
    expect(await list("/mcp?readonly")).toContain('"readOnlyHint":true');
    expect(await list("/mcp?readonly=0")).toContain('"readOnlyHint":false');
    for (const program of [writeProgram, hiddenWrite]) {
      const refused = await call(tokens.access_token, program, { path: "/mcp?readonly" });
      expect(refused.text).toContain("as its address says (?readonly)");
      expect(refused.meta?.["mcp/www_authenticate"]).toBeUndefined();
    }
    expect(upstream.received).toEqual([]);
    expect((await call(tokens.access_token, writeProgram)).isError).toBe(false);
  });
});

describe("the consent page", () => {
  let browser: Browser;
  let page: BrowserPage;
  beforeEach(async () => {
    browser = new Browser(network);
    page = await browser.get(authorizeUrl(await register(), pkce().challenge, { scope: "read write" }));
  });

  test("says who asks, where access goes, and what it means in this API's own terms", () => {
    expect(page.status).toBe(200);
    expect(page.text).toContain("Raw client");
    expect(page.text).toContain("<strong>127.0.0.1</strong>, an app on your own computer");
    expect(page.text).toMatch(/can call 13 operations that only\s+read/);
    expect(page.text).toMatch(/can call 6 operations that create, change or\s+delete/);
    expect(page.text).not.toContain("<script");
  });
  test("runs nothing, is framed nowhere, and is kept nowhere", () => {
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/127\.0\.0\.1:9; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(page.headers.get("x-frame-options")).toBe("DENY");
    expect(page.headers.get("cache-control")).toBe("no-store");
    const cookie = page.headers.getSetCookie()[0] ?? "";
    expect(cookie).toMatch(/^__Host-/);
    for (const flag of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]) expect(cookie).toContain(flag);
  });
  test("shows a client's name as text, whatever is in it", async () => {
    const hostile = `<script>alert(1)</script>"><img src=x onerror=alert(1)> \u202Eevil\u0000`;
    const clientId = await register({ client_name: hostile });
    const { text } = await browser.get(authorizeUrl(clientId, pkce().challenge));
    expect(text).toContain("&#60;script&#62;alert(1)");
    for (const part of ["<script", "<img", "\u202E", "\u0000"]) expect(text).not.toContain(part);
  });
  test("no is answered with access_denied, the state and the issuer, and leaves nothing", async () => {
    const { location } = await browser.press(page, "deny");
    const url = new URL(location ?? "");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      error: "access_denied",
      state: "s",
      iss: twofold.url,
    });
    expect(url.searchParams.has("code")).toBe(false);
  });
  test("a form from another site is refused, by its origin and by its missing cookie", async () => {
    const form = page.forms.find(({ decisions }) => decisions.includes("demo"));
    const fields: [string, string][] = [...(form?.fields ?? []), ["decision", "demo"]];
    const at = `${twofold.url}/authorize`;
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      expect((await browser.post(at, fields, headers)).status).toBe(403);
    }
    const other = new Browser(network);
    const forged = await other.post(at, fields);
    expect(forged.status).toBe(400);
    expect(forged.location).toBeNull();
    // The control: the same form in the browser that saw the page.
    expect((await browser.post(at, fields)).location).toContain("code=");
  });
  test("a form works once", async () => {
    expect((await browser.press(page, "demo")).location).toContain("code=");
    const again = await browser.press(page, "demo");
    expect([again.status, again.location]).toEqual([400, null]);
  });
  test("fields of the form cannot change the client, the redirect or a mode that is closed", async () => {
    const swapped = await browser.press(page, "demo", {
      redirect_uri: "https://evil.example/",
      client_id: "other",
      userId: "owner",
    });
    expect(swapped.location).toMatch(/^http:\/\/127\.0\.0\.1:9\/callback\?code=/);
    const next = await browser.get(authorizeUrl(await register(), pkce().challenge));
    const form = next.forms.find(({ decisions }) => decisions.includes("demo"));
    const closed = await browser.post(`${twofold.url}/authorize`, [
      ...(form?.fields ?? []),
      ["token", "x"],
      ["decision", "own-token"],
    ]);
    expect([closed.status, closed.location]).toEqual([400, null]);
  });
  test("a wrong passphrase gives no code, and a page to try again", async () => {
    const again = await browser.press(page, "owner", { passphrase: "wrong" });
    expect(again.status).toBe(403);
    expect(again.location).toBeNull();
    expect(again.text).toContain('role="alert">That is not the owner&#39;s passphrase.');
    expect((await browser.press(again, "owner", { passphrase })).location).toContain("code=");
  });
});

describe("an authorization request", () => {
  const refusedHere = async (url: URL) => {
    const { status, location, text } = await new Browser(network).get(url);
    return { status, location, text };
  };
  const here = { status: 400, location: null };
  test("to a redirect URI that is not registered is refused here, never sent there", async () => {
    const clientId = await register();
    for (const uri of [
      "https://evil.example/",
      `${redirectUri}/more`,
      "http://127.0.0.1.evil.example:9/callback",
      "javascript:alert(1)",
    ])
      expect(
        await refusedHere(authorizeUrl(clientId, pkce().challenge, { redirect_uri: uri })),
      ).toMatchObject(here);
  });
  test("of an unknown client is refused here", async () => {
    expect(await refusedHere(authorizeUrl("unknown", pkce().challenge))).toMatchObject(here);
  });
  test("with a parameter twice is refused", async () => {
    const clientId = await register();
    for (const [name, value] of [
      ["redirect_uri", redirectUri],
      ["client_id", clientId],
      ["scope", "write"],
      ["state", "t"],
    ] as const) {
      const url = authorizeUrl(clientId, pkce().challenge);
      url.searchParams.append(name, value);
      expect(await refusedHere(url)).toEqual({ ...here, text: expect.stringContaining("more than once") });
    }
  });
  test.each([
    ["without PKCE", { code_challenge: "", code_challenge_method: "" }, "invalid_request"],
    ["with plain PKCE", { code_challenge_method: "plain" }, "invalid_request"],
    ["for a token at once", { response_type: "token" }, "unsupported_response_type"],
    ["for another resource", { resource: "https://evil.example/mcp" }, "invalid_target"],
  ])("%s is refused to the client", async (_, more, error) => {
    const url = authorizeUrl(await register(), pkce().challenge, more);
    for (const [name, value] of Object.entries(more)) if (value === "") url.searchParams.delete(name);
    const page = await new Browser(network).get(url);
    expect(new URL(page.location ?? "http://none").searchParams.get("error")).toBe(error);
  });
});

describe("a code", () => {
  test("works once, and using it twice ends what it gave", async () => {
    const { fields, tokens } = await signIn("owner", "read write");
    expect((await call(tokens.access_token, readProgram)).status).toBe(200);
    expect((await exchange(fields)).status).toBe(400);
    expect((await call(tokens.access_token, readProgram)).status).toBe(401);
  });
  test("is of no use without its verifier, at another redirect, or to another client", async () => {
    const clientId = await register();
    const other = await register();
    const { verifier, challenge } = pkce();
    const codeFor = async () => {
      const browser = new Browser(network);
      const done = await browser.press(await browser.get(authorizeUrl(clientId, challenge)), "demo");
      return new URL(done.location ?? "").searchParams.get("code") ?? "";
    };
    const good = {
      grant_type: "authorization_code",
      client_id: clientId,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    };
    for (const bad of [
      { code_verifier: pkce().verifier },
      { redirect_uri: "http://127.0.0.1:9/elsewhere" },
      { client_id: other },
      { resource: "https://evil.example/mcp" },
    ]) {
      const answered = await exchange({ ...good, ...bad, code: await codeFor() });
      expect(answered.status).toBeGreaterThanOrEqual(400);
      expect(answered.text).not.toContain("access_token");
    }
    expect((await exchange({ ...good, code: await codeFor() })).status).toBe(200);
  });
});

test("a client with a secret needs PKCE too", async () => {
  const clientId = await register({ token_endpoint_auth_method: "client_secret_basic" });
  const url = authorizeUrl(clientId, pkce().challenge);
  const browser = new Browser(network);
  // The control: with it the page is shown.
  expect((await browser.get(url)).status).toBe(200);
  for (const name of ["code_challenge", "code_challenge_method"]) url.searchParams.delete(name);
  const { location } = await browser.get(url);
  expect(new URL(location ?? "http://none").searchParams.get("error")).toBe("invalid_request");
});

test("what is too long for a key of the store is refused, not an error of the server", async () => {
  const long = "x".repeat(600);
  expect((await call(`${long}:b:c`, readProgram)).status).toBe(401);
  expect((await new Browser(network).get(authorizeUrl(long, pkce().challenge))).status).toBe(400);
  for (const name of ["client_id", "code", "refresh_token", "token"])
    expect(
      (await exchange({ grant_type: "refresh_token", client_id: "x", [name]: `a:${long}:c` })).status,
    ).toBe(400);
});

test("a revoked grant is over at once, its access token too", async () => {
  const { tokens, clientId } = await signIn("owner");
  expect((await call(tokens.access_token, readProgram)).status).toBe(200);
  const revoked = await exchange({
    client_id: clientId,
    token: tokens.refresh_token ?? "",
    token_type_hint: "refresh_token",
  });
  expect(revoked.status).toBe(200);
  expect((await call(tokens.access_token, readProgram)).status).toBe(401);
});

test("a fault of ours shows nothing of the code, nor of what was sent", async () => {
  // An authorization server without https is none, which the library says by a throw.
  const headers = { host: "twofold.example.workers.dev", accept: "text/html", "x-shown": "canary-5d" };
  const { status, text } = await post(`${twofold.url}/.well-known/oauth-authorization-server`, "{}", headers);
  const message = "Twofold failed on this request; it is a fault of the server.";
  expect([status, text]).toEqual([
    500,
    JSON.stringify({ jsonrpc: "2.0", error: { code: -32_000, message }, id: null }),
  ]);
});

describe("a foreign Host or Origin", () => {
  test.each([
    "/mcp",
    "/authorize",
    "/oauth/token",
    "/oauth/register",
    "/.well-known/oauth-authorization-server",
  ])("gets 403 from %s before anything else", async (path) => {
    for (const headers of [{ host: "evil.example" }, { origin: "https://evil.example" }])
      expect((await post(twofold.url + path, "{}", headers)).status).toBe(403);
  });
});
