import { Resolver } from "node:dns/promises";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningWorker, startWorker } from "../../scripts/dev-server.ts";
import { findPowerdns } from "../../scripts/powerdns/find-powerdns.ts";
import { type Powerdns, startPowerdns } from "../../scripts/powerdns/start-powerdns.ts";
import { type AddedApi, addApi } from "../../scripts/spec/add-api.ts";
import { writeWorkerConfig } from "../../scripts/worker-config.ts";
import { freePort } from "./free-port.ts";
import { callTool, run, type ToolAnswer } from "./tool-call.ts";

const key = "canary-of-powerdns-5f1d";
const installed = findPowerdns();
const reason =
  installed === undefined ? " (skipped: pdns-server and pdns-backend-sqlite3 are not installed)" : "";

/** What every program of this file starts with: its server is always the one called localhost. */
const prelude = `const server_id = "localhost";
  const zones = "/servers/{server_id}/zones", zone = zones + "/{zone_id}";
  const call = (method, path, params, rest) => api.request({ method, path, params: { server_id, ...params }, ...rest });`;

describe.skipIf(installed === undefined)(`PowerDNS, its own document and its own answers${reason}`, () => {
  let directory: string;
  let powerdns: Powerdns;
  let dnsPort: number;
  let added: AddedApi;
  let twofold: RunningWorker;
  let output = "";
  /** Every answer of the tools, whole. */
  const answers: string[] = [];

  beforeAll(async () => {
    if (installed === undefined) return;
    directory = await mkdtemp(join(tmpdir(), "twofold-powerdns-"));
    const port = await freePort();
    dnsPort = await freePort();
    powerdns = await startPowerdns(installed, { directory: join(directory, "server"), port, dnsPort, key });
    await mkdir(join(directory, "spec", "powerdns"), { recursive: true });
    await writeFile(join(directory, "spec", "powerdns", ".dev.vars"), `API_TOKEN=${key}\n`);
    // Its document is behind the key too.
    const options = { root: directory, baseUrl: powerdns.api, auth: "header:X-API-Key" };
    added = await addApi("powerdns", powerdns.document, options);
    twofold = await serve({});
  });
  afterAll(async () => {
    await twofold?.stop();
    await powerdns?.stop();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });

  /** Serves the added API as `npm start` does. */
  async function serve(vars: Record<string, string>, secret = key): Promise<RunningWorker> {
    const name = `.dev.vars-${Object.keys(vars).join("-")}`;
    const envFile = join(directory, name);
    await writeFile(envFile, `API_TOKEN=${secret}\n`);
    return startWorker({
      config: await writeWorkerConfig("powerdns", {
        artifact: join(directory, "spec", "powerdns", "artifact"),
        vars,
      }),
      port: await freePort(),
      persistTo: join(directory, `state${name}`),
      envFile,
      probePath: "/mcp",
      onOutput: (text) => (output += text),
    });
  }
  async function told(body: string, to: RunningWorker = twofold): Promise<ToolAnswer> {
    const answer = await callTool(to.url, "execute", { code: `async () => { ${prelude}\n${body} }` });
    answers.push(answer.raw);
    return answer;
  }
  /** The result of a program that is expected to work. */
  async function result(body: string): Promise<unknown> {
    const answer = await told(body);
    if (answer.isError) throw new Error(answer.text);
    return JSON.parse(answer.text);
  }

  test("its document is added whole, by its address, and says how it is opened", () => {
    expect(added.load.version).toBe("2.0");
    // Its answer of getStats lists three schemas as `items`, which Swagger 2.0 has no word for.
    expect(added.load.findings.map(({ place }) => place)).toEqual([expect.stringMatching(/schema\/items$/)]);
    expect(added.check).toMatchObject({ operations: 36, skipped: [] });
    expect(added.settings.source).toBe(powerdns.document);
    expect(added.security.schemes).toEqual([
      { name: "APIKeyHeader", description: "apiKey in header X-API-Key" },
    ]);
  });

  test("search finds the operations for a job, and describe writes down what they take", async () => {
    const found = (await run(
      twofold.url,
      "search",
      `["search records", "flush the cache", "export a zone", "server version", "get metadata", "delete a zone"]
        .map((text) => find(text, { limit: 3 }).map((hit) => hit.operationId))`,
    )) as string[][];
    const wanted = [
      "searchData",
      "cacheFlushByName",
      "axfrExportZone",
      "listServer",
      "getMetadata",
      "deleteZone",
    ];
    expect(wanted.filter((operation, number) => found[number]?.includes(operation) !== true)).toEqual([]);

    const { text } = await callTool(twofold.url, "search", { code: `describe("patchZone")` });
    expect(text).toContain(`path: "/servers/{server_id}/zones/{zone_id}"`);
    expect(text).toContain(`kind?: "Native" | "Master" | "Slave" | "Producer" | "Consumer"`);
    expect(text).toContain("rrsets?: RRSet[]");
    expect(text).toMatch(/type RRSet = \{[^}]*\bttl: integer/);
  });

  test("one program creates a zone, changes its records and reads them back, and DNS answers with them", async () => {
    const shown = await result(`
      const body = { name: "shop.example.", kind: "Native", nameservers: ["ns1.shop.example.", "ns2.shop.example."] };
      const made = await call("POST", zones, {}, { body });
      const zone_id = made.data.id;
      const rrset = (name, type, ...contents) => ({
        name, type, ttl: 300, changetype: "REPLACE", records: contents.map((content) => ({ content, disabled: false })),
      });
      const changed = await call("PATCH", zone, { zone_id }, { body: { rrsets: [
        rrset("www.shop.example.", "A", "192.0.2.1", "192.0.2.2"),
        rrset("shop.example.", "MX", "10 mail.shop.example."),
        { ...rrset("shop.example.", "TXT", '"Grüße; \\\\"quoted\\\\""'), comments: [{ content: "kept by ops", account: "ops" }] },
      ] } });
      const read = await call("GET", zone, { zone_id }, { query: { rrset_name: "www.shop.example.", rrset_type: "A" } });
      const exported = await call("GET", zone + "/export", { zone_id });
      return {
        statuses: [made.status, changed.status, read.status, exported.status],
        nothing: changed.data,
        nameservers: made.data.rrsets.find(({ type }) => type === "NS").records.map(({ content }) => content),
        // With a filter it also lists the comments of other names; only what was asked for is compared.
        www: read.data.rrsets.filter(({ name }) => name.startsWith("www.")),
        exported: exported.data.zone.split("\\n").filter((line) => line.includes("www.")).toSorted(),
      };`);
    expect(shown).toEqual({
      statuses: [201, 204, 200, 200],
      nothing: null,
      nameservers: ["ns1.shop.example.", "ns2.shop.example."],
      www: [
        {
          name: "www.shop.example.",
          type: "A",
          ttl: 300,
          comments: [],
          records: [
            { content: "192.0.2.1", disabled: false },
            { content: "192.0.2.2", disabled: false },
          ],
        },
      ],
      exported: ["www.shop.example.\t300\tIN\tA\t192.0.2.1", "www.shop.example.\t300\tIN\tA\t192.0.2.2"],
    });

    const resolver = new Resolver({ timeout: 2_000, tries: 2 });
    resolver.setServers([`127.0.0.1:${dnsPort}`]);
    expect((await resolver.resolve4("www.shop.example")).toSorted()).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect(await resolver.resolveMx("shop.example")).toEqual([
      { exchange: "mail.shop.example", priority: 10 },
    ]);
  });

  test("search and metadata take their parameters from query, path and body", async () => {
    const shown = await result(`
      const zone_id = (await call("POST", zones, {}, { query: { rrsets: false }, body: { name: "meta.example.", kind: "Master" } })).data.id;
      const kinds = zone + "/metadata", kind = kinds + "/{metadata_kind}";
      const made = await call("POST", kinds, { zone_id }, { body: { kind: "ALLOW-AXFR-FROM", metadata: ["192.0.2.0/24"] } });
      const put = await call("PUT", kind, { zone_id, metadata_kind: "ALLOW-AXFR-FROM" }, { body: { metadata: ["198.51.100.0/24", "AUTO-NS"] } });
      const got = await call("GET", kind, { zone_id, metadata_kind: "ALLOW-AXFR-FROM" });
      const found = await call("GET", "/servers/{server_id}/search-data", {}, { query: { q: "meta?example*", max: 10, object_type: "zone" } });
      const named = await call("GET", zones, {}, { query: { zone: "meta.example.", dnssec: false } });
      const flushed = await call("PUT", "/servers/{server_id}/cache/flush", {}, { query: { domain: "meta.example." } });
      return [made.status, put.status, got.data.metadata, found.data, named.data.map(({ name }) => name), flushed.data.result];`);
    expect(shown).toEqual([
      201, // where its document says 204
      200,
      ["198.51.100.0/24", "AUTO-NS"],
      [{ name: "meta.example.", object_type: "zone", zone_id: "meta.example." }],
      ["meta.example."],
      "Flushed cache.",
    ]);
  });

  test("what the API refuses comes back in its own words, with its status", async () => {
    const conflict = await result(`
      const body = { name: "twice.example.", kind: "Native" };
      return [await call("POST", zones, {}, { body }), await call("POST", zones, {}, { body })].map(({ status, ok, data }) => [status, ok, data.error]);`);
    expect(conflict).toEqual([
      [201, true, null],
      [409, false, "Conflict"],
    ]);

    const outside = await told(`
      const rrsets = [{ name: "www.elsewhere.example.", type: "A", ttl: 60, changetype: "REPLACE", records: [{ content: "192.0.2.1" }] }];
      return call("PATCH", zone, { zone_id: "twice.example." }, { body: { rrsets }, throw: true });`);
    expect(outside.isError).toBe(true);
    expect(outside.text).toContain("PATCH /servers/{server_id}/zones/{zone_id} answered 422");
    expect(outside.text).toContain("RRset www.elsewhere.example. IN A: Name is out of zone");
    expect(outside.notes).toContain("PATCH /servers/{server_id}/zones/{zone_id} → 422");

    expect(
      await result(
        `const { status, data } = await call("GET", zone, { zone_id: "gone.example." }); return [status, data];`,
      ),
    ).toEqual([404, { error: "Not Found" }]);
  });

  test("a call that does not fit the document is not sent, and the answer says what would fit", async () => {
    const wrong = await told(`
      const rrsets = [{ name: "www.twice.example.", type: "A", ttl: "60", changetype: "REPLACE", record: [{ content: "192.0.2.1" }] }];
      return call("PATCH", zone, { zone_id: "twice.example." }, { body: { rrsets } });`);
    expect(wrong.isError).toBe(true);
    expect(wrong.text).toContain("was not sent: it does not fit the document");
    expect(wrong.text).toContain("body.rrsets[0].records is missing, and required; you gave record");
    expect(wrong.text).toContain(`body.rrsets[0].ttl is "60", not an integer`);
    expect(wrong.notes).toContain("0 calls");

    const kind = await told(
      `return call("POST", zones, {}, { body: { name: "kind.example.", kind: "Primary" } });`,
    );
    expect(kind.text).toContain(
      `body.kind is "Primary", which is none of its values (schema: {"enum":["Native","Master","Slave","Producer","Consumer"]})`,
    );
    const search = await told(
      `return call("GET", "/servers/{server_id}/search-data", {}, { query: { q: "*" } });`,
    );
    expect(search.text).toContain("query.max is missing");
    const typo = await told(`return call("GET", "/servers/{server_id}/zonez", {});`);
    expect(typo.text).toContain("Nearest: GET /servers/{server_id}/zones (listZones)");
  });

  test("where the document is wrong, validate: false sends what the API does take", async () => {
    // The document requires records and ttl of every change, and forbids ttl in its words for DELETE.
    const remove = (rest: string) => `
      const rrsets = [{ name: "gone.strict.example.", type: "A", changetype: "DELETE" }];
      return (await call("PATCH", zone, { zone_id: "strict.example." }, { body: { rrsets }${rest} })).status;`;
    await result(
      `return (await call("POST", zones, {}, { body: { name: "strict.example.", kind: "Native" } })).status;`,
    );
    const refused = await told(remove(""));
    expect(refused.text).toContain("body.rrsets[0].ttl is missing");
    expect(refused.text).toContain("validate: false");
    expect(await result(remove(", validate: false"))).toBe(204);
  });

  test("zones are listed and deleted, and what is gone is not found", async () => {
    expect(
      await result(`
      for (const name of ["one.list.example.", "two.list.example."]) await call("POST", zones, {}, { body: { name, kind: "Native" } });
      const names = async () => (await call("GET", zones)).data.map(({ name }) => name).filter((name) => name.endsWith("list.example.")).toSorted();
      const before = await names();
      const deleted = await call("DELETE", zone, { zone_id: "one.list.example." });
      return [before, deleted.status, deleted.data, await names(), (await call("GET", zone, { zone_id: "one.list.example." })).status];`),
    ).toEqual([["one.list.example.", "two.list.example."], 204, null, ["two.list.example."], 404]);
  });

  test("a read-only Twofold reads and sends nothing else; a key that is wrong is said to be", async () => {
    const readOnly = await serve({ READ_ONLY: "1" }, "another-key");
    try {
      const created = await told(
        `return call("POST", zones, {}, { body: { name: "never.example.", kind: "Native" } });`,
        readOnly,
      );
      expect(created.isError).toBe(true);
      expect(created.text).toContain(
        "POST /servers/{server_id}/zones (createZone) writes (its method is POST), and this deployment only reads",
      );
      expect(created.notes).toContain("0 calls");
      const listed = await told(`return (await call("GET", zones, {}, { throw: true })).data;`, readOnly);
      expect(listed.isError).toBe(true);
      expect(listed.text).toContain("401");
      expect(listed.text).toContain("Unauthorized");
      expect(listed.text).toContain("The API did not accept the credential");
      expect(listed.text).toContain('this operation takes a key in the header "X-API-Key"');
    } finally {
      await readOnly.stop();
    }
    expect(
      await result(`return (await call("GET", zones, {}, { query: { zone: "never.example." } })).data;`),
    ).toEqual([]);
  });

  test("the key is in no answer and no log, though the API lists its own settings", async () => {
    const setting = await result(
      `return (await call("GET", "/servers/{server_id}/config")).data.find(({ name }) => name === "api-key");`,
    );
    expect(setting).toMatchObject({ value: "***" });
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.join("\n") + output + powerdns.recentOutput()).not.toContain(key);
  });
});
