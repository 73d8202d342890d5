import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runScript } from "../scripts/run-script.ts";
import { JournalClient } from "./journal-client.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { callTool, post } from "./tool-call.ts";

/** Answers what a test says it should, and remembers when it was asked what. */
let upstream: Server;
let base: string;
let received: { at: number; what: string; agent: string }[] = [];
let onWrite: () => Promise<unknown>;
const news: { body: string; signature: string }[] = [];

let twofold: TestTwofold;
let tokens: TestTwofold;
let journal: JournalClient;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    const { method = "", url = "" } = request;
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", async () => {
      if (url === "/news") {
        news.push({ body, signature: String(request.headers["x-twofold-signature"]) });
        response.end();
        return;
      }
      received.push({
        at: performance.now(),
        what: `${method} ${url}`,
        agent: String(request.headers["user-agent"]),
      });
      if (method === "POST") await onWrite();
      if (url.startsWith("/slow")) await new Promise((resolve) => setTimeout(resolve, 5_000).unref());
      response.writeHead(method === "POST" ? 201 : 200, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ id: url, who: [...(request.headers.authorization ?? "")].toReversed().join("") }),
      );
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  [twofold, tokens] = await Promise.all([
    startTestTwofold({
      document,
      baseUrl: base,
      secrets: { RUNS_WEBHOOK_SECRET: "shared" },
      vars: { RUNS_WEBHOOK: `${base}/news` },
    }),
    startTestTwofold({
      document,
      baseUrl: base,
      auth: { type: "bearer" },
      signIn: { probe: "GET /me", account: "/who", tokenPattern: "key_[a-z]+" },
      secrets: { API_TOKEN: "canary-of-the-deployment" },
      vars: { ALLOW_API_TOKEN: "1" },
    }),
  ]);
  journal = new JournalClient(twofold.url);
});
afterAll(async () => {
  await Promise.all([twofold?.stop(), tokens?.stop()]);
  upstream?.closeAllConnections();
  upstream?.close();
});
beforeEach(() => {
  received = [];
  onWrite = async () => {};
});

const operation = (operationId: string) => ({
  operationId,
  responses: { default: { description: "anything" } },
});
const parameters = [
  { name: "id", in: "path", required: true, schema: { type: "string" } },
  { name: "q", in: "query", schema: { type: "string" } },
];
const document = {
  openapi: "3.1.0",
  info: { title: "Journalled", version: "1" },
  paths: {
    "/me": { get: operation("me") },
    "/items": { post: { ...operation("makeItem"), requestBody: { content: { "application/json": {} } } } },
    "/items/{id}": { parameters, get: operation("getItem"), delete: operation("deleteItem") },
    "/slow/{id}": { parameters, get: operation("slow"), delete: operation("slowDelete") },
  },
};

const ended = async (id: string) => {
  await expect.poll(async () => (await journal.run(id)).ended, patient).not.toBeNull();
};

/** Looks again for as long as a busy machine may need. */
const patient = { timeout: 10_000 };

describe("a run can be looked at afterwards", () => {
  const code = `async () => {
    console.log("looking");
    await api.request({ method: "GET", path: "/items/{id}", params: { id: 7 }, query: { q: "é" } });
    await api.request({ operation: "makeItem", body: { name: "body-canary" } });
    return { done: true };
  }`;

  test("with its program, its calls in order, what they were answered, its logs and its result", async () => {
    const { id } = await journal.execute(code);
    await ended(id);
    const run = await journal.run(id);
    expect(run).toMatchObject({
      tool: "execute",
      outcome: "ok",
      program: code,
      calls: 2,
      writes: 1,
      logs: ["looking"],
    });
    expect(run.result).toEqual({ format: "json", shown: '{"done":true}', whole: true, readable: true });
    expect(run.requests).toMatchObject([
      {
        sequence: 1,
        operation: "getItem",
        method: "GET",
        template: "/items/{id}",
        path: "/items/7?q=%C3%A9",
        effect: "read",
        status: 200,
        attempts: 1,
        state: "done",
      },
      {
        sequence: 2,
        operation: "makeItem",
        method: "POST",
        path: "/items",
        effect: "write",
        status: 201,
        state: "done",
      },
    ]);
    expect(JSON.stringify(run.requests)).not.toContain("body-canary");
    expect(received.map(({ agent }) => agent)).toEqual(Array(2).fill(`Twofold/0.1 (+run ${id})`));
  });

  test("however it ended, and searches too", async () => {
    const thrown = await journal.execute(`throw new Error("on purpose")`);
    await ended(thrown.id);
    expect(await journal.run(thrown.id)).toMatchObject({
      outcome: "program-error",
      message: "Error: on purpose",
    });
    await callTool(twofold.url, "search", { code: "/* needle-1 */ spec.info.title" });
    await callTool(twofold.url, "search", { code: "fetch('needle-1')" });
    await expect
      .poll(async () => (await journal.list("?text=needle-1")).runs, patient)
      .toMatchObject([
        { tool: "search", outcome: "refused" },
        { tool: "search", outcome: "ok" },
      ]);
  });

  test("and found by outcome, operation and text, page by page", async () => {
    const of = async (query: string) => (await journal.list(query)).runs.map(({ id }) => id);
    const first = await journal.execute("/* needle-2 */ fetch('x')");
    const second = await journal.execute(
      "/* needle-2 */ await api.request({ operation: 'deleteItem', params: { id: 2 } }); 1",
    );
    const third = await journal.execute(
      "/* needle-2 */ await api.request({ operation: 'deleteItem', params: { id: 3 } }); null.x",
    );
    await ended(third.id);
    expect(first.id).toBe("");
    expect(await of("?text=NEEDLE-2&operation=deleteItem")).toEqual([third.id, second.id]);
    expect(await of(`?text=needle-2&operation=${encodeURIComponent("DELETE /items/{id}")}`)).toEqual([
      third.id,
      second.id,
    ]);
    expect(await of("?text=needle-2&outcome=program-error")).toEqual([third.id]);
    expect((await journal.list("?text=needle-2&outcome=refused")).runs).toHaveLength(1);
    const page = await journal.list("?text=needle-2&count=1");
    expect(page.runs.map(({ id }) => id)).toEqual([third.id]);
    expect(await of(`?text=needle-2&count=1&next=${page.next}`)).toEqual([second.id]);
  });

  test.each([
    ["?outcome=good", /outcome takes ok, /],
    ["?count=0", /from 1 to 200/],
    ["?next=x", /next takes/],
    ["?live=x", /live takes/],
  ])("a query that means nothing, %s, is refused in words", async (query, words) => {
    const response = await journal.ask(`/runs${query}`);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toMatch(words);
  });

  test("and exported whole, a run a line", async () => {
    const response = await journal.ask("/runs.ndjson?count=2");
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await response.text()).trimEnd().split("\n");
    const runs = lines.map((line) => JSON.parse(line) as { id: string; program: string; requests: object[] });
    expect(runs.length).toBeGreaterThan(5);
    expect(new Set(runs.map(({ id }) => id)).size).toBe(runs.length);
    expect(runs.filter(({ requests }) => requests.length > 0).length).toBeGreaterThan(1);
  });
});

describe("a call that writes", () => {
  test("is in the journal, in flight, before the API sees it", async () => {
    let seen: unknown;
    onWrite = async () => {
      const [{ id = "" } = {}] = (await journal.list("?outcome=running")).runs;
      seen = (await journal.run(id)).requests;
    };
    const { isError } = await journal.execute(`await api.request({ operation: "makeItem", body: {} })`);
    expect(isError).toBe(false);
    expect(seen).toMatchObject([{ sequence: 1, operation: "makeItem", state: "in flight", status: null }]);
  });

  test("that was not awaited stays in flight, and is said to have perhaps been carried out", async () => {
    const { id } = await journal.execute(
      `void api.request({ operation: "slowDelete", params: { id: 1 } }); await api.request({ operation: "makeItem", body: {} }); 1`,
    );
    await ended(id);
    const [row] = (await journal.run(id)).requests;
    expect(row).toMatchObject({
      operation: "slowDelete",
      status: null,
      note: expect.stringContaining("may have been carried out"),
    });
  });
});

describe("a result can be read again", () => {
  const again = async (id: string, rest = "") =>
    journal.execute(`const value = await results.get(${JSON.stringify(id)}); ${rest || "value"}`);

  test("whole, by a later program, when it was too large to be shown", async () => {
    const rows = `Array.from({ length: 40_000 }, (_, n) => ({ n, text: "é😀".repeat(n % 9), half: "\\ud83d" }))`;
    const first = await journal.execute(`({ rows: ${rows} })`);
    expect(first.notes).toContain(`results.get("${first.id}")`);
    await ended(first.id);
    const second = await again(
      first.id,
      `[value.rows.length, JSON.stringify(value.rows) === JSON.stringify(${rows})]`,
    );
    expect(second.text).toBe("[40000,true]");
    expect(received).toEqual([]);
    const response = await journal.ask(`/runs/${first.id}/result`);
    expect(((await response.json()) as { rows: object[] }).rows).toHaveLength(40_000);
  });

  test.each([
    ["an object shown whole", "({ a: [1, null] })", `({"a":[1,null]})`],
    ["a text", `String('{"a": 1}')`, `'{"a": 1}'`],
    ["a text of nothing", `""`, `""`],
    ["a text too long to be shown", `"é😀".repeat(600_000)`, `"é😀".repeat(600_000)`],
  ])("%s, as what it was", async (_, code, expected) => {
    const { id } = await journal.execute(code);
    await ended(id);
    const { text } = await again(id, `[typeof value, JSON.stringify(value) === JSON.stringify(${expected})]`);
    expect(JSON.parse(text)).toEqual([expected.startsWith("(") ? "object" : "string", true]);
  });

  test("bytes, as bytes", async () => {
    const { id } = await journal.execute("new Uint8Array(700_000).fill(5)");
    await ended(id);
    const { text } = await again(id, "[value instanceof Uint8Array, value.length, value.at(-1)]");
    expect(text).toBe("[true,700000,5]");
    const response = await journal.ask(`/runs/${id}/result`);
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect((await response.arrayBuffer()).byteLength).toBe(700_000);
  });

  test("but not one that is larger than is kept: the answer does not promise it", async () => {
    const { id, notes, isError } = await journal.execute(`"x".repeat(8 * 1024 * 1024)`);
    expect(isError).toBe(false);
    expect(notes).not.toContain("results.get");
    await ended(id);
    expect((await again(id)).text).toContain("too large to be kept whole");
  });

  test("an unknown id, and what is no id, are errors that say what to do", async () => {
    expect((await again("r_0000000000")).text).toContain("There is no result of a run r_0000000000 here");
    expect((await again("../x")).text).toContain("is no run id");
    const { id } = await journal.execute(`throw new Error("x")`);
    await ended(id);
    expect((await again(id)).text).toContain("it ended with program-error");
  });

  test("results has get alone, and a program may have results of its own", async () => {
    expect((await journal.execute("results.push(1)")).text).toContain("write const results = []");
    expect((await journal.execute("const results = [1]; results")).text).toBe("[1]");
  });
});

describe("stopping", () => {
  /** Calls until it is ended, whatever it is told. The pause keeps it from its share of calls for as long as a test may take. */
  const loop = (path: string) => `async () => {
    for (;;) try {
      await api.request({ method: "GET", path: ${JSON.stringify(path)}, params: { id: 1 } });
      await new Promise((resolve) => setTimeout(resolve, 30));
    } catch {}
  }`;
  const running = async () => {
    await expect
      .poll(async () => (await journal.list("?outcome=running")).runs.length, patient)
      .toBeGreaterThan(0);
    await expect.poll(() => received.length, patient).toBeGreaterThan(0);
    return (await journal.list("?outcome=running")).runs.map(({ id }) => id);
  };

  test("ends a run in the middle: nothing more is sent, and the answer has the ledger", async () => {
    const answer = journal.execute(loop("/items/{id}"));
    const [id = ""] = await running();
    const response = await journal.post(`/runs/${id}/stop`);
    expect([response.status, await response.json()]).toEqual([200, { id, stopped: true }]);
    const { isError, text, notes } = await answer;
    const sent = received.length;
    expect(isError).toBe(true);
    expect(text).toContain("Somebody stopped the run");
    expect(notes).toContain("GET /items/{id} → 200");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(received.length).toBe(sent);
    expect(await journal.run(id)).toMatchObject({ outcome: "stopped", stopped: expect.any(Number) });
    expect(await (await journal.post(`/runs/${id}/stop`)).json()).toEqual({ id, stopped: false });
  });

  test("aborts what is in flight at once", async () => {
    const begun = performance.now();
    const answer = journal.execute(`await api.request({ operation: "slowDelete", params: { id: 1 } })`);
    const [id = ""] = await running();
    await journal.post(`/runs/${id}/stop`);
    await answer;
    expect(performance.now() - begun).toBeLessThan(4_000);
    await ended(id);
    expect((await journal.run(id)).requests).toMatchObject([
      { operation: "slowDelete", status: null, note: expect.stringContaining("may have been carried out") },
    ]);
  });

  test("pausing ends all that runs and lets nothing begin until it is resumed", async () => {
    const answers = [journal.execute(loop("/items/{id}")), journal.execute(loop("/slow/{id}"))];
    await expect.poll(async () => (await running()).length, patient).toBe(2);
    expect(await (await journal.post("/pause")).json()).toEqual({ paused: true, stopped: 2 });
    for (const { text } of await Promise.all(answers)) expect(text).toContain("Somebody stopped the run");
    received = [];
    const refused = await journal.execute(`await api.request({ operation: "makeItem", body: {} })`);
    expect(refused.isError).toBe(true);
    expect(refused.text).toContain("Somebody has paused running programs");
    expect(received).toEqual([]);
    expect((await journal.list()).paused).toBe(true);
    expect(await (await journal.post("/resume")).json()).toEqual({ paused: false });
    expect(
      (await journal.execute(`(await api.request({ operation: "makeItem", body: {} })).status`)).text,
    ).toBe("201");
  });

  test("a client that goes away ends its run, and the journal says so", async () => {
    const gone = new AbortController();
    const params = { name: "execute", arguments: { code: `/* needle-3 */ ${loop("/items/{id}")}` } };
    const sent = fetch(`${twofold.url}/mcp`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
      signal: gone.signal,
    })
      .then((response) => response.text())
      .catch(() => "gone");
    await running();
    gone.abort();
    expect(await sent).toBe("gone");
    const outcome = async () => (await journal.list("?text=needle-3")).runs[0]?.outcome;
    await expect.poll(outcome, patient).toBe("cancelled");
  });

  test("a list waits for something new when it is asked to", async () => {
    const { version } = await journal.list("?live=1");
    const waiting = journal.list(`?live=${version}`);
    expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 300, "waits"))])).toBe(
      "waits",
    );
    const { id } = await journal.execute("1");
    const now = await waiting;
    expect(now.version).not.toBe(version);
    expect(now.runs[0]?.id).toBe(id);
  });
});

describe("nobody else", () => {
  test("a page of another site can neither read, stop nor pause", async () => {
    const { id } = await journal.execute("1");
    const evil = { origin: "https://evil.example" };
    expect((await journal.ask(`/runs/${id}`, { headers: evil })).status).toBe(403);
    expect(
      (
        await journal.ask("/pause", {
          method: "POST",
          headers: { ...evil, "content-type": "application/json" },
          body: "{}",
        })
      ).status,
    ).toBe(403);
    // What a form can send without being asked first.
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
      expect(
        (await journal.ask("/pause", { method: "POST", headers: { "content-type": type }, body: "{}" }))
          .status,
      ).toBe(415);
    expect((await post(`${twofold.url}/pause`, "{}", { host: "evil.example" })).status).toBe(403);
    expect((await journal.list()).paused).toBe(false);
    const answered = await journal.ask(`/runs/${id}`);
    expect(answered.headers.get("access-control-allow-origin")).toBeNull();
    expect(answered.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await journal.ask("/pause")).status).toBe(405);
  });

  test("nobody without a token reads anything", async () => {
    for (const path of ["/runs", "/runs.ndjson", "/runs/r_0000000000", "/runs/r_0000000000/result"])
      expect((await new JournalClient(tokens.url).ask(path)).status).toBe(401);
    for (const path of ["/pause", "/resume", "/runs/r_0000000000/stop"])
      expect((await new JournalClient(tokens.url).post(path)).status).toBe(401);
  });

  test("one principal sees nothing of another's runs and results, by any id and any way", async () => {
    const [ann, bob] = [
      new JournalClient(tokens.url, "key_annabel"),
      new JournalClient(tokens.url, "key_robert"),
    ];
    const { id } = await ann.execute(`({ secret: "ann-canary", list: Array(60_000).fill(1) })`);
    await expect.poll(async () => (await ann.run(id)).ended, patient).not.toBeNull();
    // The control: she herself can.
    expect((await ann.execute(`(await results.get("${id}")).secret`)).text).toBe("ann-canary");
    const theft = await bob.execute(`await results.get("${id}")`);
    expect(theft.isError).toBe(true);
    const never = await bob.execute(`await results.get("r_0000000000")`);
    expect(theft.text.replaceAll(id, "ID")).toBe(never.text.replaceAll("r_0000000000", "ID"));
    for (const path of [`/runs/${id}`, `/runs/${id}/result`]) {
      const [his, none] = await Promise.all([bob.ask(path), bob.ask(path.replace(id, "r_0000000000"))]);
      expect([his.status, (await his.text()).replaceAll(id, "ID")]).toEqual([
        404,
        (await none.text()).replaceAll("r_0000000000", "ID"),
      ]);
    }
    expect((await bob.post(`/runs/${id}/stop`)).status).toBe(404);
    expect(JSON.stringify(await bob.list("?text=canary"))).not.toContain(id);
    expect(await (await bob.ask("/runs.ndjson")).text()).not.toContain("ann-canary");
    await bob.post("/pause");
    expect((await ann.execute("1")).text).toBe("1");
  });

  test("and no credential is in any of it", async () => {
    const client = new JournalClient(tokens.url, "key_cara");
    await client.execute(
      `await api.request({ operation: "getItem", params: { id: "key_cara" }, query: { q: "key_cara" } })`,
    );
    await expect.poll(async () => (await client.list("?outcome=ok")).runs.length, patient).toBe(1);
    const [{ id = "" } = {}] = (await client.list()).runs;
    const { requests, result } = await client.run(id);
    // The path would have it: the program put it there.
    expect(JSON.stringify({ requests, result })).toContain("[redacted]");
    expect(JSON.stringify({ requests, result })).not.toContain("key_cara");
    expect(tokens.output()).not.toMatch(/key_cara|key_annabel|key_robert|canary/);
  });
});

describe("the operator", () => {
  const logged = (id: string) =>
    twofold
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{") && line.includes(id));

  test("reads one line of JSON for each run, without control characters whatever a client calls itself", async () => {
    const answered = await post(
      `${twofold.url}/mcp`,
      JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: {
          name: "execute",
          arguments: { code: `console.log("\\u001b[2J\\n{\\"run\\":\\"forged\\"}"); 1` },
        },
      }),
      { "user-agent": 'evil\u009b31m\u0085{"run":"forged"}' },
    );
    const id = /run (r_\w+)/.exec(answered.text)?.[1] ?? "none";
    await expect.poll(() => logged(id), patient).toHaveLength(1);
    expect(JSON.parse(logged(id)[0] ?? "")).toMatchObject({
      run: id,
      tool: "execute",
      principal: "local",
      outcome: "ok",
      calls: 0,
    });
    // eslint-disable-next-line no-control-regex
    expect(logged(id)[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(twofold.output()).not.toMatch(/^\{"run":"forged"/m);
  });

  test("has the journal in the shell, by npm run runs", async () => {
    const { id } = await journal.execute("/* needle-4 */ 1");
    await ended(id);
    const all = await runScript("runs.ts", ["--url", twofold.url, "--text", "needle-4"]);
    expect([all.code, all.stderr]).toEqual([0, ""]);
    expect(
      all.stdout
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { id: string }).id),
    ).toEqual([id]);
    const one = await runScript("runs.ts", [id, "--url", twofold.url]);
    expect(JSON.parse(one.stdout)).toMatchObject({ id, outcome: "ok" });
    const none = await runScript("runs.ts", ["stop", "r_0000000000", "--url", twofold.url]);
    expect([none.code, none.stderr]).toEqual([
      1,
      expect.stringContaining("There is no run r_0000000000 here"),
    ]);
    const wrong = await runScript("runs.ts", ["end", id]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("Usage: npm run -s runs")]);
  });

  test("has a webhook told of it, signed", async () => {
    const { id } = await journal.execute("1 + 1");
    await expect.poll(() => news.some(({ body }) => body.includes(id)), patient).toBe(true);
    const { body, signature } = news.find((one) => one.body.includes(id)) ?? { body: "", signature: "" };
    expect(JSON.parse(body)).toMatchObject({ run: id, outcome: "ok", calls: 0, writes: 0 });
    const key = await crypto.subtle.importKey(
      "raw",
      Buffer.from("shared"),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    expect(signature).toBe(
      `sha256=${Buffer.from(await crypto.subtle.sign("HMAC", key, Buffer.from(body))).toString("hex")}`,
    );
  });
});
