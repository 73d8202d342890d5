import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** An API on loopback that answers as its path says and remembers what it was sent. */
export async function startUpstream() {
  const received: Received[] = [];
  let busy = 0;
  let busiest = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      received.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      const { pathname } = new URL(request.url ?? "/", "http://upstream");
      const answer = answers[pathname.replace(/^\/base/, "")] ?? answers["echo"];
      if (pathname.endsWith("/busy")) busiest = Math.max(busiest, (busy += 1));
      response.once("close", () => (busy -= pathname.endsWith("/busy") ? 1 : 0));
      answer?.(response, body, request.headers["content-type"] ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    /** The most calls of /busy that were under way at once. */
    busiest: () => busiest,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

type Answer = (response: import("node:http").ServerResponse, body: Buffer, contentType: string) => void;

const answers: Record<string, Answer> = {
  "/nothing": (response) => response.writeHead(204).end(),
  "/empty": (response) => response.writeHead(200, { "content-type": "application/json" }).end(),
  "/bad-gateway": (response) =>
    response.writeHead(502, { "content-type": "text/html" }).end("<h1>502 Bad Gateway</h1>"),
  "/bad-json": (response) => response.writeHead(200, { "content-type": "application/json" }).end("{oops"),
  "/redirect": (response) =>
    response.writeHead(302, { location: "http://127.0.0.1:1/elsewhere", etag: '"r"' }).end(),
  "/latin1": (response) =>
    response
      .writeHead(200, { "content-type": "text/plain; charset=iso-8859-1" })
      .end(Buffer.from([0x63, 0x61, 0x66, 0xe9])),
  "/not-utf8": (response) =>
    response.writeHead(200, { "content-type": "text/plain" }).end(Buffer.from([0xff, 0xfe, 0x00])),
  "/untyped": (response) => response.writeHead(200).end("1e3"),
  "/reset": (response) => response.destroy(),
  "/slow": (response) => void setTimeout(() => response.writeHead(200).end("late"), 1_500),
  "/busy": (response) => void setTimeout(() => response.writeHead(200).end("late"), 100),
  "/headers": (response) =>
    response
      .writeHead(200, {
        etag: '"1"',
        link: '<x>; rel="next"',
        "set-cookie": "session=canary",
        "x-ratelimit-limit": "7",
      })
      .end("ok"),
  echo: (response, body, contentType) =>
    response.writeHead(200, { "content-type": contentType || "application/octet-stream" }).end(body),
};

const operation = (id: string, extra: object = {}) => ({
  operationId: id,
  summary: `The operation ${id}`,
  responses: { default: { description: "anything" } },
  ...extra,
});
const anyBody = { requestBody: { content: { "application/json": {}, "application/octet-stream": {} } } };
const id = {
  parameters: [
    { name: "id", in: "path", required: true, schema: { type: "string" } },
    ...["tag", "none", "n"].map((name) => ({ name, in: "query", schema: {} })),
  ],
};

/** The document of that API. */
export const upstreamDocument = {
  openapi: "3.1.0",
  info: { title: "Upstream", version: "1" },
  paths: {
    ...Object.fromEntries(
      Object.keys(answers)
        .filter((path) => path.startsWith("/"))
        .map((path) => [path, { get: operation(path.slice(1)) }]),
    ),
    "/echo": { post: operation("echo", anyBody), put: operation("replace", anyBody) },
    "/text": { post: operation("text", { requestBody: { content: { "text/csv": {} } } }) },
    "/form": {
      post: operation("form", { requestBody: { content: { "application/x-www-form-urlencoded": {} } } }),
    },
    "/upload": { post: operation("upload", { requestBody: { content: { "multipart/form-data": {} } } }) },
    "/items/{id}": {
      get: operation("getItem", id),
      delete: operation("deleteItem", { ...id, "x-twofold-note": "Archive it instead." }),
    },
    "/items/{id}/parts/{part}": { get: operation("getPart") },
  },
  components: {
    schemas: { Node: { type: "object", properties: { next: { $ref: "#/components/schemas/Node" } } } },
  },
};
