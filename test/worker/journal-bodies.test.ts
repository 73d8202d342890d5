import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { JournalClient } from "./journal-client.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";

const token = "canary/4f1c9d7be2+0aQ=";
const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]);

/** Echoes what it was sent, credential included; never answers below /hang. */
let upstream: Server;
let hanging = 0;
let off: TestTwofold;
let writes: TestTwofold;
let every: TestTwofold;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      if (request.url === "/hang") {
        hanging += 1;
        return;
      }
      if (request.url === "/picture") {
        response.writeHead(200, { "content-type": "image/png" }).end(picture);
        return;
      }
      const sent = request.headers.authorization ?? "";
      const echo = {
        sent,
        base64: Buffer.from(sent).toString("base64"),
        email: "private-mail-of-answer",
        password: "private-password-of-answer",
        long: "y".repeat(Number(new URL(request.url ?? "/", "http://x").searchParams.get("long") ?? 0)),
        body,
      };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(echo));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const options = {
    document,
    baseUrl: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    auth: { type: "bearer" as const },
    secrets: { API_TOKEN: token },
    policy: { redact: ["email"] },
  };
  [off, writes, every] = await Promise.all([
    startTestTwofold(options),
    startTestTwofold({ ...options, journal: { bodies: "writes" } }),
    startTestTwofold({ ...options, journal: { bodies: "all" } }),
  ]);
});
afterAll(async () => {
  await Promise.all([off?.stop(), writes?.stop(), every?.stop()]);
  upstream?.closeAllConnections();
  upstream?.close();
});
beforeEach(() => {
  hanging = 0;
});

const schema = {
  type: "object",
  properties: { password: { type: "string", format: "password" }, name: { type: "string" } },
};
const content = { "application/json": { schema }, "image/png": {}, "text/plain": {} };
const operation = (operationId: string) => ({
  operationId,
  responses: { default: { description: "anything", content: { "application/json": { schema } } } },
});
const acts = (operationId: string) => ({ ...operation(operationId), requestBody: { content } });
const query = { parameters: [{ name: "long", in: "query", schema: { type: "integer" } }] };
const document = {
  openapi: "3.1.0",
  info: { title: "Bodies", version: "1" },
  paths: {
    "/things": { ...query, get: operation("list"), post: acts("make") },
    "/picture": { get: operation("picture") },
    "/hang": { post: acts("hang") },
  },
};

/** Looks again for as long as a busy machine may need. */
const patient = { timeout: 20_000 };

/** The run of a program, when its end is stored. */
async function ran(twofold: TestTwofold, code: string) {
  const journal = new JournalClient(twofold.url);
  const { id, isError, text } = await journal.execute(code);
  if (isError) throw new Error(text);
  await expect.poll(async () => (await journal.run(id)).ended, patient).not.toBeNull();
  return journal.run(id);
}

/** All that the Durable Objects of a deployment have on disk. */
async function onDisk(twofold: TestTwofold): Promise<string> {
  const names = await readdir(twofold.state, { recursive: true });
  const files = names.filter((name) => /\.sqlite(-wal)?$/.test(name));
  expect(files.some((name) => name.includes("Journal"))).toBe(true);
  return (await Promise.all(files.map((name) => readFile(join(twofold.state, name), "latin1")))).join("\n");
}

// No literals: the program is stored whatever the setting.
const make = `await api.request({ operation: "make", body: { name: ["sent", "canary"].join("-"), email: ["private", "mail"].join("-"), password: ["private", "password"].join("-") } })`;
const list = `await api.request({ operation: "list" })`;

describe("bodies in the journal", () => {
  test("are none unless they are asked for, and their words are nowhere on its disk", async () => {
    const run = await ran(off, `${list}; ${make}; 1`);
    expect(run.requests.map(({ status }) => status)).toEqual([200, 200]);
    expect(run.requests.flatMap(Object.keys)).not.toContain("requestBody");
    expect(run.requests.flatMap(Object.keys)).not.toContain("responseBody");
    const disk = await onDisk(off);
    // The control: what is stored is seen this way.
    expect(disk).toContain(run.id);
    expect(disk).not.toContain("sent-canary");
    expect(disk).not.toContain("private-");
  });

  test("of calls that write alone, where that is asked for", async () => {
    const run = await ran(writes, `${list}; ${make}; 1`);
    expect(run.requests).toMatchObject([{ effect: "read" }, { requestBody: {}, responseBody: {} }]);
    expect(Object.keys(run.requests[0] ?? {})).not.toContain("responseBody");
  });

  test("are both of a call, without what is secret by schema or policy, and without the credential however it is echoed", async () => {
    const run = await ran(every, `${list}; ${make}; 1`);
    const [read, write] = run.requests;
    expect(read?.requestBody).toBeUndefined();
    expect(JSON.parse(read?.responseBody?.text ?? "")).toMatchObject({
      sent: "Bearer [redacted]",
      email: "[redacted]",
      password: "[redacted]",
    });
    expect(write?.requestBody).toEqual({
      type: "application/json",
      bytes: 75,
      text: '{"name":"sent-canary","email":"[redacted]","password":"[redacted]"}',
      cut: 0,
    });
    expect(write?.responseBody?.text).toContain("sent-canary");
    const disk = await onDisk(every);
    expect(disk).toContain("sent-canary");
    for (const secret of [
      token,
      Buffer.from(`Bearer ${token}`).toString("base64"),
      "private-password-of-answer",
    ])
      expect(disk).not.toContain(secret);
    // The API's answer repeats, as a text, the body that it was sent: there no field is to be seen.
    expect(write?.requestBody?.text).not.toContain("private");
  });

  test("are cut, and say by how many characters", async () => {
    const run = await ran(every, `await api.request({ operation: "list", query: { long: 50_000 } }); 1`);
    const { text = "", cut = 0 } = run.requests[0]?.responseBody ?? {};
    expect(text).toHaveLength(limits.journalBodyChars);
    expect(cut).toBeGreaterThan(50_000 - limits.journalBodyChars);
  });

  test("that are bytes have size, type and digest", async () => {
    const run = await ran(
      every,
      `await api.request({ operation: "picture" });
       await api.request({ operation: "make", headers: { "content-type": "image/png" }, body: new Uint8Array([1, 2, 3]) }); 1`,
    );
    const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    expect(run.requests[0]?.responseBody).toEqual({
      type: "image/png",
      bytes: picture.length,
      sha256: sha256(picture),
      why: "bytes",
    });
    expect(run.requests[1]?.requestBody).toEqual({
      type: "image/png",
      bytes: 3,
      sha256: sha256(new Uint8Array([1, 2, 3])),
      why: "bytes",
    });
  });

  test("are not in the export, which would be of any size", async () => {
    await ran(every, `${make}; 1`);
    const exported = await (await new JournalClient(every.url).ask("/runs.ndjson")).text();
    expect(exported).toContain('"operation":"make"');
    expect(exported).not.toContain("sent-canary");
  });

  test("of a write are stored before it leaves, and stay with its call when the server dies under it", async () => {
    const journal = new JournalClient(writes.url);
    void journal
      .execute(`await api.request({ operation: "hang", body: { name: "before" + "-it-leaves" } })`)
      .catch(() => undefined);
    await expect.poll(() => hanging, patient).toBe(1);
    const [{ id = "" } = {}] = (await journal.list("?outcome=running")).runs;
    const [during] = (await journal.run(id)).requests;
    expect(during).toMatchObject({
      state: "in flight",
      requestBody: { text: '{"name":"before-it-leaves"}' },
    });
    writes.kill();
    const after = () => journal.run(id).catch(() => undefined);
    await expect.poll(async () => (await after())?.outcome, patient).toBe("interrupted");
    const [row] = (await after())?.requests ?? [];
    expect(row).toMatchObject({
      state: "in flight",
      note: expect.stringContaining("may have been carried out"),
      requestBody: { text: '{"name":"before-it-leaves"}', cut: 0 },
    });
    expect(row?.responseBody).toBeUndefined();
  });
});
