// The API the corpus's programs are written for, on loopback: a small shop. Its answers depend on the call alone, so that
// programs can run at once.

import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const orders = Array.from({ length: 7 }, (_, n) => ({
  id: n + 1,
  status: ["open", "shipped", "cancelled"][n % 3],
  total: 10.5 * (n + 1),
  customer_id: `c${(n % 3) + 1}`,
  created_at: `2026-0${n + 1}-15T09:30:00Z`,
}));
const customers = ["Ada", "Grace", "Edsger"].map((name, n) => ({
  id: `c${n + 1}`,
  name,
  email: `${name}@example.com`,
}));
const accounts = [{ id: "a1", name: "Main" }];

export async function startShop(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://shop");
      answer(`${request.method} ${pathname}`, searchParams, Buffer.concat(chunks).toString(), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function answer(call: string, query: URLSearchParams, body: string, response: ServerResponse): void {
  const json = (status: number, value: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  const [, id = "", rest = ""] = /^\w+ \/(?:orders|customers)\/([^/]+)(.*)$/.exec(call) ?? [];
  const order = orders.find((each) => String(each.id) === id);
  const missing = () => json(404, { error: { code: "not_found", message: `no ${id}` } });
  switch (call.replace(id === "" ? "\n" : `/${id}`, "/{id}")) {
    case "GET /orders": {
      const from = Number(query.get("cursor") ?? 0);
      const to = from + Number(query.get("limit") ?? 3);
      const wanted = orders.filter(({ status }) => [null, status].includes(query.get("status")));
      return void json(200, { orders: wanted.slice(from, to), next: to < wanted.length ? String(to) : null });
    }
    case "POST /orders": {
      const sent = parsed(body);
      if (typeof sent["customer_id"] === "string") return void json(201, { id: 8, status: "open", ...sent });
      return void json(422, { error: { code: "invalid", message: "customer_id is required" } });
    }
    case "GET /orders/{id}":
      return void (order === undefined ? missing() : json(200, order));
    case "PATCH /orders/{id}":
      return void (order === undefined ? missing() : json(200, { ...order, ...parsed(body) }));
    case "DELETE /orders/{id}":
      return void response.writeHead(204).end();
    case `GET /orders/{id}/items`:
      return void json(200, [{ sku: "A-1", quantity: 2 }]);
    case "POST /orders/{id}/cancel":
      return void json(409, { error: { code: "conflict", message: "already shipped" } });
    case "GET /customers":
      return void json(200, customers);
    case "GET /customers/{id}":
      return void json(200, customers.find((each) => each.id === id) ?? null);
    case "GET /accounts":
      return void json(200, { success: true, errors: [], result: accounts });
    case "GET /reports/daily":
      return void response
        .writeHead(200, { "content-type": "text/csv" })
        .end("day,total\n2026-01-15,10.5\n2026-02-15,21\n");
    case "GET /logo":
      return void response
        .writeHead(200, { "content-type": "image/png" })
        .end(Buffer.from("89504e470d0a1a0a", "hex"));
    case "GET /export":
      return void json(
        200,
        Array.from({ length: 3000 }, (_, n) => ({ row: n, text: `row number ${n} of the export` })),
      );
    case "GET /slow":
      return void setTimeout(() => json(200, { slow: true }), 400);
    case "GET /down":
      return void response.writeHead(503, { "content-type": "text/html" }).end("<h1>Down</h1>");
    default:
      return void json(404, { error: { code: "no_route", message: rest } });
  }
}

function parsed(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const answers = (schema: object, type = "application/json") => ({
  responses: {
    "200": { description: "Done", content: { [type]: { schema } } },
    default: { description: "Not done", content: { "application/json": { schema: ref("Error") } } },
  },
});
const place = (name: string, type: string) => ({
  name,
  in: "path",
  required: true,
  schema: { type },
});
const query = (name: string, schema: object, description: string) => ({
  name,
  in: "query",
  schema,
  description,
});
const takes = (schema: object) => ({
  requestBody: { required: true, content: { "application/json": { schema } } },
});
const operation = (operationId: string, summary: string, tag: string, more: object) => ({
  operationId,
  summary,
  tags: [tag],
  ...more,
});

/** The document of that API. */
export const shopDocument = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1.0.0" },
  servers: [{ url: "https://api.shop.example/v1" }],
  paths: {
    "/orders": {
      get: operation("listOrders", "List orders", "orders", {
        parameters: [
          query("status", ref("Status"), "Only orders of this status"),
          query("limit", { type: "integer", maximum: 100 }, "Orders of one page"),
          query("cursor", { type: "string" }, "The last page's next"),
        ],
        ...answers({
          type: "object",
          properties: {
            orders: { type: "array", items: ref("Order") },
            next: { type: ["string", "null"] },
          },
        }),
      }),
      post: operation("createOrder", "Create an order", "orders", {
        ...takes(ref("OrderInput")),
        ...answers(ref("Order")),
      }),
    },
    "/orders/{id}": {
      parameters: [place("id", "integer")],
      get: operation("getOrder", "Get an order", "orders", answers(ref("Order"))),
      patch: operation("updateOrder", "Change an order", "orders", {
        ...takes({ type: "object", properties: { note: { type: "string" } } }),
        ...answers(ref("Order")),
      }),
      delete: operation("deleteOrder", "Delete an order", "orders", {
        responses: { "204": { description: "Deleted" } },
      }),
    },
    "/orders/{id}/items": {
      parameters: [place("id", "integer")],
      get: operation(
        "listItems",
        "List the items of an order",
        "orders",
        answers({ type: "array", items: ref("Item") }),
      ),
    },
    "/orders/{id}/cancel": {
      parameters: [place("id", "integer")],
      post: operation("cancelOrder", "Cancel an order before it is shipped", "orders", answers(ref("Order"))),
    },
    "/customers": {
      get: operation(
        "listCustomers",
        "List customers",
        "customers",
        answers({ type: "array", items: ref("Customer") }),
      ),
    },
    "/customers/{customer_id}": {
      get: operation("getCustomer", "Get a customer", "customers", {
        parameters: [place("customer_id", "string")],
        ...answers(ref("Customer")),
      }),
    },
    "/accounts": {
      get: operation(
        "listAccounts",
        "List accounts",
        "accounts",
        answers({
          type: "object",
          properties: { success: { type: "boolean" }, result: { type: "array", items: { type: "object" } } },
        }),
      ),
    },
    "/reports/daily": {
      get: operation("dailyReport", "Totals of each day", "reports", answers({ type: "string" }, "text/csv")),
    },
    "/logo": { get: operation("getLogo", "The shop's logo", "reports", answers({}, "image/png")) },
    "/export": {
      get: operation(
        "exportRows",
        "Every row there is",
        "reports",
        answers({ type: "array", items: { type: "object" } }),
      ),
    },
    "/slow": { get: operation("slow", "Answers late", "reports", answers({ type: "object" })) },
    "/down": { get: operation("down", "Is down", "reports", answers({ type: "object" })) },
  },
  components: {
    schemas: {
      Status: { type: "string", enum: ["open", "shipped", "cancelled"] },
      Order: {
        type: "object",
        required: ["id", "status"],
        properties: {
          id: { type: "integer" },
          status: ref("Status"),
          total: { type: "number" },
          customer_id: { type: "string" },
          created_at: { type: "string", format: "date-time" },
          parent: ref("Order"),
        },
      },
      OrderInput: {
        type: "object",
        required: ["customer_id"],
        properties: { customer_id: { type: "string" }, note: { type: "string" } },
      },
      Item: { type: "object", properties: { sku: { type: "string" }, quantity: { type: "integer" } } },
      Customer: {
        type: "object",
        properties: { id: { type: "string" }, name: { type: "string" }, email: { type: "string" } },
      },
      Error: {
        type: "object",
        properties: {
          error: {
            type: "object",
            properties: { code: { type: "string" }, message: { type: "string" } },
          },
        },
      },
    },
  },
};
