import { describe, expect, test } from "vitest";
import { openDocument } from "./open-document.ts";

const answer = { responses: { "200": { description: "ok" } } };
const shop = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  paths: {
    "/orders": {
      parameters: [{ name: "tenant", in: "query", required: true, schema: { type: "string" } }],
      get: { operationId: "listOrders", summary: "List orders", tags: ["Orders"], ...answer },
      post: {
        operationId: "createOrder",
        summary: "Create an order",
        tags: ["Orders"],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/NewOrder" } } },
        },
        responses: {
          "201": {
            description: "made",
            content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } },
          },
          "422": { description: "wrong" },
        },
      },
    },
    "/orders/{orderId}": {
      parameters: [{ name: "orderId", in: "path", required: true, schema: { type: "integer", minimum: 1 } }],
      get: { operationId: "getOrder", summary: "Get an order", tags: ["Orders"], ...answer },
      delete: {
        operationId: "removeOrder",
        summary: "Delete an order",
        tags: ["Orders"],
        deprecated: true,
        "x-twofold-note": "Use cancelOrder instead.",
        ...answer,
      },
    },
    "/orders/{orderId}/cancellation": {
      post: { operationId: "cancelOrder", summary: "Cancel an order", ...answer },
    },
    "/customers": {
      get: { operationId: "listCustomers", summary: "List customers", tags: ["Customers"], ...answer },
    },
    "/ping": { get: { responses: {} } },
  },
  components: {
    schemas: {
      NewOrder: {
        type: "object",
        required: ["items"],
        properties: {
          items: {
            type: "array",
            items: { $ref: "#/components/schemas/Item" },
            description: "What is bought. At least one.",
          },
          note: { type: ["string", "null"], maxLength: 200 },
          priority: { type: "string", enum: ["low", "high"], default: "low" },
          "due-date": { type: "string", format: "date" },
          attachment: { type: "string", format: "binary" },
          photo: { contentMediaType: "application/octet-stream" },
          payment: {
            oneOf: [{ type: "object", properties: { card: { type: "string" } } }, { type: "string" }],
          },
          labels: { type: "object", additionalProperties: { type: "string" } },
        },
      },
      Item: {
        allOf: [
          { type: "object", properties: { sku: { type: "string", pattern: "^[A-Z]+$" } }, required: ["sku"] },
          {
            type: "object",
            properties: { parts: { type: "array", items: { $ref: "#/components/schemas/Item" } } },
          },
        ],
      },
      Order: {
        type: "object",
        properties: {
          id: { type: "integer", readOnly: true },
          buyer: { $ref: "#/components/schemas/Buyer" },
        },
      },
      Buyer: { type: "object", properties: { name: { type: "string" } } },
    },
  },
};

describe("find", () => {
  const { find } = openDocument(shop);
  const ids = (text: string, options?: object) => find(text, options).map(({ operationId }) => operationId);

  test.each([
    ["list all orders", "listOrders"],
    ["orders list", "listOrders"],
    ["create order", "createOrder"],
    ["placing a new order", "createOrder"],
    ["get one order by id", "getOrder"],
    ["cancelling an order", "cancelOrder"],
    ["who are the customers?", "listCustomers"],
    ["cutsomers", "listCustomers"],
    ["crate an order", "createOrder"],
    ["dleete an order", "removeOrder"],
    ["CANCELLATION", "cancelOrder"],
    ["listOrders", "listOrders"],
  ])("%s → %s", (text, expected) => {
    expect(ids(text)[0]).toBe(expected);
  });

  test("answers with what a program needs to go on", () => {
    expect(find("create order", { limit: 1 })).toEqual([
      {
        method: "POST",
        path: "/orders",
        operationId: "createOrder",
        summary: "Create an order",
        required: ["tenant", "body"],
        reads: false,
      },
    ]);
    expect(find("delete order")[0]).toMatchObject({
      deprecated: true,
      note: "Use cancelOrder instead.",
      required: ["orderId"],
    });
    expect(find("get order")[0]).toMatchObject({ reads: true });
  });

  test("reads the index alone, so that a program which only finds is handed no bodies", () => {
    const fresh = openDocument(shop);
    const [order] = fresh.find("create an order", { tag: "Orders" });
    expect(order?.required).toEqual(["tenant", "body"]);
    expect(fresh.find("xyzzy")).toEqual([]);
    expect(fresh.reads()).toBe(0);
    fresh.describe("listOrders");
    expect(fresh.reads()).toBeGreaterThan(0);
  });

  test("can be narrowed by tag and method, in any case", () => {
    expect(ids("order", { tag: "orders", method: "GET" }).toSorted()).toEqual(["getOrder", "listOrders"]);
    expect(ids("order", { limit: 2 })).toHaveLength(2);
  });

  test.each([0, -1, 0.5, "x", Number.NaN, {}])("a limit of %j is told what it takes", (limit) => {
    expect(() => ids("order", { limit: limit as number })).toThrow(
      /^limit takes a whole number from 1 to 100, not /,
    );
  });

  test("a limit may be left out, and be more than there is", () => {
    const all = ids("order");
    for (const limit of [undefined, null, "10", 1e9, Number.POSITIVE_INFINITY])
      expect(ids("order", { limit: limit as number })).toEqual(all);
  });

  test("no words give what passes the filters, or the first there are", () => {
    expect(ids("", { tag: "customers" })).toEqual(["listCustomers"]);
    expect(ids(" ", { method: "DELETE" })).toEqual(["removeOrder"]);
    expect(ids("", { limit: 2 })).toHaveLength(2);
    expect(ids("", { limit: 100 })).toContain("listCustomers");
  });

  test("is empty only when no word matches", () => {
    expect(find("ping")).toMatchObject([{ path: "/ping", required: [] }]);
    expect(find("/ping")).toHaveLength(1);
    expect(find("zzzzzz")).toEqual([]);
  });

  test("a filter that fits nothing is a slip, and says what there is", () => {
    expect(() => find("order", { tag: "nope" })).toThrow(
      'No operation has the tag "nope". There are: Orders, Customers.',
    );
    expect(() => find("order", { method: "FETCH" })).toThrow("There are: GET, POST, DELETE.");
  });

  test("says what it takes", () => {
    expect(() => find(undefined as unknown as string)).toThrow("find takes a text");
  });
});

describe("a description", () => {
  const { describe: about } = openDocument(shop);

  test("writes an operation as TypeScript", () => {
    expect(about("createOrder")).toBe(`// POST /orders (createOrder)
// Create an order
api.request({
  method: "POST",
  path: "/orders",
  query: {
    tenant: string,
  },
  body: /* application/json */ NewOrder,
})
// → 201 application/json
data: Order
// Otherwise: 422

type NewOrder = {
  items: Item[], // What is bought. At least one.
  note?: string /* ≤ 200 characters */ | null,
  priority?: "low" | "high" /* default "low" */,
  "due-date"?: string /* date */,
  attachment?: Uint8Array,
  photo?: Uint8Array,
  payment?: {
    card?: string,
  } | string,
  labels?: {
    [key: string]: string,
  },
}
type Order = {
  id?: integer, // read-only
  buyer?: Buyer,
}
type Item = {
  sku: string /* /^[A-Z]+$/ */,
} & {
  parts?: Item[],
}

// Not written out: Buyer. describe(…, {depth: 2}) shows more.`);
  });

  test("takes an operationId, an address or a hit, and goes as deep as asked", () => {
    expect(about("GET /orders/{orderId}")).toContain("orderId: integer /* ≥ 1 */");
    expect(about({ method: "GET", path: "/ping" })).toContain('path: "/ping"');
    expect(about("createOrder", { depth: 2 })).toContain("type Buyer = {");
    expect(about("removeOrder")).toContain("// Deprecated.\n// Note: Use cancelOrder instead.");
    expect(() => about("nope")).toThrow('There is no operation "nope". Nearest: ');
  });
});

test.each([
  [{ minLength: 1 }, "≥ 1 characters"],
  [{ maxLength: 9 }, "≤ 9 characters"],
  [{ minLength: 2, maxLength: 9 }, "2–9 characters"],
])("a length of %o is told", (length, words) => {
  const parameters = [{ in: "query", name: "q", schema: { type: "string", ...length } }];
  const { describe: about } = openDocument({ paths: { "/a": { get: { operationId: "getA", parameters } } } });
  expect(about("getA")).toContain(`q?: string /* ${words} */`);
});

test("a path's placeholders are required whether the document says so or not", () => {
  const { find, describe: about } = openDocument({
    paths: { "/a/{id}": { get: { operationId: "getA", parameters: [{ in: "path", name: "id" }] } } },
  });
  expect(find("get a")[0]?.required).toEqual(["id"]);
  expect(about("getA")).toContain("params: {\n    id: unknown,");
});

describe("find by what is meant", () => {
  const operation = (operationId: string, summary: string, rest: object = {}) => ({
    operationId,
    summary,
    responses: {},
    ...rest,
  });
  const zones = { type: "object", properties: { rrsets: { type: "array", items: {} } } };
  const { find } = openDocument({
    openapi: "3.1.0",
    paths: {
      "/zones": { post: operation("createZone", "Creates a new domain, returns the Zone on creation.") },
      "/zones/{zone}/keys": { post: operation("createCryptokey", "Create a key in this zone") },
      "/zones/{zone}/metadata": { post: operation("createMetadata", "Create a set of metadata of a zone") },
      "/zones/{zone}": {
        patch: operation("patchZone", "Creates/modifies/deletes RRsets present in the payload.", {
          requestBody: { content: { "application/json": { schema: zones } } },
        }),
      },
      "/status": { get: operation("status", "Current status of a user") },
      "/profile": {
        post: operation("setProfile", "Set the profile of a user", {
          responses: {
            200: {
              content: {
                "application/json": {
                  schema: {
                    type: "object",
                    properties: { profile: { type: "object", properties: { status_text: {} } } },
                  },
                },
              },
            },
          },
        }),
      },
      "/users": { get: operation("listUsers", "List who is there") },
      "/me": { get: operation("me", "Identity of the authenticated user") },
    },
  });
  test.each([
    ["create a zone", "createZone"],
    ["add a record", "patchZone"],
    ["rrsets", "patchZone"],
    ["set status", "setProfile"],
    ["get status", "status"],
    ["who am i", "me"],
    ["whoami", "me"],
  ])("%s → %s", (text, expected) => {
    expect(find(text)[0]?.operationId).toBe(expected);
  });
});

test("the beginning of a word of the document is no slip for a verb", () => {
  const named = (summary: string) => ({ get: { summary, responses: {} } });
  const { find } = openDocument({
    openapi: "3.1.0",
    paths: { "/show": named("Show the state"), "/showcases": named("Showcases") },
  });
  expect(find("showc")[0]?.path).toBe("/showcases");
});

test("a few hits are the first of many, whatever is left unweighed for them", () => {
  const things = [
    "issue",
    "pull request",
    "workflow run",
    "release asset",
    "comment reaction",
    "team member",
  ];
  const acts = [
    ["get", "List", "list"],
    ["post", "Create", "create"],
    ["delete", "Delete", "remove"],
    ["put", "Set the status of", "set"],
  ] as const;
  const paths = Object.fromEntries(
    things.flatMap((thing, n) =>
      ["repository", "organization", "user"].map((owner) => {
        const name = thing.replaceAll(" ", "");
        const item = acts.map(([method, said, id]) => [
          method,
          {
            operationId: `${id}${name}${owner}`,
            summary: `${said} ${n % 2 ? `a ${thing}` : `${thing}s`} of a ${owner}`,
          },
        ]);
        return [`/${owner}s/{id}/${name}s`, Object.fromEntries(item)];
      }),
    ),
  );
  const { find } = openDocument({ openapi: "3.1.0", paths });
  const owners = ["", " of a user", " of an organization", " comments in a repository"];
  for (const verb of ["list", "create", "delete", "set", "get one", "status"])
    for (const thing of things)
      for (const owner of owners) {
        const asked = `${verb} ${thing}${owner}`;
        const all = find(asked, { limit: 100 });
        for (const limit of [1, 3, 7]) expect(find(asked, { limit })).toEqual(all.slice(0, limit));
      }
});
