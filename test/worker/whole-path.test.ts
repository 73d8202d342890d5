import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NpmStart, npmStart, untilReady } from "./npm-start.ts";

/** What a test needs of either official client. */
interface AnyClient {
  listTools(): Promise<{ tools: { name: string; annotations?: object | undefined }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  getInstructions(): string | undefined;
  close(): Promise<void>;
}

const info = { name: "twofold-test", version: "1" };
const clients: Record<string, (url: URL) => Promise<AnyClient>> = {
  "@modelcontextprotocol/client": async (url) => {
    const client = new Client(info);
    await client.connect(new StreamableHTTPClientTransport(url));
    return client as unknown as AnyClient;
  },
  "@modelcontextprotocol/client, 2026-07-28 only": async (url) => {
    const client = new Client(info, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
    await client.connect(new StreamableHTTPClientTransport(url));
    return client as unknown as AnyClient;
  },
  "@modelcontextprotocol/sdk": async (url) => {
    const client = new ClientV1(info);
    // Its transport types were written before exactOptionalPropertyTypes.
    await client.connect(new TransportV1(url) as unknown as Parameters<ClientV1["connect"]>[0]);
    return client as unknown as AnyClient;
  },
};

const everything = `async () => {
  const call = async (method, path, params, body) => {
    const answer = await api.request({ method, path, params, body });
    if (!answer.ok) throw new Error(method + " " + path + " " + answer.status + " " + JSON.stringify(answer.data));
    return answer.data;
  };
  const value = "/storage/kv/namespaces/{namespace_id}/values/{key_name}";
  const namespace_id = (await call("GET", "/storage/kv/namespaces")).result[0].id;
  for (let n = 0; n < 10; n += 1) await call("PUT", value, { namespace_id, key_name: "ten/" + n }, "value " + n);
  const read = [];
  for (let n = 0; n < 10; n += 1) {
    read.push(await call("GET", value, { namespace_id, key_name: "ten/" + n }));
  }
  const database_id = (await call("GET", "/d1/database")).result[0].uuid;
  const sql = await call("POST", "/d1/database/{database_id}/raw", { database_id }, { sql: "SELECT 6 * 7 AS answer" });
  const bucket_name = (await call("GET", "/r2/buckets")).result.buckets[0].name;
  const object = "/r2/buckets/{bucket_name}/objects/{object_key}";
  const place = { bucket_name, object_key: "folder/random.bin" };
  const bytes = crypto.getRandomValues(new Uint8Array(5000));
  await call("PUT", object, place, bytes);
  const stored = await call("GET", object, place);
  const hash = async (data) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", data))].join();
  return { read, answer: sql.result[0].results.rows[0][0], size: stored.length, equal: (await hash(bytes)) === (await hash(stored)) };
}`;

describe("npm start, the playground and the real local Cloudflare API", () => {
  let state: string;
  let started: NpmStart;
  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), "twofold-path-"));
    started = await npmStart(state);
    await untilReady(started);
  });
  afterAll(async () => {
    // The whole job, as Ctrl-C in a terminal does.
    if (started !== undefined) process.kill(-started.npm.pid, "SIGINT");
    await started?.exited;
    await rm(state, { recursive: true, force: true });
  });

  test.each(["/mcp", "/"].flatMap((path) => Object.keys(clients).map((name) => [name, path] as const)))(
    "%s at %s: two tools, a search, and an execute that writes, reads back, queries and stores bytes",
    async (name, path) => {
      const connect = clients[name];
      if (connect === undefined) throw new Error(`no client ${name}`);
      const client = await connect(new URL(`http://localhost:${started.port}${path}`));
      const text = async (tool: string, code: string) => {
        const answer = (await client.callTool({ name: tool, arguments: { code } })) as {
          isError?: boolean;
          content: { text: string }[];
        };
        if (answer.isError === true) throw new Error(answer.content[0]?.text);
        return answer.content.map((block) => block.text);
      };
      try {
        const { tools } = await client.listTools();
        expect(tools.map((tool) => tool.name)).toEqual(["search", "execute"]);
        expect(tools[0]?.annotations).toMatchObject({ readOnlyHint: true });
        expect(tools[1]?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true });
        expect(client.getInstructions()).toContain("search finds operations");

        const found = JSON.parse(
          (
            await text(
              "search",
              `Object.entries(spec.paths).flatMap(([path, item]) => Object.entries(item).filter(([, operation]) => operation.tags?.includes("Workers KV Namespace")).map(([method]) => method + " " + path))`,
            )
          )[0] ?? "",
        ) as string[];
        expect(found).toHaveLength(8);
        expect(found).toContain("put /storage/kv/namespaces/{namespace_id}/values/{key_name}");

        const [result, notes] = await text("execute", everything);
        expect(JSON.parse(result ?? "")).toEqual({
          read: Array.from({ length: 10 }, (_, n) => `value ${n}`),
          answer: 42,
          size: 5000,
          equal: true,
        });
        expect(notes).toMatch(/^run r_\w{10} · 26 calls \(14 GET, 11 PUT, 1 POST\) · \d+ ms$/);
      } finally {
        await client.close();
      }
    },
  );
});
