import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { playgroundTasks, powerdnsTasks } from "../../bench/tasks.ts";
import { measure, oneAtATime } from "../../bench/tasks/context.ts";
import { differences, judge, says } from "../../bench/tasks/judge.ts";
import { operationCaller } from "../../bench/tasks/operation-caller.ts";
import { undescribed } from "../../bench/tasks/programs.ts";

test("there are thirty tasks of every kind, each with a name of its own", () => {
  const tasks = [...playgroundTasks, ...powerdnsTasks];
  expect(new Set(tasks.map(({ id }) => id)).size).toBe(30);
  expect(new Set(tasks.map(({ asks }) => asks)).size).toBe(30);
  expect([...new Set(tasks.map(({ kind }) => kind))].toSorted()).toEqual([
    "aggregate",
    "create",
    "fix",
    "page",
    "read",
    "refuse",
    "upload",
  ]);
});

test("a context is counted once, and again for each reply that reads it", () => {
  const turns = [
    [{ call: "ab", answer: "1234" }],
    [
      { call: "c", answer: "é" },
      { call: "d", answer: "" },
    ],
  ];
  const count = (text: string) => text.length;
  expect(measure(["tools: 10 ", "ask"], turns, count)).toEqual({
    replies: 3,
    calls: 3,
    bytes: 13 + 6 + 4,
    tokens: 13 + 6 + 3,
    written: 4,
    // Before the first reply, before the second, before the last.
    read: 13 + 19 + 22,
  });
  expect(measure(["tools: 10 ", "ask"], oneAtATime(turns), count)).toMatchObject({
    replies: 4,
    tokens: 22,
    read: 13 + 19 + 21 + 22,
  });
});

test("an answer says a number however it is written, and no other", () => {
  const saying = (fact: number, texts: string[]) => texts.filter((text) => says(text, fact));
  const written = ["687.2", "€687.20.", "[1,687.2]", '{"sum":687.200}'];
  expect(saying(687.2, [...written, "1687.2", "687.25", "687"])).toEqual(written);
  const grouped = ["1,204 keys", "[3,1204]", "1204.0"];
  expect(saying(1_204, [...grouped, "11204", "1204.5", "204"])).toEqual(grouped);
  expect(saying(3, ["3", "Three keys.", "threefold", "13"])).toEqual(["3", "Three keys."]);
  expect(says("Only Reads.", "only reads")).toBe(true);
});

test("a task is right when the state is as it is to be, nothing else changed, and the answer says what was asked", () => {
  const before = { flags: { a: 1, b: 2 } };
  const task = {
    id: "t",
    kind: "fix" as const,
    asks: "",
    programs: [],
    calls: async () => "",
    ends: (state: typeof before) => void (state.flags.a = 9),
    says: () => ["done"],
    omits: () => ["failed"],
  };
  const judged = (flags: object, answer = "done") =>
    judge(task, { before, after: { flags } as typeof before, answer });
  expect(judged({ b: 2, a: 9 })).toEqual([]);
  expect(judged({ a: 1, b: 2 })).toEqual(["state.flags.a is 1; wanted: 9"]);
  expect(judged({ a: 9, b: 3, c: 1 })).toEqual([
    "state.flags.b is 3; wanted: 2",
    "state.flags.c is 1; wanted: not there",
  ]);
  expect(judged({ a: 9 })).toEqual(["state.flags.b is not there; wanted: 2"]);
  expect(judged({ a: 9, b: 2 }, "failed")).toEqual([
    "the answer does not say done",
    "the answer says failed",
  ]);
  expect(before).toEqual({ flags: { a: 1, b: 2 } });
  expect(differences([1, 2], [1])).toEqual(["state.1 is 2; wanted: not there"]);
});

test("a program may call only what a search before it described", () => {
  const path = "/zones/{zone_id}";
  const execute = { tool: "execute" as const, code: `api.request({method: "GET", path: "${path}"})` };
  const search = { tool: "search" as const, code: "describe(1)" };
  const described = JSON.stringify([`api.request({ path: "${path}" })`]);
  expect(undescribed([search, execute], [described, ""])).toEqual([]);
  expect(undescribed([search, execute], [JSON.stringify([{ path }]), ""])).toEqual([path]);
  expect(undescribed([execute, search], ["", described])).toEqual([path]);
});

test("a single call goes out as its tool's arguments say, and its answer comes back as a model reads it", async () => {
  const received: { method?: string; url?: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks) });
      if (method === "PUT") response.writeHead(409).end("taken");
      else response.writeHead(200, { "content-type": "image/png" }).end(Buffer.from([0x89, 0xff, 0]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const document = {
    paths: {
      "/files/{key}": {
        parameters: [{ $ref: "#/components/parameters/key" }],
        get: { operationId: "get", parameters: [{ name: "part", in: "query" }] },
        put: {
          operationId: "put",
          parameters: [{ name: "content-type", in: "header" }],
          requestBody: { content: { "application/octet-stream": {} } },
        },
        post: { operationId: "post", requestBody: { content: { "application/json": {} } } },
      },
    },
    components: { parameters: { key: { name: "key", in: "path" } } },
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  const call = operationCaller({
    document,
    url,
    headers: { "x-key": "k" },
    without: (method) => method === "post",
  });
  try {
    const got = await call("get", { key: "a/b c", part: 2 });
    expect(got).toMatchObject({ ok: true, text: "if8A" });
    const put = await call("put", { key: "x", "content-type": "image/png", body: { base64: "AP8=" } });
    expect(put).toMatchObject({ ok: false, status: 409, text: "HTTP 409 taken" });
    await expect(call("post", { key: "x", body: {} })).rejects.toThrow("post is no tool of this server.");
    await expect(call("get", {})).rejects.toThrow("get needs key.");
  } finally {
    server.close();
  }
  expect(received.map(({ method, url: at }) => `${method} ${at}`)).toEqual([
    "GET /api/files/a%2Fb%20c?part=2",
    "PUT /api/files/x",
  ]);
  expect(received[1]?.headers).toMatchObject({ "x-key": "k", "content-type": "image/png" });
  expect([...(received[1]?.body ?? [])]).toEqual([0, 255]);
});
