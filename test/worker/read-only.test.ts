import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { callTool, run } from "./tool-call.ts";
import { startUpstream } from "./upstream.ts";

const operation = (operationId: string, extra: object = {}) => ({
  operationId,
  summary: `The operation ${operationId}`,
  responses: { default: { description: "anything" } },
  ...extra,
});
const id = { parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }] };
const body = {
  requestBody: { content: { "application/json": {}, "application/x-www-form-urlencoded": {} } },
};
const methods = ["get", "head", "options", "post", "put", "patch", "delete"];
const document = {
  openapi: "3.1.0",
  info: { title: "Things", version: "1" },
  paths: {
    "/things": Object.fromEntries(methods.map((method) => [method, operation(`${method}Things`, body)])),
    "/things/search": { post: operation("searchThings", { tags: ["search"], ...body }) },
    "/jobs/run": { get: operation("runJob") },
    "/jobs/{id}": { get: operation("getJob", id) },
    "/secrets/{id}": { get: operation("getSecret", id) },
    "/login": {
      post: operation("logIn", {
        ...body,
        responses: {
          200: {
            description: "ok",
            content: {
              "application/json": {
                schema: {
                  properties: { user: { type: "string" }, password: { type: "string", format: "password" } },
                },
              },
            },
          },
        },
      }),
    },
  },
};
const policy = {
  reads: ["tag:search", "logIn"],
  writes: ["GET /jobs/run"],
  deny: [{ operations: "* /secrets/**", reason: "Ask the security team" }],
  redact: ["owner.email"],
};

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: TestTwofold;
let writing: TestTwofold;
beforeAll(async () => {
  upstream = await startUpstream();
  const options = { document, baseUrl: upstream.url, policy };
  [twofold, writing] = await Promise.all([
    startTestTwofold({ ...options, vars: { READ_ONLY: "1" } }),
    startTestTwofold(options),
  ]);
});
afterAll(async () => {
  await Promise.all([twofold?.stop(), writing?.stop()]);
  await upstream?.stop();
});
beforeEach(() => {
  upstream.received.length = 0;
});

/** The status of a call, or why there is none. */
async function attempt(server: TestTwofold, call: string): Promise<unknown> {
  const code = `async () => { const call = ${call}; try { return [(await api.request(call)).status]; } catch (error) { return [error.kind + ": " + error.message]; } }`;
  const [told] = (await run(server.url, "execute", code)) as [unknown];
  return told;
}

describe("read-only", () => {
  test("nothing but reading operations leaves, however they are asked for", async () => {
    const calls = [
      ...methods.flatMap((method) =>
        [method, method.toUpperCase(), ` ${method}`, `${method}\\0`, `${method}\\r\\n`].map(
          (text) => `{ method: "${text}", path: "/things" }`,
        ),
      ),
      ...methods.map((method) => `{ operation: "${method}Things" }`),
      `{ method: "GET", path: "/things", headers: { "x-http-method-override": "DELETE" } }`,
      `{ method: "GET", path: "/things", query: { _method: "DELETE" }, validate: false }`,
      `{ method: "POST", path: "/things/search", query: { _method: "DELETE" }, validate: false }`,
      `{ method: "POST", path: "/things/search", body: new URLSearchParams({ _method: "DELETE" }) }`,
      `{ method: "POST", path: "/things/search", body: new TextEncoder().encode("_method=DELETE"), headers: { "content-type": "application/x-www-form-urlencoded" }, validate: false }`,
      `{ method: "POST", path: "/things/search", body: { q: "x" } }`,
      `{ method: "GET", path: "/jobs/run" }`,
      `{ method: "GET", path: "/jobs/{id}", params: { id: "run" } }`,
      `{ method: "GET", path: "/jobs/{id}", params: { id: "RUN" } }`,
      `{ method: "GET", path: "/jobs/RUN" }`,
      `{ method: "GET", path: "/jobs/{id}", params: { id: "7" } }`,
      `{ method: "POST", path: "/things", validate: false }`,
    ];
    const answers = (await run(
      twofold.url,
      "execute",
      `async () => {
        const calls = [${calls.join(",\n")}];
        const made = await Promise.allSettled(calls.map((call) => api.request(call)));
        return made.map(({ value, reason }) => value?.status ?? reason.kind);
      }`,
    )) as unknown[];
    expect(answers).toHaveLength(calls.length);
    const sent = upstream.received.map(({ method, url }) => `${method} ${url}`);
    expect([...new Set(sent)].toSorted()).toEqual([
      "GET /jobs/7",
      "GET /things",
      "GET /things?_method=DELETE",
      "HEAD /things",
      "OPTIONS /things",
      "POST /things/search",
    ]);
    expect(sent.filter((each) => each === "POST /things/search")).toHaveLength(1);
    expect(answers.filter((kind) => kind === "policy").length).toBeGreaterThan(10);
  });

  test("the refusal names the operation, why it counts as writing, and what would allow it", async () => {
    expect(await attempt(twofold, `{ method: "DELETE", path: "/things" }`)).toBe(
      "policy: DELETE /things (deleteThings) deletes (its method is DELETE), and this deployment only reads. Nothing was sent. If it only reads, whoever runs this deployment can list it under policy.reads in the API's api.jsonc; to let programs write, they unset READ_ONLY.",
    );
    expect(await attempt(twofold, `{ method: "GET", path: "/jobs/{id}", params: { id: "run" } }`)).toContain(
      "its URL is that of the other",
    );
  });

  test("without READ_ONLY the same calls leave (the control)", async () => {
    expect(await attempt(writing, `{ method: "DELETE", path: "/things" }`)).toBe(200);
    expect(await attempt(writing, `{ method: "GET", path: "/jobs/run" }`)).toBe(200);
    expect(upstream.received.map(({ method }) => method)).toEqual(["DELETE", "GET"]);
  });
});

describe("policy", () => {
  test("denies for everybody, with its reason, and find and describe say so", async () => {
    expect(await attempt(writing, `{ method: "GET", path: "/secrets/{id}", params: { id: "7" } }`)).toMatch(
      /^policy: GET \/secrets\/\{id\} \(getSecret\) is denied by this deployment's policy, for everybody: .*Ask the security team\./,
    );
    expect(upstream.received).toEqual([]);
    const shown = (await run(
      writing.url,
      "search",
      `() => [find("getSecret")[0], describe("getSecret"), find("searchThings")[0].reads, find("runJob")[0].reads]`,
    )) as [{ denied: string }, string, boolean, boolean];
    expect(shown[0].denied).toContain("Ask the security team");
    expect(shown[1]).toContain("// Denied, nobody can call it here: ");
    expect(shown.slice(2)).toEqual([true, false]);
  });

  test("hides fields by the schema and by name, and refuses the marker on its way back", async () => {
    const made = await run(
      writing.url,
      "execute",
      `async () => (await api.request({ method: "POST", path: "/login", body: { user: "u", password: "p", owner: { email: "e" }, email: "kept" } })).data`,
    );
    expect(made).toEqual({
      user: "u",
      password: "[redacted]",
      owner: { email: "[redacted]" },
      email: "kept",
    });
    const before = upstream.received.length;
    const refused = await attempt(
      writing,
      `{ method: "POST", path: "/login", body: ${JSON.stringify(made)} }`,
    );
    expect(refused).toContain('redacted: body.password holds "[redacted]"');
    expect(upstream.received).toHaveLength(before);
  });
});

describe("a run's share", () => {
  const many = (count: number, call: string) =>
    callTool(writing.url, "execute", {
      code: `async () => {
        const made = await Promise.allSettled(Array.from({ length: ${count} }, (_, n) => api.request(${call})));
        const refused = made.filter(({ status }) => status === "rejected");
        const read = await api.request({ method: "GET", path: "/things" });
        return { refused: refused.length, said: refused[0]?.reason.message, read: read.status };
      }`,
    });
  test("of writes ends at 100, and reading goes on", async () => {
    const { text } = await many(103, `{ method: "POST", path: "/things", body: { n } }`);
    expect(JSON.parse(text)).toMatchObject({
      refused: 3,
      said: expect.stringContaining("100 writing calls"),
      read: 200,
    });
    expect(upstream.received).toHaveLength(101);
  });
  test("of deletes ends at 25, whatever was written", async () => {
    const { text } = await many(30, `{ method: n % 6 === 0 ? "PUT" : "DELETE", path: "/things" }`);
    expect(JSON.parse(text)).toMatchObject({ refused: 0, read: 200 });
    const { text: more } = await many(26, `{ method: "DELETE", path: "/things" }`);
    expect(JSON.parse(more)).toMatchObject({
      refused: 1,
      said: expect.stringContaining("25 deleting calls"),
      read: 200,
    });
  });
  test("counts a POST that policy calls a read as one", async () => {
    const { text } = await many(105, `{ method: "POST", path: "/things/search", body: { n } }`);
    expect(JSON.parse(text)).toMatchObject({ refused: 0 });
  });
});
