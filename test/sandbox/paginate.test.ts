import { describe, expect, test } from "vitest";
import { readCall } from "../../src/gateway/call.ts";
import type { Answer } from "../../src/gateway/decode-answer.ts";
import { matchOperation } from "../../src/gateway/match-operation.ts";
import { Paging } from "../../src/gateway/paging.ts";
import { createPaginate } from "../../src/sandbox/paginate.guest.js";
import { operationsOf } from "../gateway/prepare.ts";

class ApiError extends Error {
  kind: string;
  constructor({ kind, message }: { kind: string; message: string }) {
    super(message);
    this.kind = kind;
  }
}

type Asked = { query: Record<string, unknown>; body: Record<string, unknown> };
type Answers = (
  asked: Asked,
  n: number,
) => { status?: number; headers?: Record<string, string>; data: unknown };

const parameter = (name: string, schema: object = {}) => ({ name, in: "query", schema });
const whole = { type: "integer" };

/** An API of one list: the program's side and the host's are the real ones, the wire between is a function. */
function list(parameters: object[], answers: Answers, path = "/items", fields: object = {}) {
  const operation = { parameters, responses: {} };
  const requestBody = { content: { "application/json": { schema: { properties: fields } } } };
  const operations = operationsOf({
    openapi: "3.1.0",
    paths: { [path]: { get: operation, post: { ...operation, requestBody } } },
  });
  const credential = { kind: "query", name: "api_key", value: "canary-0123456789" } as const;
  const paging = new Paging(operations.document, credential);
  const asked: Record<string, unknown>[] = [];
  const send = (call: object, more: object) => {
    const { body, ...rest } = call as { body?: object };
    const read = readCall(JSON.stringify({ ...rest, ...(body && { body: { json: body } }), ...more }));
    const matched = matchOperation(read, operations);
    const query = Object.fromEntries(matched.query);
    asked.push(body === undefined ? query : { ...body });
    if (asked.length > 60) throw new Error("the test's API was asked for ever");
    const {
      status = 200,
      headers = {},
      data,
    } = answers({ query, body: (body ?? {}) as Record<string, unknown> }, asked.length - 1);
    const answer: Answer = { status, ok: status < 300, headers, data: { json: data } };
    const page = paging.read(read, matched, operations.details(matched.operation), answer);
    return { answer: { status, ok: answer.ok, data }, page, name: `${matched.operation.method} ${path}` };
  };
  const paginate = createPaginate({
    exchange: async (call, more) => send(call, more),
    unsuccessful: (name, answer) =>
      Object.assign(
        new ApiError({
          kind: "status",
          message: `${name} answered ${(answer as { status: number }).status}.`,
        }),
        answer,
      ),
    ApiError,
  });
  return { paginate, asked, request: (call: object) => send(call, {}), unread: () => paging.unread() };
}

const get = { method: "GET", path: "/items" };
const rows = Array.from({ length: 7 }, (_, n) => ({ id: `i${n + 1}` }));
const number = (value: unknown, otherwise: number) => (value === undefined ? otherwise : Number(value));
/** Three a page, whatever is asked for. */
const slice = (page: number) => rows.slice(3 * (page - 1), 3 * page);
const after = (cursor: unknown) => {
  const from = cursor === undefined ? 0 : rows.findIndex(({ id }) => id === cursor) + 1;
  return { part: rows.slice(from, from + 3), last: rows[Math.min(from + 2, 6)]!.id, more: from + 3 < 7 };
};

describe("every scheme is read to its end", () => {
  const cursorNext = (name: string, field: string) =>
    list([parameter(name)], ({ query }) => {
      const { part, last, more } = after(query[name]);
      return { data: { items: part, [field]: more ? last : null } };
    });
  const linked = (link: (page: number) => string) =>
    list([parameter("page", { ...whole, default: 1 })], ({ query }) => {
      const page = number(query["page"], 1);
      return {
        headers: {
          link: `<https://api.example/items?page=1>; rel="first"${page < 3 ? `, ${link(page + 1)}` : ""}`,
        },
        data: slice(page),
      };
    });
  const schemes: Record<string, ReturnType<typeof list>> = {
    "pages that say nothing, read until one is empty": list(
      [parameter("page", { ...whole, default: 1 }), parameter("per_page", whole)],
      ({ query }) => ({ data: slice(number(query["page"], 1)) }),
    ),
    "pages of which nobody says where they begin, beginning at 1": list(
      [parameter("page", whole)],
      ({ query }) => ({
        data: slice(number(query["page"], 1)),
      }),
    ),
    "pages of which nobody says where they begin, beginning at 0": list(
      [parameter("page", whole)],
      ({ query }) => ({
        data: slice(number(query["page"], 0) + 1),
      }),
    ),
    "pages behind whose end is a 404": list([parameter("page", { ...whole, default: 1 })], ({ query }) => {
      const data = slice(number(query["page"], 1));
      return data.length === 0 ? { status: 404, data: { error: "no such page" } } : { data };
    }),
    "pages behind whose end is the last again": list(
      [parameter("page", { ...whole, default: 1 })],
      ({ query }) => ({
        data: slice(Math.min(3, number(query["page"], 1))),
      }),
    ),
    "Cloudflare's result_info with pages": list(
      [parameter("page", { ...whole, default: 1 }), parameter("per_page", whole)],
      ({ query }) => {
        const page = number(query["page"], 1);
        const result_info = { page, per_page: 3, count: slice(page).length, total_count: 7, total_pages: 3 };
        return { data: { success: true, errors: [], messages: [], result: slice(page), result_info } };
      },
    ),
    "Cloudflare's result_info with a cursor": list([parameter("cursor")], ({ query }) => {
      const { part, last, more } = after(query["cursor"]);
      return {
        data: {
          success: true,
          errors: [],
          messages: [],
          result: part,
          result_info: { count: 3, cursor: more ? last : "" },
        },
      };
    }),
    "R2's buckets, one object further down": list(
      [parameter("cursor")],
      ({ query }) => {
        const { part, last, more } = after(query["cursor"]);
        return {
          data: {
            errors: [],
            result: { buckets: part },
            result_info: { cursor: more ? last : undefined, is_truncated: more },
          },
        };
      },
      "/items",
    ),
    "Spring's pages from 0": list([parameter("page", { ...whole, default: 0 })], ({ query }) => {
      const n = number(query["page"], 0);
      return { data: { content: slice(n + 1), number: n, totalPages: 3, totalElements: 7, last: n === 2 } };
    }),
    "Laravel's last_page": list([parameter("page", whole)], ({ query }) => {
      const n = number(query["page"], 1);
      return { data: { data: slice(n), meta: { current_page: n, last_page: 3, total: 7, per_page: 3 } } };
    }),
    "GitLab's headers": list([parameter("page", { ...whole, default: 1 })], ({ query }) => {
      const n = number(query["page"], 1);
      return {
        headers: { "x-next-page": n < 3 ? String(n + 1) : "", "x-page": String(n), "x-total-pages": "3" },
        data: slice(n),
      };
    }),
    "a page's number for the next": list([parameter("page", whole)], ({ query }) => {
      const n = number(query["page"], 1);
      return { data: { items: slice(n), next_page: n < 3 ? n + 1 : null } };
    }),
    "offset and limit, the limit ignored": list(
      [parameter("offset", whole), parameter("limit", whole)],
      ({ query }) => ({ data: rows.slice(number(query["offset"], 0), number(query["offset"], 0) + 3) }),
    ),
    "offset with a total": list([parameter("skip", whole)], ({ query }) => ({
      data: { results: rows.slice(number(query["skip"], 0), number(query["skip"], 0) + 3), total: 7 },
    })),
    "SCIM's startIndex from 1": list(
      [parameter("startIndex", whole), parameter("count", whole)],
      ({ query }) => {
        const from = number(query["startIndex"], 1);
        return {
          data: {
            Resources: rows.slice(from - 1, from + 2),
            startIndex: from,
            itemsPerPage: 3,
            totalResults: 7,
          },
        };
      },
    ),
    "next_cursor for cursor": cursorNext("cursor", "next_cursor"),
    "nextCursor for cursor": cursorNext("cursor", "nextCursor"),
    "next_page_token for page_token": cursorNext("page_token", "next_page_token"),
    "nextPageToken for pageToken": cursorNext("pageToken", "nextPageToken"),
    "NextToken for NextToken": cursorNext("NextToken", "NextToken"),
    "continue of Kubernetes' metadata": list(
      [parameter("continue"), parameter("limit", whole)],
      ({ query }) => {
        const { part, last, more } = after(query["continue"]);
        return {
          data: { kind: "List", metadata: { continue: more ? last : "", resourceVersion: "1" }, items: part },
        };
      },
    ),
    "Slack's response_metadata": list([parameter("cursor")], ({ query }) => {
      const { part, last, more } = after(query["cursor"]);
      return { data: { ok: true, items: part, response_metadata: { next_cursor: more ? last : "" } } };
    }),
    "HubSpot's paging.next.after": list([parameter("after")], ({ query }) => {
      const { part, last, more } = after(query["after"]);
      return {
        data: {
          results: part,
          ...(more && { paging: { next: { after: last, link: `https://x.example/?after=${last}` } } }),
        },
      };
    }),
    "Airtable's offset that is a text": list([parameter("offset", { type: "string" })], ({ query }) => {
      const { part, last, more } = after(query["offset"]);
      return { data: { records: part, ...(more && { offset: last }) } };
    }),
    "Stripe's search, where page takes a text": list([parameter("page", { type: "string" })], ({ query }) => {
      const { part, last, more } = after(query["page"]);
      return { data: { object: "search_result", data: part, has_more: more, next_page: more ? last : null } };
    }),
    "Stripe's starting_after and has_more": list(
      [parameter("starting_after"), parameter("ending_before")],
      ({ query }) => {
        const { part, more } = after(query["starting_after"]);
        return { data: { object: "list", data: part, has_more: more } };
      },
    ),
    "after_id with last_id": list([parameter("after_id")], ({ query }) => {
      const { part, last, more } = after(query["after_id"]);
      return { data: { data: part.map(({ id }) => ({ name: id })), has_more: more, last_id: last } };
    }),
    "a cursor that is a number, for a parameter of text": list(
      [parameter("cursor", { type: "string" })],
      ({ query }) => {
        const n = number(query["cursor"], 1);
        return { data: { items: slice(n), next_cursor: n < 3 ? n + 1 : null } };
      },
    ),
    "a cursor that is there at the end as well": list([parameter("cursor")], ({ query }) => {
      const { part, last, more } = after(query["cursor"]);
      return { data: { entries: part, cursor: last, has_more: more } };
    }),
    "endCursor and hasNextPage": list([parameter("after")], ({ query }) => {
      const { part, last, more } = after(query["after"]);
      return { data: { nodes: part, pageInfo: { endCursor: last, hasNextPage: more } } };
    }),
    "Link: rel=next": linked((page) => `<https://api.example/items?page=${page}>; rel="next"`),
    "Link: rel=next without quotes, behind other parameters": linked(
      (page) => `</items?page=${page}>; title="a, \\"b\\"; c"; REL=next`,
    ),
    "a Link of two relations": linked((page) => `<?page=${page}>; rel="next last"`),
    "a Link with a cursor that no document names": list([], ({ query }) => {
      const { part, last, more } = after(query["after"]);
      return {
        headers: more ? { link: `<https://api.example/items?after=${last}&per_page=3>; rel="next"` } : {},
        data: part,
      };
    }),
    "Django's next URL": list([parameter("page", whole)], ({ query }) => {
      const n = number(query["page"], 1);
      return {
        data: {
          count: 7,
          next: n < 3 ? `http://127.0.0.1:1/items/?page=${n + 1}` : null,
          previous: null,
          results: slice(n),
        },
      };
    }),
    "OData's nextLink": list([parameter("$top", whole)], ({ query }) => {
      const { part, last, more } = after(query["$skiptoken"]);
      return {
        data: {
          value: part,
          ...(more && { "@odata.nextLink": `https://x.example/items?$skiptoken=${last}` }),
        },
      };
    }),
    "JSON:API's links.next and page[number]": list([parameter("page[number]", whole)], ({ query }) => {
      const n = number(query["page[number]"], 1);
      return { data: { data: slice(n), links: { next: n < 3 ? `/items?page%5Bnumber%5D=${n + 1}` : null } } };
    }),
    "HAL's _links.next.href": list([parameter("page", whole)], ({ query }) => {
      const n = number(query["page"], 1);
      return {
        data: {
          _embedded: { items: slice(n) },
          _links: { self: { href: "/items" }, ...(n < 3 && { next: { href: `/items?page=${n + 1}` } }) },
        },
      };
    }),
    "a deep object page": list(
      [
        {
          name: "page",
          in: "query",
          style: "deepObject",
          schema: { properties: { number: { ...whole, default: 1 }, size: whole } },
        },
      ],
      ({ query }) => {
        const page = query["page"] as { number?: number } | undefined;
        return { data: { data: slice(page?.number ?? 1), meta: { total_pages: 3 } } };
      },
    ),
    "empty pages with a cursor between full ones": list([parameter("cursor")], ({ query }) => {
      const n = number(query["cursor"], 0);
      return {
        data: { items: n % 2 === 1 ? [] : slice(n / 2 + 1), next_cursor: n < 4 ? String(n + 1) : null },
      };
    }),
    "a total that is too small, beside a next": list(
      [parameter("page", { ...whole, default: 1 })],
      ({ query }) => {
        const n = number(query["page"], 1);
        return { data: { items: slice(n), total: 3, has_more: n < 3 } };
      },
    ),
    "a total that is too large": list([parameter("page", { ...whole, default: 1 })], ({ query }) => {
      const n = number(query["page"], 1);
      return { data: { items: slice(n), total: 900, per_page: 3 } };
    }),
  };
  test.each(Object.entries(schemes))("%s", async (_, { paginate, asked }) => {
    const items = (await paginate(get).all()) as { id?: string; name?: string }[];
    expect(items.map(({ id, name }) => id ?? name)).toEqual(rows.map(({ id }) => id));
    expect(asked.length).toBeLessThanOrEqual(5);
  });

  test("Notion's start_cursor in the body of a POST that reads", async () => {
    const { paginate, asked } = list(
      [],
      ({ body }) => {
        const { part, last, more } = after(body["start_cursor"]);
        return { data: { results: part, next_cursor: more ? last : null, has_more: more } };
      },
      "/items",
      { start_cursor: { type: "string" }, page_size: whole, filter: {} },
    );
    expect(await paginate({ method: "POST", path: "/items", body: { filter: 1 } }).all()).toEqual(rows);
    expect(asked).toEqual([
      { filter: 1 },
      { filter: 1, start_cursor: "i3" },
      { filter: 1, start_cursor: "i6" },
    ]);
  });
});

const paged = () =>
  list([parameter("page", { ...whole, default: 1 }), parameter("status")], ({ query }) => {
    const n = number(query["page"], 1);
    return { data: { items: slice(n), page: n, total_pages: 3 } };
  });

describe("what is asked", () => {
  test("is what the program asked, from where it began, with the position changed and nothing else", async () => {
    const { paginate, asked } = paged();
    await paginate({ ...get, query: { status: "open", page: 2 } }).all();
    expect(asked).toEqual([
      { status: "open", page: 2 },
      { status: "open", page: 3 },
    ]);
  });
  test("replaces a position written into the path", async () => {
    const { paginate, asked } = paged();
    await paginate({ method: "GET", path: "/items?status=open&page=2" }).all();
    expect(asked.at(-1)).toEqual({ status: "open", page: 3 });
  });
  test("ends with max, without a call for what nobody takes", async () => {
    const all = paged();
    expect(await all.paginate(get).all({ max: 3 })).toHaveLength(3);
    expect(all.asked).toHaveLength(1);
    const some = paged();
    const items = [];
    for await (const item of some.paginate(get, { max: 4 })) items.push(item);
    expect([items.length, some.asked.length]).toEqual([4, 2]);
    const left = paged();
    for await (const _ of left.paginate(get)) break;
    expect(left.asked).toHaveLength(1);
  });
  test("never takes an address from a link, nor the credential's own parameter", async () => {
    const { paginate, asked } = list([parameter("cursor")], ({ query }) => ({
      data: {
        items: [{ id: String(query["cursor"]) }],
        next: query["cursor"] === undefined ? "https://evil.example/steal?cursor=c1&api_key=mine#x" : null,
      },
    }));
    expect(await paginate(get).all()).toHaveLength(2);
    expect(asked).toEqual([{}, { cursor: "c1" }]);
  });
  test.each([0, -1, 1.5, "9", null])("refuses max %j", async (max) => {
    await expect(async () =>
      paged()
        .paginate(get, { max: max as number })
        .all(),
    ).rejects.toThrow("max is");
  });
});

describe("an API that goes round in circles", () => {
  const failing = async (answers: Answers, name = "cursor") => {
    const { paginate, asked } = list([parameter(name)], answers);
    const error = await paginate(get)
      .all()
      .catch((caught: unknown) => caught as Error & { kind: string; items: unknown[] });
    expect(asked.length).toBeLessThan(30);
    return error as Error & { kind: string; items: unknown[] };
  };
  test("the same cursor for ever ends with an error that has what was read", async () => {
    const error = await failing(() => ({ data: { items: rows.slice(0, 2), next_cursor: "same" } }));
    expect(error.message).toContain("answered the same page again");
    expect(error.items).toHaveLength(2);
    const other = await failing((_, n) => ({ data: { items: [{ n }], next_cursor: "same" } }));
    expect(other).toMatchObject({ kind: "page", items: [{ n: 0 }, { n: 1 }] });
    expect(other.message).toContain(
      'leads to a page it has led to before ({"cursor":"same"}), round in a circle. 2 items',
    );
  });
  test("two cursors that lead to each other", async () => {
    const error = await failing((_, n) => ({
      data: { items: [{ n }], next_cursor: n % 2 === 0 ? "a" : "b" },
    }));
    expect(error.message).toContain("round in a circle");
  });
  test("a new cursor for the same items", async () => {
    const error = await failing((_, n) => ({ data: { items: rows, next_cursor: `c${n}` } }));
    expect(error.items).toHaveLength(7);
  });
  test("empty pages for ever", async () => {
    const error = await failing((_, n) => ({ data: { items: [], next_cursor: `c${n}` } }));
    expect(error.message).toContain("20 empty pages in a row");
  });
  test("an empty page with the same cursor is the end", async () => {
    const { paginate } = list([parameter("cursor")], (_, n) => ({
      data: { items: n === 0 ? rows : [], next_cursor: "same" },
    }));
    expect(await paginate(get).all()).toEqual(rows);
  });
  test("more that nobody says how to ask for", async () => {
    const error = await failing(() => ({ data: { items: rows, has_more: true } }), "q");
    expect(error).toMatchObject({ kind: "page", items: rows });
    expect(error.message).toContain("neither the document nor the answer tells how to ask for it");
  });
});

describe("what fails says so, with what was read until then", () => {
  test("a page that answers an error", async () => {
    const { paginate } = list([parameter("cursor")], ({ query }) =>
      query["cursor"] === undefined
        ? { data: { items: rows, next_cursor: "c" } }
        : { status: 500, data: { error: "down" } },
    );
    const error = (await paginate(get)
      .all()
      .catch((caught: unknown) => caught)) as Error;
    expect(error).toMatchObject({ kind: "status", status: 500, items: rows });
    expect(error.message).toBe("GET /items answered 500. 7 items were read before; error.items has them.");
  });
  test("a list that could be either of two arrays, until the program says which", async () => {
    const { paginate } = list([], () => ({ data: { users: [1], groups: [2, 3] } }));
    await expect(paginate(get).all()).rejects.toThrow(
      'Say which array it is: api.paginate({…}, {items: "users"}); there are "users", "groups".',
    );
    expect(await paginate(get, { items: "groups" }).all()).toEqual([2, 3]);
    await expect(paginate(get, { items: "gruops" }).all()).rejects.toThrow('has no list at "gruops"');
  });
  test("an answer that is no list", async () => {
    const { paginate } = list([], () => ({ data: { id: 1 } }));
    await expect(paginate(get).all()).rejects.toThrow("its data holds no array");
  });
  test("an iterator taken for an array or an answer", () => {
    const pages = paged().paginate(get) as unknown as { map: unknown };
    expect(() => pages.map).toThrow("which has no .map. Write const items = await api.paginate({…}).all()");
  });
  test("a list that is null is empty", async () => {
    expect(
      await list([], () => ({ data: null }))
        .paginate(get)
        .all(),
    ).toEqual([]);
    expect(
      await list([], () => ({ data: { result: null } }))
        .paginate(get)
        .all(),
    ).toEqual([]);
  });
  test("of several arrays the one the path names, or the usual one", async () => {
    const data = { tags: [1], items: [2], related: [3] };
    expect(
      await list([], () => ({ data }))
        .paginate(get)
        .all(),
    ).toEqual([2]);
    const named = list([], () => ({ data: { ...data, records: [4] } }), "/zones/tags");
    expect(await named.paginate({ method: "GET", path: "/zones/tags" }).all()).toEqual([1]);
  });
});

describe("one page of more, left at that", () => {
  const said = async (parameters: object[], answers: Answers, calls: object[] = [get]) => {
    const { request, unread } = list(parameters, answers);
    for (const call of calls) request(call);
    return unread();
  };
  const page = (n: number) => ({ ...get, query: { page: n } });
  const answer: Answers = ({ query }) => ({
    data: { items: slice(number(query["page"], 1)), page: number(query["page"], 1), total_pages: 3 },
  });
  const byPage = [parameter("page", { ...whole, default: 1 })];
  test("is said, with what to write", async () => {
    expect(await said(byPage, answer)).toEqual([
      'GET /items answered page 1 of 3, and the rest was not read: for await (const item of api.paginate({method: "GET", path: "/items"})) …',
    ]);
  });
  test.each<[string, Answers, string]>([
    ["a Link", () => ({ headers: { link: '<?page=2>; rel="next"' }, data: rows }), "one page of more"],
    ["has_more", () => ({ data: { data: rows, has_more: true } }), "one page of more"],
    ["a next cursor", () => ({ data: { data: rows, next_cursor: "c" } }), "one page of more"],
    ["a total", () => ({ data: { data: rows, total: 20, per_page: 7 } }), "7 of 20 items"],
  ])("is told by %s", async (_, answers, what) => {
    expect((await said([...byPage, parameter("cursor")], answers)).join()).toContain(
      `answered ${what}, and the rest`,
    );
  });
  test.each<[string, Answers, object[]]>([
    ["the next page was asked for", answer, [page(1), page(2)]],
    ["the list was asked for by pages at once, in any order", answer, [page(3), page(1), page(2)]],
    ["the answer says nothing of more", () => ({ data: rows }), [get]],
    ["the answer is the last page", answer, [page(3)]],
    ["the answer says there is none", () => ({ data: { items: rows, next: null, total: 7 } }), [get]],
    ["the answer is no list", () => ({ data: { id: 1, next: "https://x.example/?page=2" } }), [get]],
    ["the answer is an error", () => ({ status: 400, data: { items: rows, has_more: true } }), [get]],
  ])("is not said when %s", async (_, answers, calls) => {
    expect(await said(byPage, answers, calls)).toEqual([]);
  });
  test("is said of each list by its own values, in one line an operation", async () => {
    const filters = [
      get,
      { ...get, query: { status: "open" } },
      { ...get, query: { status: "open", page: 2 } },
    ];
    expect(await said([...byPage, parameter("status")], answer, filters)).toHaveLength(1);
    expect(await said([...byPage, parameter("status")], answer, filters.slice(0, 2))).toEqual([
      expect.stringContaining("GET /items answered one page of more to 2 calls, and the rest was not read"),
    ]);
  });
  test("is never said of what api.paginate read", async () => {
    const { paginate, unread } = paged();
    await paginate(get).all({ max: 1 });
    expect(unread()).toEqual([]);
  });
});
