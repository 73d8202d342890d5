import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { JournalClient } from "./journal-client.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { startUpstream, upstreamDocument } from "./upstream.ts";

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let unbound: TestTwofold;
let bound: TestTwofold;
let people: TestTwofold;
let journal: JournalClient;
beforeAll(async () => {
  upstream = await startUpstream();
  const options = { document: upstreamDocument, baseUrl: upstream.url };
  const bucket = {
    main: join(import.meta.dirname, "small-journal.ts"),
    extra: { r2_buckets: [{ binding: "RESULTS", bucket_name: "results" }] },
  };
  [unbound, bound, people] = await Promise.all([
    startTestTwofold(options),
    startTestTwofold({ ...options, ...bucket }),
    startTestTwofold({
      ...options,
      ...bucket,
      auth: { type: "bearer" },
      signIn: { probe: "GET /nothing", tokenPattern: "key_[a-z]+" },
      secrets: { API_TOKEN: "canary-of-the-deployment" },
      vars: { ALLOW_API_TOKEN: "1" },
    }),
  ]);
  journal = new JournalClient(bound.url);
});
afterAll(async () => {
  await Promise.all([unbound?.stop(), bound?.stop(), people?.stop()]);
  await upstream?.stop();
});

/** Looks again for as long as a busy machine may need. */
const patient = { timeout: 20_000 };
const answerOf = async <T>(path: string) => (await (await journal.ask(path)).json()) as T;
const objects = () => answerOf<string[]>("/test/objects");
const ofRun = async (id: string) => (await objects()).filter((key) => key.includes(`/${id}/`));
/** Moves the journal's clock and lets its alarm ring. Answers the rows left in each table. */
const move = (milliseconds: number) => answerOf<Record<string, number>>(`/test/move?ms=${milliseconds}`);

async function executed(code: string, client = journal) {
  const answer = await client.execute(code);
  if (answer.isError) throw new Error(answer.text);
  await expect.poll(async () => (await client.run(answer.id)).ended, patient).not.toBeNull();
  return answer;
}

/** 12,000 rows of a thousand characters each. */
const rowsCode = `Array.from({ length: 12_000 }, (_, n) => ({ n, text: ("é😀" + n + "\\\\\\"\\n").repeat(300).slice(0, 960) }))`;
const rows = Array.from({ length: 12_000 }, (_, n) => ({
  n,
  text: `é😀${n}\\"\n`.repeat(300).slice(0, 960),
}));
const sha256 = (text: string | Uint8Array) => createHash("sha256").update(text).digest("hex");

describe("a result of 12 million characters", () => {
  test("is kept in parts, and read back by a later program item by item, equal to the last character", async () => {
    const first = await executed(rowsCode);
    expect(first.notes).toContain(`for await (const item of results.items("${first.id}"))`);
    expect(await ofRun(first.id)).toHaveLength(Math.ceil(JSON.stringify(rows).length / limits.keptPartChars));
    const { text } = await executed(
      `const digest = new crypto.DigestStream("SHA-256");
       const writer = digest.getWriter();
       let count = 0;
       for await (const item of results.items("${first.id}")) {
         await writer.write(new TextEncoder().encode(JSON.stringify(item)));
         count += 1;
       }
       await writer.close();
       [count, new Uint8Array(await digest.digest).toHex()]`,
    );
    expect(JSON.parse(text)).toEqual([12_000, sha256(rows.map((row) => JSON.stringify(row)).join(""))]);
    const response = await journal.ask(`/runs/${first.id}/result`);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(sha256(await response.text())).toBe(sha256(JSON.stringify(rows)));
    expect((await journal.run(first.id)).result).toMatchObject({ whole: false, readable: true });
    // All of it at once is more than a program should be given: the error leads to what works.
    const whole = await journal.execute(`await results.get("${first.id}")`);
    expect(whole.isError).toBe(true);
    expect(whole.text).toContain(`for await (const item of results.items("${first.id}"))`);
  });

  test("of an object is read at the place that is named", async () => {
    const { id } = await executed(`({ total: 7_000, page: { rows: ${rowsCode}.slice(0, 7_000) } })`);
    const { text } = await executed(
      `let last, count = 0; for await (const item of results.items("${id}", "page", "rows")) { last = item; count += 1; } [count, last.n]`,
    );
    expect(JSON.parse(text)).toEqual([7_000, 6_999]);
  });

  test.each([
    ["a text", `"é😀\\\\\\n\\"".repeat(950_000)`, "text"],
    ["bytes", `new TextEncoder().encode("é😀\\n1".repeat(800_000))`, "bytes"],
  ])("%s comes in pieces of its own kind", async (_, code, kind) => {
    const { id } = await executed(code);
    expect((await ofRun(id)).length).toBeGreaterThan(16);
    const { text } = await executed(
      `const whole = ${code};
       const plain = (bytes) => new TextDecoder("latin1").decode(bytes);
       let at = 0, same = true;
       for await (const piece of results.items("${id}")) {
         const expected = whole.slice(at, at + piece.length);
         same &&= typeof piece === "string" ? piece === expected : plain(piece) === plain(expected);
         at += piece.length;
       }
       [same, at === whole.length]`,
    );
    expect({ kind, same: JSON.parse(text) as unknown }).toEqual({ kind, same: [true, true] });
  });

  test("is dropped whole when it is larger than that, and leaves nothing in the bucket", async () => {
    const { id, notes } = await executed(`"x".repeat(${limits.keptLargeChars})`);
    expect(notes).not.toContain("results.");
    expect(await ofRun(id)).toEqual([]);
    const again = await journal.execute(`await results.get("${id}")`);
    expect(again.text).toContain("too large to be kept whole. Run it again and return less.");
    expect(again.text).not.toContain("RESULTS");
  });

  test("is not kept where no bucket is bound, and the message names the way out", async () => {
    const client = new JournalClient(unbound.url);
    const { id, notes } = await executed(rowsCode, client);
    expect(notes).not.toContain("results.");
    const again = await client.execute(`await results.get("${id}")`);
    expect(again.text).toContain("binding an R2 bucket as RESULTS");
  });
});

test("items reads what is kept in the journal alike", async () => {
  const [small, held] = [await executed("({ a: [1, { b: 2 }] })"), await executed(`Array(60_000).fill(7)`)];
  const { text } = await executed(
    `const all = async (from) => { const list = []; for await (const one of from) list.push(one); return list; };
     [await all(results.items("${small.id}")), await all(results.items("${small.id}", "a")), (await all(results.items("${held.id}"))).length]`,
  );
  expect(JSON.parse(text)).toEqual([[["a", [1, { b: 2 }]]], [1, { b: 2 }], 60_000]);
});

test("nobody reads another's, by any id and any way, and each journal has a folder of its own", async () => {
  const [ann, bob] = ["key_annabel", "key_robert"].map((token) => new JournalClient(people.url, token)) as [
    JournalClient,
    JournalClient,
  ];
  const code = `Array.from({ length: 9_000 }, (_, n) => ({ n, text: "ann-canary".repeat(100) }))`;
  const { id } = await executed(code, ann);
  const first = (of: string) => `for await (const one of results.items(${JSON.stringify(of)})) return one.n`;
  const read = (client: JournalClient, of: string) => client.execute(`async () => { ${first(of)} }`);
  // The control: she herself can.
  expect((await read(ann, id)).text).toBe("0");
  const theft = await read(bob, id);
  const never = await read(bob, "r_0000000000");
  expect(theft.isError).toBe(true);
  expect(theft.text.replaceAll(id, "ID")).toBe(never.text.replaceAll("r_0000000000", "ID"));
  expect((await bob.ask(`/runs/${id}/result`)).status).toBe(404);
  await executed(code, bob);
  const keys = (await (await ann.ask("/test/objects")).json()) as string[];
  const folders = new Set(keys.map((key) => key.split("/")[0] ?? ""));
  expect(folders.size).toBe(2);
  const [his = ""] = [...folders].filter((folder) => !keys.some((key) => key.startsWith(`${folder}/${id}/`)));
  const [hers = ""] = [...folders].filter((folder) => folder !== his);
  for (const wrong of [`../${hers}/${id}`, `${hers}/${id}`, `${id}/0`])
    expect((await read(bob, wrong)).text).toContain("is no run id");
});

describe("what is over goes from the bucket too", () => {
  const large = `"x".repeat(9_000_000)`;

  test("when its time is up", async () => {
    const { id } = await executed(large);
    const hour = 60 * 60 * 1_000;
    await move(limits.resultMs - hour);
    expect(await ofRun(id)).toHaveLength(18);
    expect(await move(2 * hour)).toMatchObject({ objects: 0 });
    expect(await objects()).toEqual([]);
    const { text } = await journal.execute(`for await (const one of results.items("${id}")) one`);
    expect(text).toContain("There is no result of a run");
  });

  test("the oldest first, when there is no room for a newer one", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push((await executed(large)).id);
    await expect.poll(async () => (await ofRun(ids[0] ?? "")).length, patient).toBe(0);
    expect(await Promise.all(ids.map(async (id) => (await ofRun(id)).length))).toEqual([0, 18, 18]);
    expect((await journal.run(ids[0] ?? "")).result.readable).toBe(false);
  });

  test("when the server died before its run came to its end", async () => {
    const before = (await objects()).length;
    void journal.execute(`/* journal: stuck */ ${large}`).catch(() => undefined);
    await expect.poll(async () => (await objects()).length, patient).toBe(before + 3);
    const [{ id = "" } = {}] = (await journal.list("?text=stuck")).runs;
    // Somebody will look, though this run never ends.
    expect(await answerOf<number>("/test/alarm")).toBeLessThanOrEqual(limits.sweepMs);
    bound.kill();
    const left = () => ofRun(id).catch(() => undefined);
    await expect.poll(left, patient).toHaveLength(3);
    // Not as long as it may still run.
    await move(0);
    expect(await left()).toHaveLength(3);
    await move(limits.wallMs + limits.interruptedMs + 1_000);
    expect(await left()).toEqual([]);
  });
});
