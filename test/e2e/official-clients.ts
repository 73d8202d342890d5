// The clients that Model Context Protocol publishes, each as a program would make it, and what a model might do by one.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

/** What a test needs of either official client. */
export interface AnyClient {
  listTools(): Promise<{ tools: { name: string; annotations?: object | undefined }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  getInstructions(): string | undefined;
  close(): Promise<void>;
}

const info = { name: "twofold-test", version: "1" };
export const clients: Record<string, (url: URL) => Promise<AnyClient>> = {
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

/** Writes, reads back, queries and stores bytes in the playground, in 26 calls. */
export const everything = `async () => {
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
