import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { JournalClient } from "./journal-client.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { startUpstream, upstreamDocument } from "./upstream.ts";

/** As in small-journal.ts, which only workerd can load. */
const runsKept = 4;

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let twofold: TestTwofold;
let journal: JournalClient;
beforeAll(async () => {
  upstream = await startUpstream();
  const main = join(import.meta.dirname, "small-journal.ts");
  twofold = await startTestTwofold({
    document: upstreamDocument,
    baseUrl: upstream.url,
    main,
    journal: { bodies: "all" },
  });
  journal = new JournalClient(twofold.url);
});
afterAll(async () => {
  await twofold?.stop();
  await upstream?.stop();
});

/** Moves the journal's clock and lets its alarm ring. Answers the rows left in each table. */
async function move(milliseconds: number): Promise<Record<string, number>> {
  return (await (await journal.ask(`/test/move?ms=${milliseconds}`)).json()) as never;
}

async function executed(code: string): Promise<string> {
  const { id } = await journal.execute(code);
  await expect.poll(async () => (await journal.run(id)).ended, patient).not.toBeNull();
  return id;
}

const large = (n: number) => `"${n}".repeat(60_000)`;
const remembered = async (id: string) => !(await journal.execute(`await results.get("${id}"); 1`)).isError;

/** Looks again for as long as a busy machine may need. */
const patient = { timeout: 10_000 };

describe("what the journal cannot store is not sent", () => {
  const sent = () => upstream.received.map(({ url }) => url);

  test("a call that writes, while reading goes on", async () => {
    upstream.received.length = 0;
    const { text, id } = await journal.execute(`async () => {
      const refused = await api.request({ operation: "deleteItem", params: { id: "unstorable" } }).then(({ status }) => ["sent", String(status)], (error) => [error.kind, error.message]);
      return [...refused, (await api.request({ method: "GET", path: "/items/{id}", params: { id: "unstorable" } })).status];
    }`);
    const [kind, message, status] = JSON.parse(text) as [string, string, number];
    expect(kind).toBe("journal");
    expect(message).toContain("what is not in it is not sent");
    expect(status).toBe(200);
    expect(upstream.received.map(({ method }) => method)).toEqual(["GET"]);
    // A run that sent nothing which writes is stored behind its answer.
    await expect.poll(async () => (await journal.list("?outcome=ok")).runs.length, patient).toBe(1);
    expect((await journal.run(id)).requests).toMatchObject([
      { method: "DELETE", state: "refused", status: null },
      { method: "GET", state: "done", status: 200 },
    ]);
  });

  test("a call that writes waits until it is stored", async () => {
    upstream.received.length = 0;
    const answer = journal.execute(
      `(await api.request({ operation: "deleteItem", params: { id: "late" } })).status`,
    );
    await expect.poll(async () => (await journal.list("?outcome=running")).runs.length, patient).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent()).toEqual([]);
    expect((await answer).text).toBe("200");
    expect(sent()).toEqual(["/items/late"]);
  });

  test("nothing at all, when the run itself is not in it", async () => {
    upstream.received.length = 0;
    const { text } = await journal.execute(
      `/* journal: no begin */ (await api.request({ method: "GET", path: "/items/{id}", params: { id: 1 } })).status`,
    );
    expect(text).toContain("what is not in it is not sent");
    expect(sent()).toEqual([]);
  });
});

describe("a run is stored with what it does", () => {
  const stored = async () => Number(await (await journal.ask("/test/stored")).text());

  test("with its first write, also when the journal was restarted meanwhile and forgot it", async () => {
    upstream.received.length = 0;
    const { id, text } = await journal.execute(`/* journal: restarts */ async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (await api.request({ operation: "deleteItem", params: { id: "kept" } })).status;
    }`);
    expect(text).toBe("200");
    expect(upstream.received.map(({ url }) => url)).toEqual(["/items/kept"]);
    await expect.poll(async () => (await journal.run(id)).outcome, patient).toBe("ok");
    expect((await journal.run(id)).requests).toMatchObject([
      { method: "DELETE", state: "done", status: 200 },
    ]);
  });

  test("with its end, when it only read and the journal forgot it", async () => {
    const { id } = await journal.execute(`/* journal: restarts */ async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (await api.request({ method: "GET", path: "/items/{id}", params: { id: "read" } })).status;
    }`);
    await expect.poll(async () => (await journal.run(id)).outcome, patient).toBe("ok");
    expect((await journal.run(id)).requests).toMatchObject([{ method: "GET", state: "done", status: 200 }]);
  });

  test("by itself, when nobody asks anything of the journal", async () => {
    const before = await stored();
    let ended = false;
    const answer = journal
      .execute("/* journal: deaf */ await new Promise((resolve) => setTimeout(resolve, 4_000)); 1")
      .finally(() => (ended = true));
    await expect.poll(stored, patient).toBe(before + 1);
    expect(ended).toBe(false);
    await answer;
  });
});

test("a run that was stopped writes nothing more, even when its Worker did not hear of it", async () => {
  upstream.received.length = 0;
  const answer = journal.execute(`/* journal: deaf */ for (;;) {
    await api.request({ operation: "deleteItem", params: { id: "x" } });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }`);
  await expect.poll(() => upstream.received.length, patient).toBeGreaterThan(1);
  const [{ id = "" } = {}] = (await journal.list("?outcome=running")).runs;
  expect((await journal.post(`/runs/${id}/stop`)).status).toBe(200);
  const { text } = await answer;
  expect(text).toContain("Somebody stopped this run");
  await expect.poll(async () => (await journal.run(id)).ended, patient).not.toBeNull();
  const { requests } = await journal.run(id);
  expect(requests.filter(({ state }) => state === "done")).toHaveLength(upstream.received.length);
});

test.each([
  ["whose journal was restarted as it began", "restarts"],
  ["that is held to be gone", "deaf"],
])("a run %s writes nothing more once all is paused", async (_, how) => {
  upstream.received.length = 0;
  const answer = journal.execute(`/* journal: ${how} */ async () => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    for (let n = 0; n < 30; n += 1) {
      await api.request({ operation: "deleteItem", params: { id: "x" } });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }`);
  await expect.poll(() => upstream.received.length, patient).toBeGreaterThan(1);
  await move(6_000);
  await journal.post("/pause");
  const sent = upstream.received.length;
  expect((await answer).text).toMatch(/Somebody stopped th(e|is) run/);
  expect(upstream.received.length).toBeLessThanOrEqual(sent + 1);
  await journal.post("/resume");
});

describe("what is over goes", () => {
  test("results beyond their bytes, the oldest first, and the run stays", async () => {
    const ids = [await executed(large(1)), await executed(large(2))];
    expect(await Promise.all(ids.map(remembered))).toEqual([true, true]);
    ids.push(await executed(large(3)));
    expect(await Promise.all(ids.map(remembered))).toEqual([false, true, true]);
    expect(await journal.run(ids[0] ?? "")).toMatchObject({
      outcome: "ok",
      result: { shown: null, readable: false },
    });
  });

  test("runs beyond their number, with their calls and what these said, and none below it", async () => {
    await move(0);
    expect((await journal.list()).runs).toHaveLength(runsKept);
    const call = `await api.request({ operation: "echo", body: { a: 1 } }); 1`;
    const ids = [];
    for (let n = 0; n < runsKept + 1; n += 1) ids.push(await executed(call));
    expect(await move(0)).toMatchObject({
      runs: runsKept,
      requests: runsKept,
      bodies: 2 * runsKept,
      results: 0,
    });
    expect((await journal.list()).runs.map(({ id }) => id)).toEqual(ids.slice(1).toReversed());
  });

  test("results after their time, then runs after theirs, then all there is", async () => {
    const id = await executed(large(4));
    const hour = 60 * 60 * 1_000;
    await move(limits.resultMs - hour);
    expect((await journal.run(id)).result.readable).toBe(true);
    expect(await move(2 * hour)).toMatchObject({ results: 0 });
    expect((await journal.run(id)).result).toMatchObject({ shown: null, readable: false });
    await move(limits.journalMs - limits.resultMs - 2 * hour);
    expect(await journal.run(id)).toMatchObject({ program: large(4) });
    expect(await move(2 * hour)).toEqual({});
    expect((await journal.list()).runs).toEqual([]);
    // And it begins anew.
    expect(await journal.run(await executed("1"))).toMatchObject({ outcome: "ok", program: "1" });
  });

  test("but a pause does not", async () => {
    await journal.post("/pause");
    await move(2 * limits.journalMs);
    expect((await journal.list()).paused).toBe(true);
    await journal.post("/resume");
  });
});
