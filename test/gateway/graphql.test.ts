import { describe, expect, test } from "vitest";
import { cutDocument } from "../../scripts/spec/cut-document.ts";
import { markGraphql, withGraphql } from "../../scripts/spec/graphql.ts";
import { applyPolicy } from "../../scripts/spec/policy.ts";
import { systemClock } from "../../src/gateway/clock.ts";
import { createGateway } from "../../src/gateway/gateway.ts";
import type { GatewayOptions } from "../../src/gateway/gateway.ts";
import { graphqlEffect } from "../../src/gateway/graphql-effect.ts";
import { limits } from "../../src/limits.ts";
import { Operations } from "../../src/spec/operations.ts";
import { encodePieces } from "../../src/spec/pieces.ts";
import { base } from "./prepare.ts";

type Json = Record<string, unknown>;
const responses = { default: { description: "anything" } };
const body = (schema: object, type = "application/json") => ({
  requestBody: { content: { [type]: { schema } } },
});
const queryBody = body({ properties: { query: { type: "string" }, variables: { type: "object" } } });
const query = (...names: string[]) => ({
  parameters: names.map((name) => ({ name, in: "query", schema: {} })),
});
const name = { parameters: [{ name: "name", in: "path", required: true, schema: {} }] };
const paths = {
  "/graphql": {
    get: { ...query("query", "variables", "operationName", "api-version", "id"), responses },
    post: { ...queryBody, ...query("api-version"), responses },
  },
  "/{name}": { get: { ...name, ...query("query"), responses }, post: { ...name, ...queryBody, responses } },
  "/search": { post: { ...queryBody, responses } },
};

function operationsOf(document: Json, settings?: { path: string }): Operations {
  const whole = withGraphql(document, settings);
  const { index, pieces } = cutDocument(whole);
  markGraphql(index, whole, settings);
  return new Operations(index, encodePieces(pieces).buffer as ArrayBuffer, limits);
}
const operations = operationsOf({ openapi: "3.1.0", paths });

function start(options: Partial<GatewayOptions> = {}, script: (number | Error)[] = [200]) {
  const sent: { url: string; method: string; type: string | null; body: string; effect?: string }[] = [];
  const gateway = createGateway({
    operations,
    baseUrl: base,
    credential: { kind: "none" },
    fetch: (async (url: URL, init: RequestInit) => {
      sent.push({
        url: url.pathname + url.search,
        method: init.method ?? "",
        type: new Headers(init.headers).get("content-type"),
        body: new TextDecoder().decode((init.body ?? new Uint8Array()) as Uint8Array<ArrayBuffer>),
      });
      const next = script[Math.min(sent.length, script.length) - 1];
      if (next instanceof Error) throw next;
      return Response.json({ data: {} }, { status: next ?? 200 });
    }) as typeof fetch,
    limits,
    runId: "r_test",
    access: "read",
    redact: [],
    clock: { ...systemClock, sleep: async () => {} },
    deadline: Date.now() + 60_000,
    ...options,
  });
  const request = async (call: object) =>
    JSON.parse(await gateway.request(JSON.stringify(call))) as {
      status?: number;
      error?: { kind: string; message: string };
    };
  return { request, sent };
}

const at = (path: string, method = "POST") => ({ method, path });
const post = (json: unknown, more: object = {}) => ({ ...at("/graphql"), body: { json }, ...more });
const text = (value: string, headers: object = {}) => ({
  ...at("/graphql"),
  body: { text: value },
  headers,
  validate: false,
});
const mutation = "mutation { drop }";

describe("in read-only a query leaves", () => {
  test.each<[string, object, string]>([
    [
      "as api.graphql sends it",
      { operation: "graphql", graphql: true, body: { json: { query: "{ a }" } } },
      '{"query":"{ a }"}',
    ],
    [
      "by the document's own operation",
      post({ query: "query A { a }", variables: { b: 1 } }),
      '{"query":"query A { a }","variables":{"b":1}}',
    ],
    [
      "of several queries, with a name",
      post({ query: "query A { a } query B { b }", operationName: "B" }),
      '{"query":"query A { a } query B { b }","operationName":"B"}',
    ],
    [
      "with fragments, and the word mutation in its texts",
      post({ query: '# mutation\nquery { a(b: "mutation { c }") ...F } fragment F on Mutation { d }' }),
      '{"query":"# mutation\\nquery { a(b: \\"mutation { c }\\") ...F } fragment F on Mutation { d }"}',
    ],
    [
      "written anew, so that a field of two values has one",
      text('{"query":"mutation { drop }","query":"{ a }"}'),
      '{"query":"{ a }"}',
    ],
    [
      "as a text of its own type",
      text("{ a }", { "content-type": "application/graphql; charset=utf-7" }),
      "{ a }",
    ],
    [
      "beside a parameter that the document has",
      post({ query: "{ a }" }, { query: { "api-version": 2 } }),
      '{"query":"{ a }"}',
    ],
  ])("%s", async (_, call, expected) => {
    const { request, sent } = start();
    expect(await request(call)).toMatchObject({ status: 200 });
    expect(sent).toMatchObject([{ method: "POST", body: expected }]);
    expect(sent[0]?.type).toMatch(/^application\/(json|graphql)$/);
  });
  test("in a URL", async () => {
    const { request, sent } = start();
    await request({ ...at("/graphql", "GET"), query: { query: "{ a }", variables: "{}" } });
    await request(at("/graphql", "GET"));
    expect(sent.map(({ url }) => url)).toEqual([
      "/v1/base/graphql?query=%7B%20a%20%7D&variables=%7B%7D",
      "/v1/base/graphql",
    ]);
  });
});

describe("in read-only nothing else leaves", () => {
  const deep = "{a".repeat(12_000) + "}".repeat(12_000);
  const tricks: Record<string, object> = {
    "a mutation": post({ query: mutation }),
    "a mutation by api.graphql": { operation: "graphql", graphql: true, body: { json: { query: mutation } } },
    "a subscription": post({ query: "subscription { a }" }),
    "a mutation after a query": post({ query: `query A { a } ${mutation}` }),
    "a mutation beside a query that operationName names": post({
      query: "query A { a } mutation B { drop }",
      operationName: "A",
    }),
    "an operationName that is a list": post({ query: "query A { a }", operationName: ["A", "B"] }),
    "a mutation behind a comment that some end earlier": post({
      query: "query { a } #\u2028 mutation { drop }",
    }),
    "a mutation behind a byte order mark": post({ query: `\ufeff${mutation}` }),
    "a batch of queries": post([{ query: "{ a }" }, { query: "{ b }" }], { validate: false }),
    "a batch with a mutation": post([{ query: "{ a }" }, { query: mutation }], { validate: false }),
    "a batch in an object": post({ 0: { query: mutation }, query: "{ a }" }, { validate: false }),
    "a stored query by its hash": post({ extensions: { persistedQuery: { version: 1, sha256Hash: "ab" } } }),
    "a stored query beside a text": post({
      query: "{ a }",
      extensions: { persistedQuery: { sha256Hash: "ab" } },
    }),
    ...Object.fromEntries(
      ["id", "doc_id", "documentId", "queryId", "Query", "QUERY", "operations", "mutation", "__proto__x"].map(
        (field) => [
          `a body with the field ${field}`,
          post({ query: "{ a }", [field]: mutation }, { validate: false }),
        ],
      ),
    ),
    "a body with __proto__": text(`{"query":"{ a }","__proto__":{"query":"${mutation}"}}`),
    "a query that is no text": post({ query: { text: mutation } }, { validate: false }),
    "no query at all": post({}, { validate: false }),
    "no body at all": at("/graphql"),
    "what is no GraphQL": post({ query: "drop everything" }),
    "more than the parser takes": post({ query: deep }),
    "fragments alone": post({ query: "fragment F on A { a }" }),
    "a type": post({ query: "type Mutation { a: Int } query { a }" }),
    "a mutation as application/graphql": text(mutation, { "content-type": "application/graphql" }),
    "a mutation as a form": text(`query=${mutation}`, {
      "content-type": "application/x-www-form-urlencoded",
    }),
    "a query as a form": text("query={a}", { "content-type": "application/x-www-form-urlencoded" }),
    "the multipart request of file uploads": {
      ...at("/graphql"),
      body: { form: [{ name: "operations", value: `{"query":"${mutation}"}` }], multipart: true },
      validate: false,
    },
    "a mutation as text/plain": text(`{"query":"${mutation}"}`, { "content-type": "text/plain" }),
    "a body in UTF-16": {
      ...at("/graphql"),
      body: { bytes: Buffer.from(`{"query":"${mutation}"}`, "utf16le").toString("base64") },
      headers: { "content-type": "application/json; charset=utf-16" },
    },
    "a body packed with gzip": {
      ...at("/graphql"),
      body: { bytes: Buffer.from([0x1f, 0x8b, 8, 0]).toString("base64") },
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
    },
    ...Object.fromEntries(
      ["query", "Query", "operationName", "id", "extensions", "variables", "anything"].map((field) => [
        `a query in the body beside ${field} in the URL`,
        post({ query: "{ a }" }, { query: { [field]: mutation }, validate: false }),
      ]),
    ),
    "a mutation in the URL": { ...at("/graphql", "GET"), query: { query: mutation } },
    "one query in the URL before another": {
      ...at("/graphql", "GET"),
      query: { query: ["{ a }", mutation] },
      validate: false,
    },
    "two queries in a path": {
      method: "GET",
      path: `/graphql?query={a}&query=${mutation}`,
      validate: false,
    },
    "a stored query in the URL": { ...at("/graphql", "GET"), query: { id: "7" } },
    "a stored query beside another in the URL": {
      ...at("/graphql", "GET"),
      query: { query: "{ a }", id: "7" },
    },
    "a mutation through a neighbour's template": {
      ...at("/{name}", "GET"),
      params: { name: "graphql" },
      query: { query: mutation },
    },
    "a mutation through a neighbour, in capitals": {
      ...at("/{name}", "GET"),
      params: { name: "GraphQL" },
      query: { query: mutation },
    },
    "a mutation posted to a neighbour": {
      ...at("/{name}"),
      params: { name: "graphql" },
      body: { json: { query: mutation } },
    },
    "a query posted to what is no endpoint": { ...at("/search"), body: { json: { query: "{ a }" } } },
  };
  test.each(Object.entries(tricks))("%s", async (_, call) => {
    const { request, sent } = start();
    const { error } = await request(call);
    expect(sent).toEqual([]);
    expect(error?.kind).toMatch(/^(policy|body|invalid|header|unknown-operation)$/);
  });
  test("of those, all but few are refused as GraphQL and not for another fault of theirs", async () => {
    const { request } = start();
    const kinds = await Promise.all(
      Object.values(tricks).map(async (call) => (await request(call)).error?.kind),
    );
    expect(kinds.filter((kind) => kind !== "policy").length).toBeLessThanOrEqual(4);
  });
  test("the refusal says what it is, and what may leave", async () => {
    const { request } = start();
    expect((await request(post({ query: mutation }))).error?.message).toBe(
      'POST /graphql takes GraphQL, and only queries may leave here: it holds a mutation. Nothing was sent. A query goes as api.graphql("query { … }", variables).',
    );
    const batch = post([{ query: "{ a }" }], { validate: false });
    expect((await request(batch)).error?.message).toContain("it is a batch; send each query by itself");
    expect((await request(post({ query: "{ a" }))).error?.message).toContain(
      "it could not be parsed (Syntax Error:",
    );
  });
  test("what policy says of the operation stays above what the query says", async () => {
    const document = { openapi: "3.1.0", paths };
    const { index, pieces } = cutDocument(document);
    applyPolicy(index, { writes: ["GET /graphql"], deletes: ["POST /graphql"] }, "policy");
    markGraphql(index, document, undefined);
    const strict = new Operations(index, encodePieces(pieces).buffer as ArrayBuffer, limits);
    const { request, sent } = start({ operations: strict });
    const inUrl = { ...at("/graphql", "GET"), query: { query: "{ a }" } };
    for (const call of [inUrl, post({ query: "{ a }" })])
      expect((await request(call)).error?.kind).toBe("policy");
    expect(sent).toEqual([]);
  });
  test("in write access the same leave, as they were given (the control)", async () => {
    const { request, sent } = start({ access: "write" });
    await request(post([{ query: "{ a }" }, { query: mutation }], { validate: false }));
    await request(post({ extensions: { persistedQuery: {} } }, { validate: false }));
    await request({ ...at("/graphql", "GET"), query: { query: mutation } });
    expect(sent.map((each) => each.body)).toEqual([
      '[{"query":"{ a }"},{"query":"mutation { drop }"}]',
      '{"extensions":{"persistedQuery":{}}}',
      "",
    ]);
  });
});

describe("a caller's rights", () => {
  test("are asked with what the call does, and not with the method", async () => {
    const asked: string[] = [];
    const { request, sent } = start({
      refuses: ({ effect }) => {
        asked.push(effect);
        return effect === "read" ? undefined : "needs the scope write";
      },
    });
    await request(post({ query: "{ a }" }));
    expect([asked, sent.length]).toEqual([["read", "read"], 1]);
    expect((await request(post({ query: mutation }))).error?.message).toBe("needs the scope write");
    expect((await request(post({ query: "?" }))).error?.message).toContain("could not be parsed");
    expect(sent).toHaveLength(1);
  });
});

describe("in write access", () => {
  const unanswered = () => [new TypeError("connection lost"), 200];
  test("a query that got no answer is sent again, a mutation is not", async () => {
    const reading = start({ access: "write" }, unanswered());
    expect(await reading.request(post({ query: "{ a }" }))).toMatchObject({ status: 200 });
    expect(reading.sent).toHaveLength(2);
    const writing = start({ access: "write" }, unanswered());
    expect((await writing.request(post({ query: mutation }))).error?.kind).toBe("network");
    expect(writing.sent).toHaveLength(1);
  });
  test("a mutation is sent again where the document names a key for it, and then with that key", async () => {
    const key = { name: "Idempotency-Key", in: "header", schema: { type: "string" } };
    const keyed = operationsOf({
      openapi: "3.1.0",
      paths: { "/graphql": { post: { ...queryBody, parameters: [key], responses } } },
    });
    const keys: (string | null)[] = [];
    const { request } = start({
      access: "write",
      operations: keyed,
      fetch: (async (_: URL, { headers }: RequestInit) => {
        keys.push(new Headers(headers).get("idempotency-key"));
        if (keys.length === 1) throw new TypeError("connection lost");
        return Response.json({ data: {} });
      }) as typeof fetch,
    });
    expect(await request(post({ query: mutation }))).toMatchObject({ status: 200 });
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), keys[0]]);
  });
  test("mutations count as writes in the run's share, and queries do not", async () => {
    const { request, sent } = start({ access: "write", limits: { ...limits, writes: 2 } });
    for (let n = 0; n < 3; n += 1) await request(post({ query: "{ a }" }));
    const made = [];
    for (let n = 0; n < 3; n += 1) made.push((await request(post({ query: mutation }))).error?.kind);
    expect(made).toEqual([undefined, undefined, "limit"]);
    expect(sent).toHaveLength(5);
  });
  test("each mutation is announced before it leaves, and queries are not", async () => {
    let announced = 0;
    const { request } = start({
      access: "write",
      beforeWrite: async () => {
        announced += 1;
        return undefined;
      },
    });
    await request(post({ query: "{ a }" }));
    await request(post({ query: mutation }));
    expect(announced).toBe(1);
  });
});

describe("an endpoint is known", () => {
  const marked = (document: Json, settings?: { path: string }) =>
    operationsOf({ openapi: "3.1.0", ...document }, settings).graphql.map(
      ({ method, path }) => `${method} ${path}`,
    );
  test("by its path and a body with a query, also behind references", () => {
    expect(marked({ paths })).toEqual(["POST /graphql", "GET /graphql"]);
    const referred = { $ref: "#/components/schemas/Query" };
    const components = { schemas: { Query: { oneOf: [{ properties: { query: {} } }, { type: "array" }] } } };
    expect(
      marked({ components, paths: { "/api/GraphQL/": { post: { ...body(referred), responses } } } }),
    ).toEqual(["POST /api/GraphQL/"]);
    const own = body({ type: "string" }, "application/graphql");
    expect(marked({ paths: { "/graphql": { post: { ...own, responses } } } })).toEqual(["POST /graphql"]);
  });
  test("but not a POST whose body holds something else: it would let that leave in read-only", () => {
    expect(
      marked({ paths: { "/graphql": { post: { ...body({ properties: { sql: {} } }), responses } } } }),
    ).toEqual([]);
    expect(marked({ paths: { "/graphql/jobs": { post: { ...queryBody, responses } } } })).toEqual([]);
  });
  test("by api.jsonc, also where the document has nothing there", async () => {
    expect(marked({ paths }, { path: "/search" })).toEqual(["POST /search", "POST /graphql", "GET /graphql"]);
    const named = operationsOf(
      { openapi: "3.1.0", paths: { "/a": { get: { responses } } } },
      { path: "/api/query" },
    );
    const { request, sent } = start({ operations: named });
    expect(
      await request({ operation: "graphql", graphql: true, body: { json: { query: "{ a }" } } }),
    ).toMatchObject({
      status: 200,
    });
    expect(sent).toMatchObject([{ method: "POST", url: "/v1/base/api/query" }]);
    expect((await request({ ...at("/api/query"), body: { json: { query: mutation } } })).error?.kind).toBe(
      "policy",
    );
  });
  test("and where there is none, api.graphql says how to name one", async () => {
    const none = operationsOf({ openapi: "3.1.0", paths: { "/a": { get: { responses } } } });
    const { error } = await start({ operations: none }).request({
      operation: "graphql",
      graphql: true,
      body: { json: { query: "{ a }" } },
    });
    expect(error?.message).toContain('"graphql": {"path": "/graphql"}');
  });
});

test("a document has at most so many tokens, by the limit", () => {
  const wire = (tokens: number) => ({
    method: "POST",
    query: new URLSearchParams(),
    contentType: "application/graphql",
    body: new TextEncoder().encode(`{${" a".repeat(tokens - 2)}}`),
    declared: [],
  });
  const effect = (tokens: number, graphqlTokens: number = limits.graphqlTokens) =>
    graphqlEffect(wire(tokens), { ...limits, graphqlTokens } as typeof limits).effect;
  expect([effect(limits.graphqlTokens), effect(limits.graphqlTokens + 1), effect(11, 10)]).toEqual([
    "read",
    "write",
    "write",
  ]);
});
