// What the watchdog asks the journal after a runtime died. The journal itself answers in test/e2e/watchdog.test.ts; here
// is one that answers as a journal does which is not back yet, or belongs to somebody else.
import { createServer, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { journalledCalls } from "../../scripts/start/watchdog/journalled-calls.ts";

const code = `async () => { await api.request("DELETE /a"); return "\ud800"; }`;
const put = { method: "PUT", path: "/a", state: "done", status: 200 };
const remove = { method: "DELETE", path: "/a", state: "in flight", status: null };
const run = (id: string, ended: number | null, requests: object[], program = code.toWellFormed()) => ({
  id,
  tool: "execute",
  started: 1_000,
  ended,
  excerpt: program.slice(0, 20),
  program,
  requests,
});

let server: Server;
afterEach(() => server.close());

/** @param first statuses of the first answers, before it answers with the runs */
async function journal(runs: ReturnType<typeof run>[], first: number[] = []): Promise<number> {
  server = createServer((request, response) => {
    response.statusCode = first.shift() ?? 200;
    const id = /^\/runs\/(.+)$/.exec(request.url ?? "")?.[1];
    response.end(JSON.stringify(id === undefined ? { runs } : runs.find((each) => each.id === id)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return (server.address() as { port: number }).port;
}

const asked = (port: number, since = 1_000) =>
  journalledCalls({ port, front: {} }, { code, since, authorization: undefined });

test("a journal that is not back yet is asked again", async () => {
  const port = await journal([run("r_1", null, [put, remove])], [503, 200, 500]);
  expect(await asked(port)).toEqual([
    "PUT /a → 200",
    "DELETE /a: in flight, so it may have been carried out",
  ]);
});

test("what it does not have has written nothing: a run is stored before its first write", async () => {
  expect(await asked(await journal([run("r_1", null, [put], "another program")]))).toEqual([]);
});

test("a run from before the program was sent is another one", async () => {
  expect(await asked(await journal([run("r_1", null, [put])]), 1_001)).toEqual([]);
});

test("a run that ended, and whose answer was lost, is told too; one that is open goes before it", async () => {
  const ended = run("r_1", 1_500, [put]);
  const port = await journal([ended]);
  expect(await asked(port)).toEqual(["PUT /a → 200"]);
  server.close();
  expect(await asked(await journal([ended, run("r_2", null, [remove])]))).toHaveLength(1);
});

test("which of two equal programs it was cannot be told", async () => {
  expect(await asked(await journal([run("r_1", null, [put]), run("r_2", null, [])]))).toBeUndefined();
});

test("a journal that shows its runs to others alone is not asked again", async () => {
  expect(await asked(await journal([run("r_1", null, [put])], [401]))).toBeUndefined();
});
