import type { IncomingMessage, ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addApi } from "../../scripts/spec/add-api.ts";
import { buildApi } from "../../scripts/spec/build-api.ts";
import { readUrl } from "../../scripts/spec/read-url.ts";
import { readingLimits } from "../../scripts/spec/reading-limits.ts";
import { folder } from "./folder.ts";
import { serve } from "./serve.ts";

const canary = "canary-of-the-document";
const secrets = { "spec/one/.dev.vars": `API_TOKEN=${canary}\n` };
const document = JSON.stringify({
  openapi: "3.0.0",
  info: { title: "Test", version: "1" },
  paths: { "/a": { get: { operationId: "a", summary: "A", responses: {} } } },
});

/** An API that shows its document to whoever has the key. */
const guarded = (request: IncomingMessage, response: ServerResponse) =>
  void (request.headers["x-api-key"] === canary
    ? response.end(document)
    : response.writeHead(401).end("no key"));

test("a document behind the API's own key is read with the key of .dev.vars, by add and by build", async () => {
  await using server = await serve(guarded);
  await using root = await folder(secrets);
  const baseUrl = `${server.origin}/v1`;
  const options = { root: root.path, baseUrl, auth: "header:X-API-Key" };
  const added = await addApi("one", `${server.origin}/docs`, options);
  expect(added.artifact.operations).toBe(1);
  expect((await buildApi("one", { root: root.path })).artifact.operations).toBe(1);
  expect(await readFile(join(root.path, "spec/one/api.jsonc"), "utf8")).not.toContain(canary);
});

test("a bearer token and a cookie open a document too", async () => {
  const seen: string[] = [];
  await using server = await serve((request, response) => {
    const { authorization, cookie } = request.headers;
    if (authorization === undefined && cookie === undefined) return void response.writeHead(403).end();
    seen.push(authorization ?? cookie ?? "");
    response.end(document);
  });
  for (const auth of ["bearer", "cookie:session"]) {
    await using root = await folder(secrets);
    await addApi("one", `${server.origin}/docs`, { root: root.path, baseUrl: server.origin, auth });
  }
  expect(seen).toEqual([`Bearer ${canary}`, `session=${canary}`]);
});

test("a document that is public is read without the key", async () => {
  const seen: string[] = [];
  await using server = await serve((request, response) => {
    seen.push(JSON.stringify(request.headers));
    response.end(document);
  });
  await using root = await folder(secrets);
  await addApi("one", `${server.origin}/docs`, { root: root.path, baseUrl: server.origin, auth: "bearer" });
  expect(seen).toHaveLength(1);
  expect(seen[0]).not.toContain(canary);
});

test("no other origin gets the key: not the document's own, nor one it redirects to", async () => {
  const seen: string[] = [];
  await using elsewhere = await serve((request, response) => {
    seen.push(JSON.stringify(request.headers));
    response.writeHead(401).end();
  });
  await using api = await serve((request, response) =>
    request.headers["x-api-key"] === canary
      ? response.writeHead(302, { location: `http://localhost:${new URL(elsewhere.origin).port}/docs` }).end()
      : response.writeHead(401).end(),
  );
  await using root = await folder(secrets);
  const options = { root: root.path, baseUrl: api.origin, auth: "header:X-API-Key" };
  await expect(addApi("one", `${elsewhere.origin}/docs`, options)).rejects.toThrow(
    /answered 401: it wants a credential\. If it is the API's own, write it into spec\/NAME\/\.dev\.vars/,
  );
  expect(seen).toHaveLength(1);
  await expect(addApi("one", `${api.origin}/docs`, options)).rejects.toThrow(/localhost/);
  expect(seen.join()).not.toContain(canary);
});

test("a server that wants a key does not get one of another origin", async () => {
  const seen: string[] = [];
  await using server = await serve((request, response) => {
    seen.push(String(request.headers["x-api-key"]));
    response.writeHead(request.headers["x-api-key"] === canary ? 200 : 401).end();
  });
  const ask = (origin: string) =>
    readUrl(new URL(server.origin), {
      limits: readingLimits,
      maximumBytes: 100,
      permit: () => {},
      typedOrigin: server.origin,
      signal: AbortSignal.timeout(10_000),
      credential: { origin, header: "x-api-key", value: canary },
    });
  await expect(ask("https://api.example")).rejects.toThrow(/wants a credential/);
  expect(seen).toEqual(["undefined"]);
  // The control.
  await ask(server.origin);
  expect(seen).toEqual(["undefined", "undefined", canary]);
});

test("a key that the server does not take is said, and not tried again", async () => {
  await using server = await serve(guarded);
  await using root = await folder({ "spec/one/.dev.vars": "API_TOKEN=another-canary\n" });
  const options = { root: root.path, baseUrl: server.origin, auth: "header:X-API-Key" };
  const refused = await addApi("one", `${server.origin}/docs`, options).catch(
    (error: Error) => error.message,
  );
  expect(refused).toMatch(/answered 401, also to the credential in \.dev\.vars of the API's folder/);
  expect(refused).not.toContain("another-canary");
  expect(server.paths).toEqual(["/docs", "/docs"]);
});

test("a missing key is no reason to stop before the server asked for it", async () => {
  await using server = await serve((_, response) => response.end(document));
  await using root = await folder({ "spec/one/.dev.vars": "# none yet\n" });
  const options = { root: root.path, baseUrl: server.origin, auth: "bearer" };
  expect((await addApi("one", `${server.origin}/docs`, options)).artifact.operations).toBe(1);
});
