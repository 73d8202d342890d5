import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runScript } from "../scripts/run-script.ts";
import { JournalClient } from "./journal-client.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { post } from "./tool-call.ts";

/** Looks like a token of the API too: what it must never be tried as. */
const operatorToken = "key_theoperatoroftheserverwhoisnobodyelse";
const mcpToken = "key_theclientsofthisserverwhoareallthesame";

let upstream: Server;
let received: { path: string; authorization: string }[] = [];
let twofold: TestTwofold;
let operator: JournalClient;
beforeAll(async () => {
  upstream = createServer((request, response) => {
    const { url: path = "", headers } = request;
    const authorization = headers.authorization ?? "";
    received.push({ path, authorization });
    response.writeHead(200, { "content-type": "application/json" });
    // Turned round, since a credential that came back as it is would be taken out.
    response.end(JSON.stringify({ who: [...authorization].toReversed().join("") }));
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  twofold = await start({ OPERATOR_TOKEN: operatorToken, MCP_TOKEN: mcpToken });
  operator = new JournalClient(twofold.url, operatorToken);
});
afterAll(async () => {
  await twofold?.stop();
  upstream?.closeAllConnections();
  upstream?.close();
});
beforeEach(() => (received = []));

const operation = (operationId: string) => ({ operationId, responses: { default: { description: "any" } } });
const start = (secrets: Record<string, string>) =>
  startTestTwofold({
    document: {
      openapi: "3.1.0",
      info: { title: "Operated", version: "1" },
      paths: {
        "/me": { get: operation("me") },
        "/items/{id}": {
          parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
          get: operation("getItem"),
        },
      },
    },
    baseUrl: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    main: join(import.meta.dirname, "small-journal.ts"),
    auth: { type: "bearer" },
    signIn: { probe: "GET /me", account: "/who", tokenPattern: "key_[a-z]+" },
    journal: { bodies: "all" },
    secrets: { API_TOKEN: "canary-of-the-deployment", ...secrets },
    vars: { ALLOW_API_TOKEN: "1" },
  });

/** Looks again for as long as a busy machine may need. */
const patient = { timeout: 10_000 };

type Shown = {
  principal: string;
  pausedBy: string[];
  running: { id: string; client: string; excerpt: string }[];
};
/** All of them, from as many pages as there are. */
async function principals(): Promise<{ paused: boolean; principals: Shown[] }> {
  const all: Shown[] = [];
  for (let next = ""; ;) {
    const response = await operator.ask(`/operator/principals?next=${encodeURIComponent(next)}`);
    expect(response.status).toBe(200);
    const page = (await response.json()) as { paused: boolean; principals: Shown[]; next?: string };
    all.push(...page.principals);
    if (page.next === undefined) return { paused: page.paused, principals: all };
    next = page.next;
  }
}

/** Pauses or resumes everybody, page by page; how many were told, and how many runs were stopped. */
async function everybody(what: "pause" | "resume"): Promise<{ told: number; stopped: number }> {
  const sum = { told: 0, stopped: 0 };
  for (let next = ""; ;) {
    const response = await operator.post(`/operator/${what}?next=${encodeURIComponent(next)}`);
    expect(response.status).toBe(200);
    const page = (await response.json()) as { told: number; stopped: number; next?: string };
    sum.told += page.told;
    sum.stopped += page.stopped;
    if (page.next === undefined) return sum;
    next = page.next;
  }
}

/** Calls /items/NAME until it is ended, whatever it is told. */
const loop = (name: string) => `/* ${name} */ async () => {
  for (;;) try {
    await api.request({ method: "GET", path: "/items/{id}", params: { id: "${name}" } });
    await new Promise((resolve) => setTimeout(resolve, 50));
  } catch {}
}`;
/** One call: what is paused is told before it leaves. */
const once = `(await api.request({ method: "GET", path: "/items/{id}", params: { id: "once" } })).status`;
const sent = (name: string) => received.filter(({ path }) => path.endsWith(`/${name}`)).length;

/** Who has this token, and a program of theirs that runs. */
async function running(token: string, name: string) {
  const client = new JournalClient(twofold.url, token);
  const answer = client.execute(loop(name));
  await expect.poll(() => sent(name), patient).toBeGreaterThan(1);
  const shown = (await principals()).principals.find(({ running: runs }) =>
    runs.some(({ excerpt }) => excerpt.includes(`/* ${name} */`)),
  );
  const [run] = shown?.running ?? [];
  const principal = shown?.principal ?? "nobody";
  return { client, answer, principal, id: run?.id ?? "none", at: `/operator/principals/${principal}` };
}
const json = async (response: Promise<Response>) => {
  const answered = await response;
  return [answered.status, (await answered.json()) as unknown];
};

describe("the operator sees who runs what, and ends it", () => {
  test("a run of somebody else, in the middle; another principal's goes on", async () => {
    const [ann, bob] = [await running("key_annabel", "ann1"), await running("key_robert", "bob1")];
    expect(ann.principal).toMatch(/^own-/);
    expect(ann.principal).not.toBe(bob.principal);
    expect(await json(operator.post(`${ann.at}/runs/${ann.id}/stop`))).toEqual([
      200,
      { id: ann.id, stopped: true },
    ]);
    expect((await ann.answer).text).toContain("Somebody stopped the run");
    const [anns, bobs] = [sent("ann1"), sent("bob1")];
    await expect.poll(() => sent("bob1"), patient).toBeGreaterThan(bobs + 3);
    expect(sent("ann1")).toBe(anns);
    await expect.poll(async () => (await ann.client.run(ann.id)).outcome, patient).toBe("stopped");
    // Under another's name there is no such run.
    expect((await operator.post(`${ann.at}/runs/${bob.id}/stop`)).status).toBe(404);
    await bob.client.post(`/runs/${bob.id}/stop`);
    await bob.answer;
  });

  test("all of one principal, who cannot resume it, until the operator does", async () => {
    const [ann, bob] = [await running("key_annabel", "ann2"), await running("key_robert", "bob2")];
    expect(await json(operator.post(`${ann.at}/pause`))).toEqual([200, { paused: true, stopped: 1 }]);
    expect((await ann.answer).text).toContain("Somebody stopped the run");
    expect(await json(ann.client.post("/resume"))).toEqual([200, { paused: true, pausedBy: ["operator"] }]);
    const before = sent("ann2");
    expect((await ann.client.execute(loop("ann2"))).text).toContain("Somebody has paused running programs");
    expect(sent("ann2")).toBe(before);
    const bobs = sent("bob2");
    await expect.poll(() => sent("bob2"), patient).toBeGreaterThan(bobs + 3);
    expect(await json(operator.post(`${ann.at}/resume`))).toEqual([200, { paused: false }]);
    expect((await ann.client.execute(once)).text).toBe("200");
    await bob.client.post(`/runs/${bob.id}/stop`);
    await bob.answer;
  });

  test("but a pause of one's own is not the operator's to end", async () => {
    const ann = await running("key_annabel", "ann3");
    await ann.client.post("/pause");
    await ann.answer;
    expect(await json(operator.post(`${ann.at}/resume`))).toEqual([
      200,
      { paused: true, pausedBy: ["self"] },
    ]);
    expect(await json(ann.client.post("/resume"))).toEqual([200, { paused: false }]);
  });

  describe("everybody", () => {
    afterEach(async () => {
      await everybody("resume");
    });

    test("those who run, those who wait and those who come for the first time, until they are resumed", async () => {
      const [ann, bob] = [await running("key_annabel", "ann4"), await running("key_robert", "bob4")];
      await bob.client.post("/pause");
      await bob.answer;
      // A third one, so that there is more than a page of them.
      await new JournalClient(twofold.url, "key_thirdone").execute(once);
      const { principals: all } = await principals();
      expect(all.length).toBeGreaterThan(2);
      expect(await everybody("pause")).toEqual({ told: all.length, stopped: 1 });
      expect((await ann.answer).text).toContain("Somebody stopped the run");
      const before = received.length;
      for (const token of ["key_annabel", "key_robert", "key_newcomer", mcpToken]) {
        const { text } = await new JournalClient(twofold.url, token).execute(loop("none"));
        expect(text).toContain("Somebody has paused running programs");
      }
      expect(received.slice(before).filter(({ path }) => path !== "/me")).toEqual([]);
      expect((await principals()).paused).toBe(true);
      await everybody("resume");
      for (const token of ["key_annabel", "key_newcomer", mcpToken])
        expect((await new JournalClient(twofold.url, token).execute(once)).text).toBe("200");
      // He paused himself.
      expect((await bob.client.execute(once)).isError).toBe(true);
      await bob.client.post("/resume");
    });

    test("by npm run runs, page by page", async () => {
      const shell = (...args: string[]) =>
        runScript("runs.ts", [...args, "--url", twofold.url, "--token", operatorToken]);
      const ann = await running("key_annabel", "ann5");
      const listed = await shell("principals");
      expect([listed.code, listed.stderr]).toEqual([0, ""]);
      const lines = listed.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Shown);
      expect(lines.find(({ principal }) => principal === ann.principal)?.running).toMatchObject([
        { id: ann.id },
      ]);
      const runs = await shell("--principal", ann.principal, "--text", "ann5");
      expect(JSON.parse(runs.stdout)).toMatchObject({ id: ann.id, outcome: "running" });
      const paused = await shell("pause", "--everybody");
      expect([paused.code, paused.stderr]).toEqual([0, ""]);
      expect((await ann.answer).text).toContain("Somebody stopped the run");
      expect((await principals()).principals.filter(({ pausedBy }) => pausedBy.length === 0)).toEqual([]);
      expect((await shell("resume", "--everybody")).code).toBe(0);
      expect((await principals()).principals.filter(({ pausedBy }) => pausedBy.length > 0)).toEqual([]);
      expect((await shell("stop", ann.id, "--principal", ann.principal)).stdout).toContain(
        '"stopped": false',
      );
      expect((await shell("stop", ann.id, "--principal", "nobody")).stderr).toContain(
        'Nobody of the name "nobody" has run anything here',
      );
      expect((await shell("stop", ann.id, "--everybody")).code).toBe(2);
    });
  });
});

test("the operator reads programs and calls, and neither results, nor logs, nor what the API answered", async () => {
  const ann = new JournalClient(twofold.url, "key_annabel");
  const { id } = await ann.execute(
    `/* needle */ await api.request({ method: "GET", path: "/items/{id}", params: { id: 7 } }); console.log("log" + "-canary"); ({ a: "result" + "-canary" })`,
  );
  await expect.poll(async () => (await ann.run(id)).ended, patient).not.toBeNull();
  const all = (await principals()).principals.map(({ principal }) => `/operator/principals/${principal}`);
  const found = await Promise.all(all.map(async (at) => (await operator.ask(`${at}/runs/${id}`)).status));
  expect(found.filter((status) => status === 200)).toHaveLength(1);
  const at = all[found.indexOf(200)] ?? "";
  const run = await (await operator.ask(`${at}/runs/${id}`)).text();
  expect(JSON.parse(run)).toMatchObject({ outcome: "ok", requests: [{ path: "/items/7", status: 200 }] });
  const exported = await (await operator.ask(`${at}/runs.ndjson?text=needle`)).text();
  expect(JSON.parse(exported)).toMatchObject({ id });
  const list = await (await operator.ask(`${at}/runs?text=needle`)).text();
  for (const text of [run, exported, list]) expect(text).not.toMatch(/result-canary|log-canary|"who/);
  expect((await operator.ask(`${at}/runs/${id}/result`)).status).toBe(403);
  // The control: who ran it can.
  expect(JSON.stringify(await ann.run(id))).toMatch(/log-canary.*result-canary.*responseBody.*who/);
});

test("nor does the operator read or find what a program that failed says of it", async () => {
  const ann = new JournalClient(twofold.url, "key_annabel");
  const { id } = await ann.execute(`/* thrower */ throw new Error("answer" + "-canary")`);
  await expect.poll(async () => (await ann.run(id)).ended, patient).not.toBeNull();
  const { principals: all } = await principals();
  const of = async (query: string) =>
    Promise.all(
      all.flatMap(({ principal }) =>
        [`/runs?${query}`, `/runs.ndjson?${query}`, `/runs/${id}`].map(async (path) =>
          (await operator.ask(`/operator/principals/${encodeURIComponent(principal)}${path}`)).text(),
        ),
      ),
    );
  expect((await of("text=thrower")).join("\n")).not.toContain("answer-canary");
  // The control: the run is there to be found, by what the operator may see.
  expect((await of("text=thrower")).filter((text) => text.includes(`"id":"${id}"`))).toHaveLength(3);
  expect((await of("text=answer-canary")).filter((text) => text.includes(`"id":"${id}"`))).toHaveLength(1);
  expect((await ann.run(id)).message).toContain("answer-canary");
  expect((await ann.list("?text=answer-canary")).runs).toHaveLength(1);
});

describe("nobody but the operator", () => {
  const routes = [
    ["GET", "/operator/principals"],
    ["GET", "/operator/principals/token/runs"],
    ["POST", "/operator/principals/token/pause"],
    ["POST", "/operator/pause"],
    ["POST", "/operator/resume"],
    ["GET", "/operator/"],
  ] as const;
  const asked = async (client: JournalClient) => {
    const statuses = await Promise.all(
      routes.map(async ([method, path]) =>
        method === "GET" ? (await client.ask(path)).status : (await client.post(path)).status,
      ),
    );
    return [...new Set(statuses)];
  };

  test.each([
    ["no token", undefined],
    ["a principal's token", "key_annabel"],
    ["the clients' token", mcpToken],
    ["the operator's with a letter less", operatorToken.slice(0, -1)],
    ["the operator's with a letter more", `${operatorToken}x`],
  ])("with %s", async (_, token) => {
    expect(await asked(new JournalClient(twofold.url, token))).toEqual([401]);
    expect((await principals()).paused).toBe(false);
  });

  test("from another host or origin", async () => {
    const headers = { authorization: `Bearer ${operatorToken}` };
    for (const [method, path] of routes) {
      const foreign = { ...headers, origin: "https://evil.example" };
      expect((await fetch(twofold.url + path, { method, headers: foreign })).status).toBe(403);
    }
    const evil = await post(`${twofold.url}/operator/pause`, "{}", { ...headers, host: "evil.example" });
    expect(evil.status).toBe(403);
    const form = { ...headers, "content-type": "application/x-www-form-urlencoded" };
    expect((await post(`${twofold.url}/operator/pause`, "", form)).status).toBe(415);
    expect((await principals()).paused).toBe(false);
  });

  test("and the operator's token opens nothing else, and is never tried at the API", async () => {
    for (const path of ["/mcp", "/", "/runs", "/pause"]) {
      const answered = await post(twofold.url + path, "{}", { authorization: `Bearer ${operatorToken}` });
      expect(answered.status).toBe(401);
    }
    expect(received).toEqual([]);
    // The control: a token of that shape is tried.
    await post(`${twofold.url}/mcp`, "{}", { authorization: "Bearer key_whoeveritis" });
    expect(received.map(({ authorization }) => authorization)).toEqual(["Bearer key_whoeveritis"]);
    expect(twofold.output()).not.toContain(operatorToken);
  });
});

test("a principal whose journal is over is forgotten, and is there again with the next run; one that is paused stays", async () => {
  const names = async () => (await principals()).principals.map(({ principal }) => principal);
  /** A client, and the name it is known by when it has run something. */
  const known = async (token: string) => {
    const before = await names();
    const client = new JournalClient(twofold.url, token);
    await client.execute(once);
    const principal = (await names()).find((name) => !before.includes(name)) ?? "nobody";
    return { client, principal };
  };
  const [gone, paused] = [await known("key_forgotten"), await known("key_keptbyapause")];
  await operator.post(`/operator/principals/${paused.principal}/pause`);
  const month = 31 * 24 * 60 * 60 * 1_000;
  for (const { principal } of [gone, paused])
    await operator.ask(`/test/move?ms=${month}&principal=${encodeURIComponent(principal)}`);
  expect(await names()).toContain(paused.principal);
  expect(await names()).not.toContain(gone.principal);
  expect((await gone.client.execute(once)).text).toBe("200");
  expect(await names()).toContain(gone.principal);
  expect((await paused.client.execute(once)).text).toContain("Somebody has paused running programs");
});
