import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pagingDocument, startPagingUpstream } from "./paging-upstream.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { callTool, run } from "./tool-call.ts";

let upstream: Awaited<ReturnType<typeof startPagingUpstream>>;
let twofold: TestTwofold;
let reading: TestTwofold;
beforeAll(async () => {
  upstream = await startPagingUpstream();
  const options = {
    document: pagingDocument,
    baseUrl: upstream.url,
    auth: { type: "apiKey", in: "query", name: "key" } as const,
    secrets: { API_TOKEN: "canary-7d1f2a9c44" },
  };
  [twofold, reading] = await Promise.all([
    startTestTwofold(options),
    startTestTwofold({ ...options, vars: { READ_ONLY: "1" } }),
  ]);
});
afterAll(async () => {
  await Promise.all([twofold?.stop(), reading?.stop()]);
  await upstream?.stop();
});
beforeEach(() => {
  upstream.received.length = 0;
  upstream.stolen.length = 0;
});

const execute = (code: string) => run(twofold.url, "execute", code);
const all = Array.from({ length: 10 }, (_, n) => `i${n + 1}`);

describe("api.paginate", () => {
  test.each([
    "/pages",
    "/plain-pages",
    "/offsets",
    "/cursors",
    "/tokens",
    "/ids",
    "/links",
    "/elsewhere",
    "/empty-with-next",
    "/size-ignored",
    "/total-wrong",
  ])("reads %s to its end", async (path) => {
    const ids = await execute(
      `async () => (await api.paginate({ method: "GET", path: "${path}" }).all()).map(({ id }) => id)`,
    );
    expect(ids).toEqual(all);
    expect(upstream.received.length).toBeLessThanOrEqual(4);
    expect(upstream.received.every((call) => call.endsWith("key=canary-7d1f2a9c44"))).toBe(true);
    expect(upstream.received.join()).not.toContain("theirs");
    expect(upstream.stolen).toEqual([]);
  });

  test("is an async iterator, which asks for no page that nobody reads", async () => {
    const ids = await execute(`async () => {
      const ids = [];
      for await (const { id } of api.paginate({ operation: "cursors" })) {
        ids.push(id);
        if (ids.length === 5) break;
      }
      return ids;
    }`);
    expect(ids).toEqual(all.slice(0, 5));
    expect(upstream.received).toHaveLength(2);
  });

  test("may be the program's value as it stands, and several may run at once", async () => {
    expect(await execute(`api.paginate({ method: "GET", path: "/pages" }, { max: 5 })`)).toHaveLength(5);
    const counts = await execute(
      `async () => (await Promise.all(["/pages", "/ids", "/links"].map((path) => api.paginate({ method: "GET", path }).all()))).map((list) => list.length)`,
    );
    expect(counts).toEqual([10, 10, 10]);
  });

  test("ends with an error that has what was read, when the cursor stays the same", async () => {
    const caught = await execute(
      `async () => { try { return await api.paginate({ operation: "same-cursor" }).all(); } catch (error) { return { kind: error.kind, message: error.message, read: error.items.length }; } }`,
    );
    expect(caught).toEqual({
      kind: "page",
      message:
        "same-cursor answered the same page again, and says that there is more. 2 items were read before; error.items has them.",
      read: 2,
    });
    expect(upstream.received).toHaveLength(2);
  });

  test("says of a failing page its status, and has what was read", async () => {
    const caught = await execute(
      `async () => { try { return await api.paginate({ operation: "fails" }).all(); } catch ({ status, body, items, message }) { return { status, body, read: items.length, message }; } }`,
    );
    expect(caught).toMatchObject({ status: 410, body: { error: "no such cursor" }, read: 2 });
    expect((caught as { message: string }).message).toContain("fails answered 410");
  });

  test("without an end stops at the run's calls, and has what was read", async () => {
    const caught = await execute(
      `async () => { try { return await api.paginate({ operation: "endless" }).all(); } catch ({ kind, items }) { return { kind, read: items.length }; } }`,
    );
    expect(caught).toEqual({ kind: "limit", read: 500 });
  });

  test("of a path that is not in the document is refused before the program runs", async () => {
    const { isError, text } = await callTool(twofold.url, "execute", {
      code: `for await (const one of api.paginate({ method: "GET", path: "/page" })) console.log(one);`,
    });
    expect([isError, upstream.received]).toEqual([true, []]);
    expect(text).toContain('GET "/page" is not in the document');
  });

  test("taken for an array says what to write", async () => {
    const { text } = await callTool(twofold.url, "execute", {
      code: `(await api.paginate({ method: "GET", path: "/pages" })).filter(({ n }) => n > 2)`,
    });
    expect(text).toContain("which has no .filter. Write const items = await api.paginate({…}).all()");
  });
});

describe("a rest that nobody read", () => {
  const notes = async (code: string) => (await callTool(twofold.url, "execute", { code })).notes;
  const one = (path: string, query = "") => `api.request({ method: "GET", path: "${path}"${query} })`;
  test.each([
    ["/pages", "page 1 of 3"],
    ["/offsets", "4 of 10 items"],
    ["/cursors", "one page of more"],
    ["/ids", "one page of more"],
    ["/links", "one page of more"],
  ])("of %s is told", async (path, part) => {
    const said = await notes(`async () => (await ${one(path)}).data`);
    expect(said).toContain(
      `GET ${path} answered ${part}, and the rest was not read: for await (const item of api.paginate({method: "GET", path: "${path}"})) …\nrun r_`,
    );
  });
  test.each([
    ["api.paginate was used", `await api.paginate({ method: "GET", path: "/pages" }).all({ max: 2 })`],
    [
      "the next page was asked for",
      `[await ${one("/pages")}, await ${one("/pages", ", query: { page: 2 }")}].length`,
    ],
    ["the last page was asked for", `(await ${one("/pages", ", query: { page: 3 }")}).data`],
    ["the answer does not say that there is more", `(await ${one("/plain-pages")}).data`],
    ["nothing was called", "1"],
  ])("is not told when %s (the control)", async (_, code) => {
    expect(await notes(code)).not.toContain("was not read");
  });
});

describe("api.graphql", () => {
  const graphql = (server: TestTwofold, args: string) => run(server.url, "execute", `api.graphql(${args})`);
  const rename = `'mutation($name: String!) { rename(id: 1, name: $name) { name } }', { name: "second" }`;

  test("answers data, and errors beside partial data", async () => {
    for (const server of [twofold, reading]) {
      expect(await graphql(server, `"query($id: ID!) { thing(id: $id) { id name } }", { id: 1 }`)).toEqual({
        data: { thing: { id: "1", name: "first" } },
        errors: [],
        ok: true,
        status: 200,
      });
      expect(await graphql(server, `"{ thing(id: 1) { name broken } }"`)).toMatchObject({
        data: { thing: { name: "first", broken: null } },
        errors: [{ message: "broken is broken", path: ["thing", "broken"] }],
        ok: false,
      });
    }
  });

  test("throws only when asked to, with the data that came", async () => {
    expect(await graphql(twofold, `"{ nothing }"`)).toMatchObject({ data: null, ok: false });
    const caught = await run(
      twofold.url,
      "execute",
      `async () => { try { await api.graphql("{ thing(id: 1) { name broken } }", undefined, { throw: true }); } catch ({ message, data, errors }) { return { message, data, errors: errors.length }; } }`,
    );
    expect(caught).toEqual({
      message: "graphql: broken is broken. error.data has what came all the same.",
      data: { thing: { name: "first", broken: null } },
      errors: 1,
    });
  });

  test("that failed tells of no change when it only read, and of one when it did not", async () => {
    const { text, notes } = await callTool(twofold.url, "execute", {
      code: `await api.graphql("{ nothing }", {}, { throw: true })`,
    });
    expect(text).toMatch(
      /^ApiError: graphql: Cannot query field "nothing" on type "Query"[^[]*\nat line 1, column 1/,
    );
    expect(notes).not.toContain("stays changed");
    const writing = `await api.graphql('mutation { rename(id: 1, name: "first") { nothing } }', {}, { throw: true })`;
    const written = await callTool(twofold.url, "execute", { code: writing });
    expect(written.notes).toContain("stays changed");
  });

  test("in read-only lets no mutation out, by whichever way it is sent", async () => {
    const mutation = `mutation { rename(id: 1, name: \\"stolen\\") { name } }`;
    const ways = [
      `api.graphql("${mutation}")`,
      `api.graphql("query A { thing(id: 1) { name } } ${mutation.replace("mutation", "mutation B")}", {}, { operationName: "B" })`,
      `api.request({ method: "POST", path: "/graphql", body: { query: "${mutation}" } })`,
      `api.request({ method: "POST", path: "/graphql", body: '{"query":"${mutation.replaceAll('\\"', '\\\\\\"')}","query":"{ thing(id: 1) { name } }","id":1}', validate: false })`,
      `api.request({ method: "POST", path: "/graphql", body: [{ query: "${mutation}" }], validate: false })`,
      `api.request({ method: "GET", path: "/graphql", query: { query: "${mutation}" } })`,
      `api.request({ method: "POST", path: "/graphql", body: { id: "persisted" }, validate: false })`,
    ];
    for (const way of ways) {
      const { isError, text } = await callTool(reading.url, "execute", { code: `await ${way}` });
      expect([isError, text]).toEqual([true, expect.stringContaining("only queries may leave here")]);
    }
    expect([upstream.received, upstream.things.get("1")?.name]).toEqual([[], "first"]);
  });

  test("in write access lets it out (the control)", async () => {
    expect(await graphql(twofold, rename)).toMatchObject({ data: { rename: { name: "second" } }, ok: true });
    expect(upstream.things.get("1")?.name).toBe("second");
  });
});
