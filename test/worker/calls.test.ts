import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { callTool, run } from "./tool-call.ts";
import { startUpstream, upstreamDocument } from "./upstream.ts";

const canary = "canary-4f1c9d7be2";

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: TestTwofold;
beforeAll(async () => {
  upstream = await startUpstream();
  twofold = await startTestTwofold({
    document: upstreamDocument,
    baseUrl: `${upstream.url}/base`,
    auth: { type: "bearer" },
    secrets: { API_TOKEN: canary },
  });
});
afterAll(async () => {
  await twofold?.stop();
  await upstream?.stop();
});
beforeEach(() => {
  upstream.received.length = 0;
});

const execute = (code: string) => run(twofold.url, "execute", `async () => { ${code} }`);
// In a variable, so that the gateway answers and not the look at the program before it runs.
const refusal = async (call: string) => {
  const code = `async () => { const call = ${call}; return api.request(call); }`;
  const answer = await callTool(twofold.url, "execute", { code });
  expect(answer.isError).toBe(true);
  expect(answer.text).not.toContain("was not run");
  return answer.text;
};

describe("what a program sends", () => {
  test("goes to the base path with the credential, set by us and not by the program", async () => {
    await execute(
      `return api.request({ method: "get", path: "/items/{id}", params: { id: "a/b c" }, query: { tag: ["x", "y"], none: null, n: 0 } })`,
    );
    expect(upstream.received[0]).toMatchObject({
      method: "GET",
      url: "/base/items/a%2Fb%20c?tag=x&tag=y&n=0",
    });
    expect(upstream.received[0]?.headers["authorization"]).toBe(`Bearer ${canary}`);
  });

  test.each([
    "authorization",
    "Cookie",
    "HOST",
    "x-forwarded-host",
    "upgrade",
    "x-http-method-override",
    "X_HTTP_Method_Override",
    "MF-Original-URL",
  ])("cannot set the header %s", async (name) => {
    expect(
      await refusal(`{ method: "GET", path: "/nothing", headers: { ${JSON.stringify(name)}: "x" } }`),
    ).toContain("is not for programs to set");
    expect(upstream.received).toHaveLength(0);
  });

  test("cannot break a header in two", async () => {
    expect(await refusal(`{ method: "GET", path: "/nothing", headers: { a: "b\\r\\nc: d" } }`)).toContain(
      "no header can carry",
    );
  });

  test("an object goes as JSON, falsy values included", async () => {
    for (const value of ["0", "false", '""', "null", '{"a":[1]}']) {
      expect(
        await execute(
          `return (await api.request({ method: "POST", path: "/echo", body: ${value}, headers: ${value === '""' ? '{"content-type":"text/plain"}' : "{}"} })).data`,
        ),
      ).toEqual(value === '""' ? null : JSON.parse(value));
    }
    expect(upstream.received.map(({ headers }) => headers["content-type"])).toEqual([
      "application/json",
      "application/json",
      "text/plain",
      "application/json",
      "application/json",
    ]);
  });

  test("a string goes as it is, with the content type the operation takes", async () => {
    await execute(`return api.request({ method: "POST", path: "/text", body: "a;b" })`);
    expect(upstream.received[0]?.headers["content-type"]).toBe("text/csv");
    expect(upstream.received[0]?.body.toString()).toBe("a;b");
  });

  test("bytes go and come unchanged", async () => {
    const same = await execute(`
      const bytes = crypto.getRandomValues(new Uint8Array(5000));
      const { data } = await api.request({ method: "POST", path: "/echo", body: bytes, headers: { "content-type": "application/octet-stream" } });
      return data instanceof Uint8Array && data.length === 5000 && data.every((byte, n) => byte === bytes[n])`);
    expect(same).toBe(true);
  });
});

describe("forms", () => {
  const sent = () => ({
    type: upstream.received[0]?.headers["content-type"] ?? "",
    body: upstream.received[0]?.body.toString("latin1") ?? "",
  });

  test("an object goes urlencoded where that is what the operation takes", async () => {
    await execute(
      `return api.request({ method: "POST", path: "/form", body: { a: "x y", list: [1, 2], none: null } })`,
    );
    expect(sent()).toEqual({ type: "application/x-www-form-urlencoded", body: "a=x+y&list=1&list=2" });
  });

  test.each([
    ["an object with bytes in it", `{ note: "é", file: new Uint8Array([0, 255]) }`],
    [
      "FormData",
      `(() => { const form = new FormData(); form.append("note", "é"); form.append("file", new File([new Uint8Array([0, 255])], "file")); return form; })()`,
    ],
  ])("%s goes as multipart, every byte of it", async (_, body) => {
    await execute(`return api.request({ method: "POST", path: "/upload", body: ${body} })`);
    const { type, body: text } = sent();
    const boundary = /^multipart\/form-data; ?boundary="?([^"]+)"?$/.exec(type)?.[1];
    expect(boundary).toBeDefined();
    expect(text).toContain(`--${boundary}`);
    expect(text).toContain('name="note"\r\n\r\n\u00c3\u00a9\r\n');
    expect(text).toContain('name="file"; filename="file"');
    expect(text).toContain("\r\n\r\n\u0000\u00ff\r\n");
  });

  test.each(["new Map()", "new Set()", "() => 1", "1n"])("%s is refused, not sent as {}", async (body) => {
    expect(await refusal(`{ method: "POST", path: "/echo", body: ${body} }`)).toContain(
      "which has no form on the wire",
    );
    expect(upstream.received).toHaveLength(0);
  });
});

describe("a program's slips", () => {
  test("a field that does not exist is named, with the one that was meant", async () => {
    expect(await refusal(`{ method: "POST", path: "/echo", data: {} }`)).toContain(
      "data is not a field of api.request. Did you mean body?",
    );
    const answer = await callTool(twofold.url, "execute", { code: `api.get("/nothing")` });
    expect(answer.text).toContain("api.get does not exist. Every call is api.request(");
  });

  test("a call nobody awaited is named", async () => {
    const code = `async () => { api.request({ method: "GET", path: "/slow" }); await new Promise((resolve) => setTimeout(resolve, 100)); return "done"; }`;
    const answer = await callTool(twofold.url, "execute", { code });
    expect(answer.text).toBe("done");
    expect(answer.notes).toContain("Not awaited, and ended with the run, done or not: GET /slow.");
    expect(answer.notes).toContain("GET /slow → in flight");
  });

  test("half a surrogate pair is refused as a parameter", async () => {
    expect(await refusal(`{ method: "GET", path: "/items/{id}", params: { id: "\\ud800" } }`)).toContain(
      "half of a surrogate pair",
    );
  });

  test("a path of 60 KB is refused at once", async () => {
    const started = Date.now();
    const answer = await callTool(twofold.url, "execute", {
      code: `api.request({ method: "GET", path: "${"/a".repeat(30_000)}" })`,
    });
    expect(answer.text).toContain("60000 characters long; at most 4096");
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  test("the five-hundred-and-first call is refused, however many are made at once", async () => {
    const refused =
      await execute(`const made = await Promise.allSettled(Array.from({ length: 510 }, () => api.request({ method: "GET", path: "/nothing" })));
      return made.filter(({ status }) => status === "rejected").length`);
    expect(refused).toBe(10);
    expect(upstream.received).toHaveLength(500);
  });

  test("six calls are under way at once, no more, and all are made", async () => {
    const done = await execute(
      `return (await Promise.all(Array.from({ length: 20 }, () => api.request({ method: "GET", path: "/busy" })))).length`,
    );
    expect(done).toBe(20);
    expect(upstream.busiest()).toBe(6);
  });
});

describe("what comes back", () => {
  const get = (path: string) =>
    execute(`return api.request({ method: "GET", path: ${JSON.stringify(path)} })`);

  test.each(["/nothing", "/empty"])("%s: an empty answer is null", async (path) => {
    expect(await get(path)).toMatchObject({ ok: true, data: null });
  });
  test("HTML with 502 is an answer that is not ok, not an exception", async () => {
    expect(await get("/bad-gateway")).toMatchObject({
      status: 502,
      ok: false,
      data: "<h1>502 Bad Gateway</h1>",
    });
  });
  test("text that claims to be JSON is text", async () => {
    expect(await get("/bad-json")).toMatchObject({ ok: true, data: "{oops" });
  });
  test("text is read in its own charset, and bytes that are no text stay bytes", async () => {
    expect(await get("/latin1")).toMatchObject({ data: "café" });
    expect(
      await execute(
        `const { data } = await api.request({ method: "GET", path: "/not-utf8" }); return [...data]`,
      ),
    ).toEqual([255, 254, 0]);
  });
  test("text without a content type is not taken for JSON", async () => {
    expect(await get("/untyped")).toMatchObject({ data: "1e3" });
  });
  test("a redirect is shown and never followed", async () => {
    expect(await get("/redirect")).toMatchObject({
      status: 302,
      ok: false,
      headers: { location: "http://127.0.0.1:1/elsewhere" },
    });
  });
  test("headers a program can use are there, cookies are not", async () => {
    const { headers } = (await get("/headers")) as { headers: object };
    expect(headers).toMatchObject({ etag: '"1"', link: '<x>; rel="next"', "x-ratelimit-limit": "7" });
    expect(headers).not.toHaveProperty("set-cookie");
  });
  test("a reset is an error that says whether to try again, and the call is in the ledger", async () => {
    const answer = await callTool(twofold.url, "execute", {
      code: `async () => api.request({ method: "GET", path: "/reset" })`,
    });
    expect(answer).toMatchObject({ isError: true });
    expect(answer.text).toContain("may be tried again");
    expect(answer.notes).toContain("GET /reset → failed");
    expect(answer.notes).toMatch(/run r_\w{10} · 1 call \(1 GET\) · \d+ ms/);
  });
});

describe("bytes as a result", () => {
  test("are shown by size and hash, an image as an image", async () => {
    const plain = await callTool(twofold.url, "execute", { code: "new Uint8Array([1, 2, 3])" });
    expect(JSON.parse(plain.text)).toEqual({
      type: "bytes",
      size: 3,
      sha256: "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81",
    });
    const image = await callTool(twofold.url, "execute", {
      code: "new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1])",
    });
    expect(image.raw).toContain('{"type":"image","data":"iVBORwE=","mimeType":"image/png"}');
  });
});

describe("what is refused before anything is sent", () => {
  test("an unknown path, with the nearest three", async () => {
    const text = await refusal(`{ method: "GET", path: "/item/{id}" }`);
    expect(text).toContain('GET "/item/{id}" is not in the document');
    expect(text.split("Nearest: ")[1]?.split(" · ")).toHaveLength(3);
    expect(text).toContain("Nearest: GET /items/{id} (getItem)");
  });
  test("a method the path does not have, with those it has", async () => {
    expect(await refusal(`{ method: "PATCH", path: "/items/{id}" }`)).toContain(
      "the document has GET, DELETE there",
    );
  });
  test("a placeholder without a value, or one that is not in the path", async () => {
    expect(await refusal(`{ method: "GET", path: "/items/{id}" }`)).toContain(
      "give params.id (it is missing)",
    );
    expect(await refusal(`{ method: "GET", path: "/items/{id}", params: { id: "{id}" } }`)).toContain(
      "unfilled placeholder",
    );
    expect(await refusal(`{ method: "GET", path: "/items/{id}", params: { id: 1, x: 2 } }`)).toContain(
      "params.x is not a placeholder",
    );
  });
  test("an operation with a note, with the note", async () => {
    expect(await refusal(`{ method: "DELETE", path: "/items/{id}" }`)).toContain(
      "Note on this operation: Archive it instead.",
    );
  });
  test("a call that is spelled out, before the program runs", async () => {
    const code = `async () => {
  await api.request({ method: "DELETE", path: "/items/{id}", params: { id: 1 } });
  return api.request({ method: "GET", path: "/items/{id}", params: { ident: 1 } });
}`;
    const answer = await callTool(twofold.url, "execute", { code });
    expect(answer.text).toContain(
      "The program was not run. GET /items/{id} needs params: {id}, not params.ident.\nat line 3, column 10",
    );
    expect(upstream.received).toHaveLength(0);
  });
  test.each([
    "//evil.example/x",
    "/\\evil.example",
    "/\t/evil.example",
    "https://evil.example/",
    "@evil.example/items/1",
    "/items/../admin",
    "/items/%2e%2e",
    "/items/..%2f..%2fadmin",
    "/items/%252e%252e",
  ])("the path %j, which would leave the base", async (path) => {
    await refusal(`{ method: "GET", path: ${JSON.stringify(path)} }`);
    const value = path.replace("/items/", "");
    await callTool(twofold.url, "execute", {
      code: `api.request({ method: "GET", path: "/items/{id}", params: { id: ${JSON.stringify(value)} } })`,
    });
    // As a value it may be harmless: then it stayed one encoded segment below the base.
    expect(upstream.received.filter(({ url }) => !/^\/base\/items\/[^/]+$/.test(url))).toEqual([]);
  });
});

describe("the credential", () => {
  test("is nowhere a program can look, and in no answer or log", async () => {
    const answer = await callTool(twofold.url, "execute", {
      code: `async () => {
        const seen = [];
        const visit = (value, depth) => {
          if (depth > 4 || value === null || (typeof value !== "object" && typeof value !== "function")) return void seen.push(String(value));
          for (const key of Reflect.ownKeys(value)) { try { seen.push(String(key)); visit(value[key], depth + 1); } catch (error) { seen.push(String(error)); } }
        };
        visit(globalThis, 0);
        visit(api, 0); visit(api.request, 0); visit(Object.getPrototypeOf(api), 0);
        try { await api.request({ method: "GET", path: "/reset" }); } catch (error) { visit(error, 0); seen.push(error.stack); }
        visit(await api.request({ method: "GET", path: "/headers" }), 0);
        console.log("values", seen.length);
        return seen.filter((text) => text.includes("canary-"));
      }`,
    });
    expect(answer).toMatchObject({ isError: false, text: "[]" });
    expect(answer.raw + twofold.output()).not.toContain(canary);
    // The control: the credential did go to the API in this very run.
    expect(upstream.received.at(-1)?.headers["authorization"]).toContain(canary);
  });
});
