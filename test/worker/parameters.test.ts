import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { additionalMethods } from "../../src/spec/format.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { callTool, run } from "./tool-call.ts";

type Received = { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer };

/** An API that remembers what it was sent, and finds everything wrong that is sent to /refuse. */
const received: Received[] = [];
const server: Server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const url = request.url ?? "";
    received.push({
      method: request.method ?? "",
      url,
      headers: request.headers,
      body: Buffer.concat(chunks),
    });
    const status = url.startsWith("/refuse") ? 422 : 200;
    response
      .writeHead(status, { "content-type": "application/json" })
      .end(JSON.stringify(status === 200 ? {} : { error: { code: "bad_thing", message: "no" } }));
  });
});

const list = { type: "array", items: { type: "string" } };
const thing = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string" },
    mail: { type: "string", format: "email" },
    size: { type: "integer" },
  },
};
const json = (schema: object) => ({
  requestBody: { required: true, content: { "application/json": { schema } } },
});
const document = {
  openapi: "3.1.0",
  info: { title: "Things", version: "1" },
  paths: {
    "/things/{ids}": {
      parameters: [{ name: "ids", in: "path", required: true, style: "matrix", explode: true, schema: list }],
      get: {
        operationId: "getThings",
        parameters: [
          { name: "filter", in: "query", style: "deepObject", explode: true, schema: { type: "object" } },
          { name: "ids", in: "query", style: "pipeDelimited", explode: false, schema: list },
          { name: "X-List", in: "header", schema: list },
          { name: "session", in: "cookie", schema: { type: "string" } },
          { name: "where", in: "query", content: { "application/json": { schema: { type: "object" } } } },
          { name: "path", in: "query", allowReserved: true, schema: { type: "string" } },
        ],
        responses: {},
      },
    },
    "/things": {
      post: { operationId: "createThing", ...json({ $ref: "#/components/schemas/Thing" }), responses: {} },
    },
    "/copies": {
      additionalOperations: Object.fromEntries(
        additionalMethods.map((method) => [method, { operationId: `by${method}`, responses: {} }]),
      ),
    },
    "/refuse": {
      post: { operationId: "refuse", ...json({ $ref: "#/components/schemas/Thing" }), responses: {} },
    },
    "/upload": {
      post: {
        operationId: "upload",
        requestBody: {
          content: {
            "multipart/form-data": {
              schema: {
                type: "object",
                properties: { file: { type: "string", format: "binary" }, meta: thing },
              },
              encoding: { file: { contentType: "image/png" } },
            },
          },
        },
        responses: {},
      },
    },
    "/form": {
      post: {
        operationId: "form",
        requestBody: {
          content: { "application/x-www-form-urlencoded": { encoding: { list: { explode: false } } } },
        },
        responses: {},
      },
    },
    "/lines": {
      post: { operationId: "lines", requestBody: { content: { "application/x-ndjson": {} } }, responses: {} },
    },
  },
  components: { schemas: { Thing: thing } },
};

let twofold: TestTwofold;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  twofold = await startTestTwofold({
    document,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    auth: { type: "apiKey", in: "cookie", name: "token" },
    secrets: { API_TOKEN: "canary-7d1" },
  });
});
afterAll(async () => {
  await twofold?.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  received.length = 0;
});

const execute = (code: string) => run(twofold.url, "execute", `async () => { ${code} }`);
const failure = async (code: string) => {
  const answer = await callTool(twofold.url, "execute", { code: `async () => { ${code} }` });
  expect(answer.isError).toBe(true);
  return answer.text;
};

describe("a call by operationId", () => {
  test("writes path, query, header and cookie parameters as the document says", async () => {
    await execute(`return api.request({
      operation: "getThings",
      params: { ids: ["a/b", "c"], session: "x; y" },
      query: { filter: { state: "on", size: { gt: 1 } }, ids: ["1", "2"], where: { a: [1] }, path: "/a/b" },
      headers: { "x-list": ["p", "q"] },
    })`);
    const [{ url = "", headers = {} } = {}] = received;
    expect(url.split("?")[0]).toBe("/things/;ids=a%2Fb;ids=c");
    expect(
      url
        .split("?")[1]
        ?.split("&")
        .map((pair) => pair.replaceAll("%5B", "[").replaceAll("%5D", "]")),
    ).toEqual([
      "filter[state]=on",
      "filter[size][gt]=1",
      "ids=1%7C2",
      "where=%7B%22a%22%3A[1]%7D",
      "path=/a/b",
    ]);
    expect(headers["x-list"]).toBe("p,q");
    expect(headers["cookie"]).toBe("session=x%3B%20y; token=canary-7d1");
  });

  test("that is wrong is refused before the program runs, with the nearest", async () => {
    const text = await failure(`return api.request({ operation: "getThing", params: { ids: ["1"] } })`);
    expect(text).toContain(
      'The program was not run. No operation of the document is called "getThing". Nearest: GET /things/{ids} (getThings)',
    );
  });
});

describe("a body that does not fit", () => {
  test("is not sent, and the error says where, what and what next", async () => {
    const text = await failure(
      `return api.request({ operation: "createThing", body: { nmae: "x", size: "big" } })`,
    );
    expect(text).toContain("POST /things was not sent: it does not fit the document.");
    expect(text).toContain("- body.name is missing, and required; you gave nmae, which is not a property");
    expect(text).toContain('- body.size is "big", not an integer (schema: {"type":"integer"})');
    expect(text).toContain("validate: false");
    expect(received).toHaveLength(0);
  });

  test("goes with validate: false; when the API refuses it, its words and ours come together", async () => {
    const call = `{ operation: "refuse", body: { size: "big", mail: "x" }, validate: false }`;
    expect(await execute(`return api.request(${call})`)).toMatchObject({
      status: 422,
      data: { error: { code: "bad_thing" } },
      findings: [
        'body.name is missing, and required (schema: {"type":"string"})',
        'body.mail is "x", against its format (schema: {"type":"string","format":"email"})',
        'body.size is "big", not an integer (schema: {"type":"integer"})',
      ],
    });
    expect(received).toHaveLength(1);
    const thrown = await execute(`try { await api.request({ ...${call}, throw: true }) }
      catch ({ status, code, body, operation, message, findings }) { return { status, code, body, operation, message, found: findings.length } }`);
    expect(thrown).toMatchObject({ status: 422, code: "bad_thing", operation: "refuse", found: 3 });
  });

  test("a call that succeeds carries no findings and does not throw", async () => {
    const answer = await execute(
      `return api.request({ operation: "createThing", body: { name: "x", mail: "loose" }, throw: true })`,
    );
    expect(Object.keys(answer as object)).toEqual(["status", "ok", "headers", "data"]);
  });
});

describe("a form", () => {
  test("of fields and files arrives as a standard parser reads it, every byte of it", async () => {
    const sent = (await execute(`
      const file = crypto.getRandomValues(new Uint8Array(60_000));
      await api.request({ operation: "upload", form: { meta: { name: "é" }, file, list: [1, "x"], empty: null } });
      return [...new Uint8Array(await crypto.subtle.digest("SHA-256", file))];`)) as number[];
    const { headers, body } = received[0] as Received;
    const form = await new Response(new Uint8Array(body), {
      headers: { "content-type": headers["content-type"] ?? "" },
    }).formData();
    expect([...form.keys()]).toEqual(["meta", "file", "list", "list"]);
    expect(form.get("meta")).toBe('{"name":"é"}');
    expect(form.getAll("list")).toEqual(["1", "x"]);
    const file = form.get("file") as File;
    expect(file.type).toBe("image/png");
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    expect([...new Uint8Array(digest)]).toEqual(sent);
  });

  test("goes urlencoded where that is what the operation takes", async () => {
    await execute(
      `return api.request({ operation: "form", form: { a: "x y", list: [1, 2], deep: { k: 1 } } })`,
    );
    expect(received[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(received[0]?.body.toString()).toBe("a=x+y&list=1,2&deep=%7B%22k%22%3A1%7D");
  });

  test("is refused beside a body, and when it is none", async () => {
    expect(await failure(`return api.request({ operation: "form", form: {}, body: {} })`)).toContain(
      "form is given beside body",
    );
    expect(await failure(`return api.request({ operation: "form", form: "a=1" })`)).toContain(
      "Give an object of names and values",
    );
  });
});

test("operations of other methods are called like any", async () => {
  const calls = additionalMethods.map((method, n) =>
    n % 2 === 0 ? `{ operation: "by${method}" }` : `{ method: "${method.toLowerCase()}", path: "/copies" }`,
  );
  await execute(`for (const call of [${calls.join()}]) await api.request(call); return 1;`);
  expect(received.map(({ method, url }) => [method, url])).toEqual(
    additionalMethods.map((method) => [method, "/copies"]),
  );
  expect(await failure(`return api.request({ method: "LINK", path: "/copies" })`)).toContain(
    "LINK is not defined for /copies",
  );
});

test("a list goes line by line where the operation takes lines", async () => {
  await execute(`return api.request({ operation: "lines", body: [{ a: 1 }, "x"] })`);
  expect(received[0]?.body.toString()).toBe('{"a":1}\n"x"\n');
});
