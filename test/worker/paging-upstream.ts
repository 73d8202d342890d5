import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSchema, graphql } from "graphql";

type Page = { data: unknown; headers?: Record<string, string>; status?: number };

const rows = Array.from({ length: 10 }, (_, n) => ({ id: `i${n + 1}`, n: n + 1 }));
const size = 4;
const slice = (page: number) => rows.slice(size * (page - 1), size * page);
const after = (cursor: string | null) => {
  const from = cursor === null ? 0 : rows.findIndex(({ id }) => id === cursor) + 1;
  const part = rows.slice(from, from + size);
  return { part, next: from + size < rows.length ? part.at(-1)!.id : null };
};
const pageOf = (query: URLSearchParams) => Number(query.get("page") ?? 1);

/** Lists of ten, four a page, by every scheme, and some that never end. */
const lists: Record<string, (query: URLSearchParams) => Page> = {
  "/pages": (query) => ({
    data: {
      success: true,
      errors: [],
      messages: [],
      result: slice(pageOf(query)),
      result_info: { page: pageOf(query), per_page: size, total_count: 10, total_pages: 3 },
    },
  }),
  "/plain-pages": (query) => ({ data: slice(pageOf(query)) }),
  "/offsets": (query) => {
    const from = Number(query.get("offset") ?? 0);
    return { data: { items: rows.slice(from, from + size), total: 10 } };
  },
  "/cursors": (query) => {
    const { part, next } = after(query.get("cursor"));
    return { data: { items: part, next_cursor: next } };
  },
  "/tokens": (query) => {
    const { part, next } = after(query.get("page_token"));
    return { data: { items: part, ...(next !== null && { next_page_token: next }) } };
  },
  "/ids": (query) => {
    const { part, next } = after(query.get("starting_after"));
    return { data: { data: part, has_more: next !== null } };
  },
  "/links": (query) => {
    const { part, next } = after(query.get("after"));
    return {
      data: part,
      headers: next === null ? {} : { link: `<http://HOST/links?after=${next}>; rel="next"` },
    };
  },
  "/same-cursor": () => ({ data: { items: rows.slice(0, 2), next_cursor: "again" } }),
  "/elsewhere": (query) => {
    const { part, next } = after(query.get("cursor"));
    return {
      data: { items: part, next: next === null ? null : `http://ELSEWHERE/stolen?cursor=${next}&key=theirs` },
    };
  },
  "/empty-with-next": (query) => {
    const n = Number(query.get("cursor") ?? 0);
    return {
      data: { items: n === 1 ? [] : slice(n === 0 ? 1 : n), next_cursor: n < 3 ? String(n + 1) : null },
    };
  },
  "/size-ignored": (query) => ({ data: slice(pageOf(query)) }),
  "/total-wrong": (query) => ({ data: { items: slice(pageOf(query)), total: 1_000, per_page: size } }),
  "/fails": (query) =>
    query.get("cursor") === null
      ? { data: { items: rows.slice(0, 2), next_cursor: "c" } }
      : { data: { error: "no such cursor" }, status: 410 },
  "/endless": (query) => {
    const n = Number(query.get("cursor") ?? 0);
    return { data: { items: [{ n }], next_cursor: n + 1 } };
  },
};

const query = (...names: string[]) =>
  names.map((name) => ({
    name,
    in: "query",
    schema: /^(page|per_page|offset|limit)$/.test(name)
      ? { type: "integer", ...(name === "page" && { default: 1 }) }
      : { type: "string" },
  }));
const parametersOf: Record<string, object[]> = {
  "/pages": query("page", "per_page"),
  "/plain-pages": query("page"),
  "/offsets": query("offset", "limit"),
  "/tokens": query("page_token"),
  "/ids": query("starting_after"),
  "/links": [],
  "/size-ignored": query("page", "per_page"),
  "/total-wrong": query("page", "per_page"),
};
const responses = { 200: { description: "a list" } };

export const pagingDocument = {
  openapi: "3.1.0",
  info: { title: "Lists", version: "1" },
  paths: {
    ...Object.fromEntries(
      Object.keys(lists).map((path) => [
        path,
        { get: { operationId: path.slice(1), parameters: parametersOf[path] ?? query("cursor"), responses } },
      ]),
    ),
    "/graphql": {
      get: { parameters: query("query"), responses },
      post: {
        requestBody: {
          content: { "application/json": { schema: { properties: { query: {}, variables: {} } } } },
        },
        responses,
      },
    },
  },
};

/** The API of that document, and a second host that nobody is to call. */
export async function startPagingUpstream() {
  const received: string[] = [];
  const stolen: string[] = [];
  const things = new Map([["1", { id: "1", name: "first" }]]);
  const schema = buildSchema(`
    type Thing { id: ID!, name: String!, broken: String }
    type Query { thing(id: ID!): Thing }
    type Mutation { rename(id: ID!, name: String!): Thing }
  `);
  const resolvers = {
    thing: ({ id }: { id: string }) => {
      const thing = things.get(id);
      return thing && { ...thing, broken: () => Promise.reject(new Error("broken is broken")) };
    },
    rename: ({ id, name }: { id: string; name: string }) => {
      things.set(id, { id, name });
      return things.get(id);
    },
  };
  const other = createServer((request, response) => {
    stolen.push(request.url ?? "");
    response.end("[]");
  });
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const elsewhere = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      received.push(`${request.method} ${request.url}`);
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://upstream");
      const host = request.headers.host ?? "";
      const place = (text: string) => text.replaceAll("HOST", host).replaceAll("ELSEWHERE", elsewhere);
      const send = (status: number, data: unknown, headers: Record<string, string> = {}) =>
        response
          .writeHead(status, { "content-type": "application/json", ...headers })
          .end(JSON.stringify(data).replaceAll("ELSEWHERE", elsewhere));
      if (pathname === "/graphql") {
        const sent =
          request.method === "GET"
            ? Object.fromEntries(searchParams)
            : (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
        const {
          query: source = "",
          variables,
          operationName,
        } = sent as {
          query?: string;
          variables?: Record<string, unknown>;
          operationName?: string;
        };
        return send(
          200,
          await graphql({
            schema,
            source,
            rootValue: resolvers,
            ...(variables && { variableValues: variables }),
            ...(operationName && { operationName }),
          }),
        );
      }
      const page = lists[pathname]?.(searchParams) ?? { status: 404, data: { error: "not found" } };
      const headers = Object.entries(page.headers ?? {}).map(([name, value]) => [name, place(value)]);
      return send(page.status ?? 200, page.data, Object.fromEntries(headers) as Record<string, string>);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (one: typeof server) =>
    new Promise<void>((resolve) => {
      one.closeAllConnections();
      one.close(() => resolve());
    });
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    stolen,
    things,
    stop: () => Promise.all([stop(server), stop(other)]),
  };
}
