import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashPassphrase } from "../../src/auth/passphrase.ts";
import { Browser, type BrowserPage } from "./browser.ts";
import { redirectUri } from "./oauth-client.ts";
import { authorizeUrl, pkce, register, signIn } from "./oauth-flow.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { startUpstream, upstreamDocument } from "./upstream.ts";

/** More when it is run by hand: ATTACKS=5000. */
const attacks = Number(process.env["ATTACKS"] ?? 600);

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: TestTwofold;
beforeAll(async () => {
  upstream = await startUpstream();
  twofold = await startTestTwofold({
    document: upstreamDocument,
    baseUrl: `${upstream.url}/base`,
    secrets: {
      OWNER_PASSPHRASE_HASH: await hashPassphrase(
        "correct horse battery staple",
        new Uint8Array(randomBytes(16)),
      ),
    },
    vars: { SIGN_IN: "demo,owner" },
  });
});
afterAll(async () => {
  await twofold?.stop();
  await upstream?.stop();
});

/** The same attacks every time: a small generator of numbers (mulberry32). */
let state = 0x5eed;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const hostile = [
  "",
  "null",
  "../..",
  "owner",
  "read write parts",
  "write",
  "a:b:c",
  "owner:grant:secret",
  "https://evil.example/",
  "https://127.0.0.1@evil.example/",
  "javascript:alert(1)",
  "http://127.0.0.1:9/callback#x",
  "http://127.0.0.1:9/callback/../x",
  "\u0000\r\nset-cookie: a=b",
  "\ud800",
  "%00%0d%0a",
  "<script>alert(1)</script>",
  "' OR 1=1 --",
  "x".repeat(5_000),
  "__proto__",
  "constructor",
  "https://evil.example/client.json",
  "http://169.254.169.254/latest",
];

interface Seen {
  clients: string[];
  /** Consent pages and the browsers they were shown in, the newest last. */
  pages: { page: BrowserPage; browser: Browser }[];
  codes: string[];
  tokens: string[];
}

/** One request, made of what is good, what was seen before, and what is hostile. */
async function attack(number: number, seen: Seen): Promise<BrowserPage> {
  const network = { "cf-connecting-ip": `198.51.${Math.floor(number / 40)}.${number % 5}` };
  const stranger = new Browser(network);
  const clientId = random() < 0.8 ? pick(seen.clients) : pick(hostile);
  const spoil = (good: string, chance = 0.12) => (random() < chance ? pick(hostile) : good);
  switch (pick(["authorize", "consent", "consent", "token", "register"] as const)) {
    case "authorize": {
      const url = authorizeUrl({ url: twofold.url, network }, clientId, spoil(pkce().challenge), {
        redirect_uri: spoil(redirectUri),
        scope: spoil("read write"),
        response_type: spoil("code", 0.1),
        code_challenge_method: spoil("S256", 0.1),
        resource: spoil(`${twofold.url}/mcp`, 0.1),
        state: spoil("s"),
      });
      if (random() < 0.2)
        url.searchParams.append(pick(["scope", "client_id", "redirect_uri"]), pick(hostile));
      const page = await stranger.get(url);
      if (page.forms.length > 0) seen.pages.push({ page, browser: stranger });
      return page;
    }
    case "consent": {
      const shown = random() < 0.8 ? pick(seen.pages.slice(-8)) : pick(seen.pages);
      // Mostly the browser that saw the page: whatever is wrong then is in the form.
      const browser = random() < 0.8 ? shown.browser : stranger;
      const handle = shown.page.forms[0]?.fields.find(([name]) => name === "handle")?.[1] ?? "";
      const fields: [string, string][] = [
        ["handle", spoil(handle)],
        ["decision", spoil(pick(["demo", "demo", "owner", "own-token", "upstream"]), 0.1)],
        ["scope", "read"],
        ["scope", spoil("write", 0.2)],
        ["passphrase", pick(hostile)],
        [pick(["userId", "mode", "redirect_uri", "client_id", "props", "token"]), pick(hostile)],
      ];
      if (random() < 0.1) fields.push(["handle", handle]);
      const page = await browser.post(
        `${twofold.url}/authorize`,
        fields,
        random() < 0.1 ? { origin: pick(hostile.slice(0, 4)) } : {},
      );
      const code = page.location === null ? null : new URL(page.location).searchParams.get("code");
      if (code !== null) seen.codes.push(code);
      return page;
    }
    case "token":
      return stranger.post(`${twofold.url}/oauth/token`, [
        [
          "grant_type",
          spoil(
            pick([
              "authorization_code",
              "refresh_token",
              "client_credentials",
              "urn:ietf:params:oauth:grant-type:token-exchange",
            ]),
            0.1,
          ),
        ],
        ["client_id", clientId],
        ["code", pick([...seen.codes, ...hostile])],
        ["refresh_token", pick([...seen.tokens, ...hostile])],
        ["subject_token", pick([...seen.tokens, ...hostile])],
        ["redirect_uri", spoil(redirectUri)],
        ["code_verifier", pick(hostile)],
        ["scope", "read write"],
      ]);
    case "register": {
      const body = JSON.stringify({
        client_name: pick(hostile),
        redirect_uris: pick([[pick(hostile)], [redirectUri, pick(hostile)], pick(hostile), []]),
        token_endpoint_auth_method: spoil("none"),
        scope: "read write",
        ...(random() < 0.2 && { client_id: "chosen", clientId: "chosen", grant_types: [pick(hostile)] }),
      });
      const response = await fetch(`${twofold.url}/oauth/register`, {
        method: "POST",
        headers: { "content-type": "application/json", ...network },
        body,
        signal: AbortSignal.timeout(30_000),
      });
      const { status, headers } = response;
      return { url: "", status, headers, text: await response.text(), location: null, forms: [] };
    }
  }
}

interface StoredGrant {
  scope: string[];
  metadata: { mode: string };
  userId: string;
}

/** The store itself, by the local API of wrangler dev: the truth behind all answers. */
async function store(path: string): Promise<Response> {
  const api = `${twofold.url}/cdn-cgi/local/explorer/api/storage/kv/namespaces`;
  const get = (url: string) => fetch(url, { signal: AbortSignal.timeout(30_000) });
  const { result } = (await (await get(api)).json()) as { result: { id: string }[] };
  return get(`${api}/${result[0]?.id}/${path}`);
}

/** The grant behind a code, as soon as there is one: a later attempt with the wrong verifier ends it. */
async function grantOf(code: string): Promise<StoredGrant | undefined> {
  const [userId, grantId] = code.split(":");
  const answered = await store(`values/${encodeURIComponent(`grant:${userId}:${grantId}`)}`);
  return answered.ok ? ((await answered.json()) as StoredGrant) : undefined;
}

async function countKeys(): Promise<number> {
  let count = 0;
  let cursor: string | undefined = "";
  while (cursor !== undefined) {
    const answered = await store(`keys?limit=1000${cursor === "" ? "" : `&cursor=${cursor}`}`);
    const page = (await answered.json()) as { result: unknown[]; result_info?: { cursor?: string } };
    count += page.result.length;
    cursor = page.result_info?.cursor || undefined;
  }
  return count;
}

test("thousands of hostile requests grant nothing beyond a guest's reading, break nothing, and fill no storage", async () => {
  const place = { url: twofold.url, network: { "cf-connecting-ip": "192.0.2.1" } };
  const good = await signIn(place, "demo", { scope: "read write" });
  const seen: Seen = {
    clients: [good.clientId, await register(place)],
    pages: [{ page: good.page, browser: good.browser }],
    codes: [good.fields.code],
    tokens: [good.tokens.access_token],
  };
  const statuses = new Map<number, number>();
  const broken: string[] = [];
  const leaked: string[] = [];
  const grants: StoredGrant[] = [];
  let next = 0;
  const work = async () => {
    while (next < attacks) {
      const page = await attack((next += 1), seen);
      const code = page.location === null ? null : new URL(page.location).searchParams.get("code");
      const grant = code === null ? undefined : await grantOf(code);
      if (grant !== undefined) grants.push(grant);
      statuses.set(page.status, (statuses.get(page.status) ?? 0) + 1);
      if (page.status >= 500)
        broken.push(
          `${page.status} ${page.url} ${page.text
            .replaceAll(/<style.*?<\/style>|<[^>]*>/gs, " ")
            .replaceAll(/\s+/g, " ")
            .slice(0, 500)}`,
        );
      if (page.location !== null && !page.location.startsWith(`${redirectUri}?`)) leaked.push(page.location);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  console.log(
    `${attacks} attacks: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(", ")}`,
  );
  expect(broken).toEqual([]);
  expect(leaked).toEqual([]);

  // The control: there are grants, of guests, so the requests were near enough to good ones.
  expect(grants.length).toBeGreaterThan(1);
  expect(new Set(grants.flatMap(({ scope }) => scope))).toEqual(new Set(["read"]));
  expect(new Set(grants.map(({ metadata }) => metadata.mode))).toEqual(new Set(["demo"]));
  expect(grants.every(({ userId }) => /^guest-[0-9a-f-]{36}$/.test(userId))).toBe(true);
  const keys = await countKeys();
  console.log(`${grants.length} grants to guests; ${keys} keys stored`);
  // A page is one key, a grant and its token two, a client one; most attacks leave none.
  expect(keys).toBeGreaterThan(1);
  expect(keys).toBeLessThan(attacks / 2);
  expect(upstream.received).toEqual([]);
}, 600_000);
