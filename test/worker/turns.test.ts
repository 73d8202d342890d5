import { randomBytes } from "node:crypto";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { hashPassphrase } from "../../src/auth/passphrase.ts";
import * as flow from "./oauth-flow.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { callTool } from "./tool-call.ts";

/** As in few-turns-limits.ts, which would change the limits of this process too. */
const all = 3;
const ofOne = 2;

/** Answers a call of /hold/NAME when the test says so: until then its program sleeps. */
const passphrase = "correct horse battery staple";

let upstream: Server;
const held = new Map<string, ServerResponse>();
let local: TestTwofold;
let shared: TestTwofold;
let open: TestTwofold;
beforeAll(async () => {
  upstream = createServer((request, response) => {
    const [, name] = /^\/hold\/(\w+)$/.exec(request.url ?? "") ?? [];
    if (name !== undefined) held.set(name, response);
    // Turned round, since a credential that came back as it is would be taken out.
    else answer(response, { who: [...(request.headers.authorization ?? "")].toReversed().join("") });
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const main = join(import.meta.dirname, "few-turns.ts");
  const passphraseHash = await hashPassphrase(passphrase, new Uint8Array(randomBytes(16)));
  [local, shared, open] = await Promise.all([
    startTestTwofold({ document, baseUrl, main }),
    startTestTwofold({
      document,
      baseUrl,
      main,
      auth: { type: "bearer" },
      signIn: { probe: "GET /me", account: "/who", tokenPattern: "key_[a-z]+" },
      secrets: { API_TOKEN: "canary-of-the-deployment" },
      vars: { ALLOW_API_TOKEN: "1" },
    }),
    startTestTwofold({
      document,
      baseUrl,
      main,
      secrets: { OWNER_PASSPHRASE_HASH: passphraseHash },
      vars: { SIGN_IN: "demo,owner" },
    }),
  ]);
});
afterAll(async () => {
  await Promise.all([local?.stop(), shared?.stop(), open?.stop()]);
  upstream?.closeAllConnections();
  upstream?.close();
});
beforeEach(() => held.clear());
afterEach(() => {
  for (const name of held.keys()) release(name);
});

const operation = (operationId: string) => ({ operationId, responses: { default: { description: "any" } } });
const document = {
  openapi: "3.1.0",
  info: { title: "Holding", version: "1" },
  paths: {
    "/me": { get: operation("me") },
    "/hold/{name}": {
      parameters: [{ name: "name", in: "path", required: true, schema: { type: "string" } }],
      get: operation("hold"),
    },
  },
};

function answer(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}
function release(name: string): void {
  const response = held.get(name);
  if (response?.writableEnded === false) answer(response, { name });
}

/** Looks again for as long as a busy machine may need. */
const patient = { timeout: 10_000 };
async function sleeping(...names: string[]): Promise<void> {
  await expect.poll(() => names.filter((name) => held.has(name)), patient).toEqual(names);
}

/** A program that sleeps until it is released; the answer of the tool. */
function sleeper(twofold: TestTwofold, name: string, token?: string) {
  const code = `(await api.request({ method: "GET", path: "/hold/{name}", params: { name: "${name}" } })).data.name`;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return callTool(twofold.url, "execute", { code }, headers);
}

test("when all turns are taken the next program waits; one that ends lets it begin, and one whose turn does not come is told to come back", async () => {
  const names = Array.from({ length: all }, (_, n) => `sleeps${n}`);
  const answers = names.map((name) => sleeper(local, name));
  await sleeping(...names);
  const refused = await sleeper(local, "refused");
  expect(refused.isError).toBe(true);
  expect(refused.text).toContain(`${all} programs are running already`);
  expect(refused.text).toContain("Nothing was done; send it again in a few seconds");
  expect(held.has("refused")).toBe(false);
  const next = sleeper(local, "next");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(held.has("next")).toBe(false);
  release("sleeps0");
  expect((await answers[0])?.text).toBe("sleeps0");
  await sleeping("next");
  for (const name of [...names, "next"]) release(name);
  expect((await Promise.all([...answers, next])).map(({ text }) => text)).toEqual([...names, "next"]);
});

test("a search needs a turn too", async () => {
  const names = Array.from({ length: all }, (_, n) => `busy${n}`);
  const answers = names.map((name) => sleeper(local, name));
  await sleeping(...names);
  const search = callTool(local.url, "search", { code: "spec.info.title" });
  const early = await Promise.race([search, new Promise((resolve) => setTimeout(resolve, 500, "waits"))]);
  expect(early).toBe("waits");
  for (const name of names) release(name);
  expect((await search).text).toBe("Holding");
  await Promise.all(answers);
});

test("the sleeping programs of one principal leave turns for the others", async () => {
  const names = Array.from({ length: ofOne }, (_, n) => `anns${n}`);
  const answers = names.map((name) => sleeper(shared, name, "key_annabel"));
  await sleeping(...names);
  const more = sleeper(shared, "annsmore", "key_annabel");
  const bobs = sleeper(shared, "bobs", "key_robert");
  await sleeping("bobs");
  expect(held.has("annsmore")).toBe(false);
  const refused = await more;
  expect([refused.isError, refused.text]).toEqual([true, expect.stringContaining(`or ${ofOne} of yours`)]);
  for (const name of [...names, "bobs"]) release(name);
  expect((await bobs).text).toBe("bobs");
  await Promise.all(answers);
});

test("guests, however many they are, leave turns for those who are none", async () => {
  const place = (n: number) => ({ url: open.url, network: { "cf-connecting-ip": `192.0.2.${n}` } });
  const guests = [];
  for (let n = 0; n <= ofOne; n += 1) guests.push((await flow.signIn(place(n), "demo", {})).tokens);
  const owner = (await flow.signIn(place(99), "owner", { fields: { passphrase } })).tokens;
  const names = guests.map((_, n) => `guest${n}`);
  const answers = guests.slice(0, ofOne).map((each, n) => sleeper(open, `guest${n}`, each.access_token));
  await sleeping(...names.slice(0, ofOne));
  const more = sleeper(open, `guest${ofOne}`, guests[ofOne]?.access_token);
  // First in line: were there a turn for it, it would have it.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const owners = sleeper(open, "owners", owner.access_token);
  await sleeping("owners");
  expect(held.has(`guest${ofOne}`)).toBe(false);
  release("guest0");
  // The control: the turn of one guest is the next one's.
  await sleeping(`guest${ofOne}`);
  for (const name of [...names, "owners"]) release(name);
  expect((await Promise.all([...answers, more, owners])).map(({ text }) => text)).toEqual([
    ...names,
    "owners",
  ]);
});
