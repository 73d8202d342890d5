import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a page must show as text, whoever wrote it. */
export const hostile = `<img src=x onerror="window.hacked=1"></pre><script>window.hacked=1</script>\u202Egnp.exe`;

const products = Array.from({ length: 120 }, (_, n) => ({
  id: n + 1,
  name: n === 0 ? hostile : `Product ${n + 1}`,
  price: ((n * 37) % 100) + 0.5,
}));
const operation = (id: string, tag: string, summary = `The operation ${id}`) => ({
  operationId: id,
  summary,
  tags: [tag],
  responses: { 200: { description: "ok" } },
});

export const shopDocument = {
  openapi: "3.1.0",
  info: { title: "Shop <b>& Co</b>", version: "7" },
  paths: {
    "/products": {
      get: operation("listProducts", "products", "List all products"),
      post: {
        ...operation("addProduct", "products", hostile),
        requestBody: { content: { "application/json": { schema: { type: "object" } } } },
      },
    },
    "/orders/{id}": {
      get: {
        ...operation("getOrder", "orders", "One order"),
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      },
    },
    "/slow": { get: operation("slow", "orders", "Takes its time") },
  },
};

/** A shop on loopback that counts what it is asked. */
export async function startShop() {
  const asked: { at: number; url: string }[] = [];
  const server = createServer((request, response) => {
    asked.push({ at: Date.now(), url: `${request.method} ${request.url}` });
    request.resume();
    const answer = (value: unknown) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
    const { pathname } = new URL(request.url ?? "/", "http://shop");
    if (pathname === "/slow") setTimeout(() => answer({ late: true }), 400);
    else if (pathname === "/products") answer(request.method === "GET" ? products : { id: 121 });
    else answer({ id: pathname.split("/").at(-1), note: hostile });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
