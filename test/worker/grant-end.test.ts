import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hashPassphrase } from "../../src/auth/passphrase.ts";
import { limits } from "../../src/limits.ts";
import { Browser } from "./browser.ts";
import { JournalClient } from "./journal-client.ts";
import * as flow from "./oauth-flow.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { startUpstream, upstreamDocument } from "./upstream.ts";

const passphrase = "correct horse battery staple";

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: TestTwofold;
beforeAll(async () => {
  upstream = await startUpstream();
  twofold = await startTestTwofold({
    document: upstreamDocument,
    baseUrl: upstream.url,
    main: join(import.meta.dirname, "small-journal.ts"),
    secrets: { OWNER_PASSPHRASE_HASH: await hashPassphrase(passphrase, new Uint8Array(randomBytes(16))) },
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
const signIn = (decision: "demo" | "owner" = "owner") =>
  flow.signIn(place(), decision, { fields: decision === "owner" ? { passphrase } : {} });
type SignedIn = Awaited<ReturnType<typeof signIn>>;
const journalOf = ({ tokens }: SignedIn) => new JournalClient(twofold.url, tokens.access_token);

/** Looks again for as long as a busy machine may need. */
const patient = { timeout: 10_000 };

/** Calls /items/NAME until it is ended, whatever it is told. */
const loop = (name: string) => `/* ${name} */ async () => {
  for (;;) try {
    await api.request({ method: "GET", path: "/items/{id}", params: { id: "${name}" } });
    await new Promise((resolve) => setTimeout(resolve, 50));
  } catch {}
}`;
const sent = (name: string) => upstream.received.filter(({ url }) => url.endsWith(`/${name}`)).length;

/** A program that runs under this grant: its answer, and what its journal says of it, asked under the other one. */
async function running(under: SignedIn, name: string, seenBy: SignedIn) {
  const answer = flow.call(place(), under.tokens.access_token, loop(name));
  await expect.poll(() => sent(name), patient).toBeGreaterThan(1);
  const journal = journalOf(seenBy);
  const [{ id = "" } = {}] = (await journal.list(`?text=${name}`)).runs;
  return { answer, state: () => journal.run(id), stop: () => journal.post(`/runs/${id}/stop`) };
}

/** Every way by which a client or a person ends a grant, or the token it runs under. */
const ways: Record<string, (grant: SignedIn) => Promise<unknown>> = {
  "revoking its refresh token": ({ clientId, tokens }) =>
    flow.exchange(place(), { client_id: clientId, token: tokens.refresh_token ?? "" }),
  "revoking its access token": ({ clientId, tokens }) =>
    flow.exchange(place(), { client_id: clientId, token: tokens.access_token }),
  "sending its code a second time": ({ fields }) => flow.exchange(place(), fields),
  "signing the same client in anew": async ({ clientId }) => {
    const browser = new Browser(network);
    const page = await browser.get(flow.authorizeUrl(place(), clientId, flow.pkce().challenge));
    await browser.press(page, "owner", { passphrase }, []);
  },
};

describe("a grant that ends stops what runs under it, and nothing else", () => {
  test.each(Object.keys(ways))("by %s", async (way) => {
    const [ending, other] = [await signIn(), await signIn()];
    const name = `n${tests}`;
    const stopped = await running(ending, name, other);
    const control = await running(other, `${name}-control`, other);
    await ways[way]?.(ending);
    const { isError, text } = await stopped.answer;
    const before = sent(name);
    expect([isError, text]).toEqual([true, expect.stringContaining("Somebody stopped the run")]);
    const controlled = sent(`${name}-control`);
    await expect.poll(() => sent(`${name}-control`), patient).toBeGreaterThan(controlled + 3);
    expect(sent(name)).toBe(before);
    await expect.poll(async () => (await stopped.state()).ended, patient).not.toBeNull();
    const state = await stopped.state();
    expect(state).toMatchObject({ outcome: "stopped", stopped: expect.any(Number) });
    expect(state.requests.length).toBeGreaterThanOrEqual(before);
    expect((await control.state()).outcome).toBe("running");
    await control.stop();
    await control.answer;
  });

  test("a guest's too, who has nothing but an access token", async () => {
    const guest = await signIn("demo");
    expect(guest.tokens.refresh_token).toBeUndefined();
    const { answer } = await running(guest, "guest", guest);
    await ways["revoking its access token"]?.(guest);
    expect((await answer).text).toContain("Somebody stopped the run");
  });

  test("not by the word of another client", async () => {
    const grant = await signIn();
    const run = await running(grant, "kept", grant);
    const clientId = await flow.register(place());
    for (const token of [grant.tokens.refresh_token ?? "", grant.tokens.access_token])
      await flow.exchange(place(), { client_id: clientId, token });
    const before = sent("kept");
    await expect.poll(() => sent("kept"), patient).toBeGreaterThan(before + 3);
    expect((await run.state()).outcome).toBe("running");
    await run.stop();
    await run.answer;
  });
});

describe("a run that was admitted before its grant ended and begins after", () => {
  const late = `/* journal: late begin */ (await api.request({ method: "GET", path: "/items/{id}", params: { id: "late" } })).status`;

  test("sends nothing", async () => {
    const [grant, other] = [await signIn(), await signIn()];
    const answer = flow.call(place(), grant.tokens.access_token, late);
    // Long enough to be past the check of its token, and less than its beginning takes.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await ways["revoking its refresh token"]?.(grant);
    expect((await answer).text).toContain("The sign-in this program was sent under has ended");
    expect(sent("late")).toBe(0);
    await expect
      .poll(async () => (await journalOf(other).list("?text=late%20begin")).runs, patient)
      .toMatchObject([{ outcome: "refused" }]);
  });

  test("nor does one whose request was slow to arrive, when only its token was revoked", async () => {
    const [grant, other] = [await signIn(), await signIn()];
    const slow = async (ended: SignedIn) => {
      const name = `slow${ended.clientId.slice(-4)}`;
      const request = JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: {
          name: "execute",
          arguments: {
            code: late.replace("journal: late begin", "").replace('"late"', JSON.stringify(name)),
          },
        },
      });
      let send = (_text: string) => {};
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          const encoder = new TextEncoder();
          controller.enqueue(encoder.encode(request.slice(0, 20)));
          send = (text) => {
            controller.enqueue(encoder.encode(text));
            controller.close();
          };
        },
      });
      const answer = fetch(`${twofold.url}/mcp`, {
        method: "POST",
        headers: {
          ...network,
          authorization: `Bearer ${grant.tokens.access_token}`,
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
        },
        body,
        duplex: "half",
        signal: AbortSignal.timeout(30_000),
      } as RequestInit);
      // Past the check of its token.
      await new Promise((resolve) => setTimeout(resolve, 500));
      await ways["revoking its access token"]?.(ended);
      await new Promise((resolve) => setTimeout(resolve, 50));
      send(request.slice(20));
      return { name, text: await (await answer).text() };
    };
    // The control: the token of another grant.
    const control = await slow(other);
    expect(sent(control.name)).toBe(1);
    const { name, text } = await slow(grant);
    expect(text).toContain("The sign-in this program was sent under has ended");
    expect(sent(name)).toBe(0);
  });

  test("and one under a token that came by refreshing, after the last one was revoked, does", async () => {
    const grant = await signIn();
    await ways["revoking its access token"]?.(grant);
    const renewed = await flow.exchange(place(), {
      grant_type: "refresh_token",
      client_id: grant.clientId,
      refresh_token: grant.tokens.refresh_token ?? "",
    });
    const { access_token: token } = JSON.parse(renewed.text) as flow.Tokens;
    expect((await flow.call(place(), token, late)).text).toBe("200");
  });
});

test("an ended grant is remembered as long as a token of it could be good, and no longer", async () => {
  const grant = await signIn("demo");
  const [principal = ""] = grant.tokens.access_token.split(":");
  await ways["revoking its access token"]?.(grant);
  const move = async (milliseconds: number) => {
    const query = new URLSearchParams({ principal, ms: String(milliseconds) });
    return (await (await journalOf(grant).ask(`/test/move?${query}`)).json()) as Record<string, number>;
  };
  const minute = 60_000;
  expect(await move(limits.accessTokenSeconds * 1_000 - minute)).toMatchObject({ runs: 0, ended_grants: 1 });
  expect(await move(2 * minute)).toEqual({});
});

test("of a guest who only looked, or paused, nothing is left when it is gone", async () => {
  const guest = await signIn("demo");
  const [principal = ""] = guest.tokens.access_token.split(":");
  const journal = journalOf(guest);
  const asked = async (path: string) => (await journal.ask(`${path}&principal=${principal}`)).json();
  expect((await journal.list()).runs).toEqual([]);
  expect(Number((await asked("/test/alarm?")) ?? Infinity)).toBeLessThanOrEqual(limits.sweepMs);
  // The control: as long as it may come back, what it paused is paused.
  await journal.post("/pause");
  expect((await journal.list()).paused).toBe(true);
  expect(await asked(`/test/move?ms=${limits.guestSeconds * 1_000 + 1}`)).toEqual({});
});
