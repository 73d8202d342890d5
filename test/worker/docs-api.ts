import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSchema, graphql } from "graphql";

const schema = buildSchema(`type Order { id: ID! status: String! } type Query { order(id: ID!): Order }`);

/** The API that the pages' examples are about, where they are not about the playground. */
export async function startDocsApi(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    void answer(request).then((value) =>
      response
        .writeHead(value === undefined ? 404 : 200, { "content-type": "application/json" })
        .end(JSON.stringify(value ?? { error: "not found" })),
    );
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

async function answer(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const call = `${request.method} ${request.url}`;
  if (call === "GET /openapi.json") return docsDocument;
  if (call === "POST /graphql") {
    const { query, variables } = JSON.parse(body.toString()) as {
      query: string;
      variables?: Record<string, unknown>;
    };
    const rootValue = { order: ({ id }: { id: string }) => ({ id, status: "open" }) };
    return graphql({ schema, source: query, rootValue, ...(variables && { variableValues: variables }) });
  }
  if (call === "POST /orders/7/photos") {
    const type = request.headers["content-type"] ?? "";
    const form = await new Response(body, { headers: { "content-type": type } }).formData();
    const described = [...form].map(([name, value]) => [
      name,
      typeof value === "string" ? value : { filename: value.name, type: value.type },
    ]);
    return Object.fromEntries(described) as unknown;
  }
  return undefined;
}

const operation = (operationId: string, more: object = {}) => ({
  operationId,
  responses: { 200: { description: "Done" } },
  ...more,
});
const id = { parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }] };
const billing = { tags: ["Billing"] };

export const docsDocument = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  servers: [{ url: "https://api.example.com/v1" }],
  security: [{ token: [] }],
  components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
  paths: {
    "/me": { get: operation("me") },
    "/orders": { get: operation("listOrders"), post: operation("createOrder") },
    "/orders/search": { post: operation("searchOrders") },
    "/orders/purge": { post: operation("purgeOrders") },
    "/orders/{id}": { ...id, get: operation("getOrder"), delete: operation("deleteOrder") },
    "/orders/{id}/export": { ...id, get: operation("exportOrder") },
    "/orders/{id}/photos": {
      ...id,
      post: operation("addPhoto", {
        requestBody: {
          content: {
            "multipart/form-data": {
              schema: { type: "object", properties: { caption: { type: "string" }, photo: {} } },
            },
          },
        },
      }),
    },
    "/invoices": { get: operation("listInvoices", billing), post: operation("createInvoice", billing) },
    "/admin/users": { get: operation("listUsers") },
  },
};
