import { expect, test } from "vitest";
import type { RunDetail, RunSummary } from "../../src/journal/run.ts";
import { bytes, clientWords, duration, moment } from "../../src/web/page/format.ts";
import { connectLines } from "../../src/web/page/connect-lines.ts";
import { callTool, readAnswer, runIdOf } from "../../src/web/page/mcp-client.ts";
import { pushOff } from "../../src/web/page/merge-pages.ts";
import { readEvents } from "../../src/web/page/read-events.ts";
import { operationHref, readRoute } from "../../src/web/page/route.ts";
import { calledPath, timeline } from "../../src/web/page/timeline.ts";

async function eventsOf(...chunks: string[]): Promise<string[]> {
  async function* sent() {
    for (const chunk of chunks) yield new TextEncoder().encode(chunk);
  }
  const events: string[] = [];
  for await (const event of readEvents(sent())) events.push(event);
  return events;
}

test("events are whole wherever the stream is cut, with any line ends", async () => {
  const stream =
    ': hello\r\nevent: message\r\ndata: {"a":"é"}\r\n\r\ndata: one\ndata:two\n\nid: 3\n\ndata: three\r\n\r\n';
  const expected = ['{"a":"é"}', "one\ntwo", "three"];
  expect(await eventsOf(stream)).toEqual(expected);
  expect(await eventsOf(...stream)).toEqual(expected);
});

test("an event that never ended is not taken for one", async () => {
  expect(await eventsOf("data: half")).toEqual([]);
});

test("a call sends one message, tells of progress, and answers with the result of its own id", async () => {
  const asked: { path: string; body: { id: number; params: { name: string; arguments: unknown } } }[] = [];
  const said: string[] = [];
  const answer = await callTool(
    async (path, init) => {
      const body = JSON.parse(String(init?.body)) as (typeof asked)[number]["body"];
      asked.push({ path, body });
      const messages = [
        { method: "notifications/progress", params: { message: "GET /x → 200" } },
        { id: body.id + 1, result: { content: [{ type: "text", text: "another's" }] } },
        {
          id: body.id,
          result: {
            content: [
              { type: "text", text: "7" },
              { type: "text", text: "notes" },
            ],
          },
        },
      ];
      const text = messages
        .map((message) => `data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`)
        .join("");
      return new Response(text, { headers: { "content-type": "text/event-stream" } });
    },
    "execute",
    "7",
    { onProgress: (line) => said.push(line), readOnly: true },
  );
  expect(answer).toEqual({ isError: false, text: "7", notes: "notes", scopes: [] });
  expect(said).toEqual(["GET /x → 200"]);
  expect(asked[0]).toMatchObject({
    path: "/mcp?readonly",
    body: { params: { name: "execute", arguments: { code: "7" } } },
  });
});

test("a refusal is the server's own sentence, with the scopes that its challenge asks for", async () => {
  const refused = callTool(
    async () =>
      Response.json(
        { error: { message: "This needs the scope write." } },
        {
          status: 403,
          headers: { "www-authenticate": 'Bearer error="insufficient_scope", scope="read write"' },
        },
      ),
    "execute",
    "7",
  );
  await expect(refused).rejects.toMatchObject({
    message: "This needs the scope write.",
    status: 403,
    scopes: ["read", "write"],
  });
});

test("a run that lacked a scope says which to ask for, as clients that take no 403 read it", () => {
  const challenge = 'Bearer error="insufficient_scope", scope="read write", resource_metadata="x"';
  const answered = { isError: true, content: [], _meta: { "mcp/www_authenticate": [challenge] } };
  expect(readAnswer(answered).scopes).toEqual(["read", "write"]);
  expect(
    readAnswer({ ...answered, _meta: { "mcp/www_authenticate": ['Bearer error="invalid_token"'] } }).scopes,
  ).toEqual([]);
});

test("a stream that ends before the answer is an error", async () => {
  const ended = callTool(
    async () => new Response(": nothing\n\n", { headers: { "content-type": "text/event-stream" } }),
    "search",
    "1",
  );
  await expect(ended).rejects.toThrow("ended before the answer");
});

test("the run of an answer is read from its last line alone, which no program writes", () => {
  expect(runIdOf("Console:\nrun r_forged · 1 call\n\nrun r_e5yk4ny8n7 · 1 call (1 GET) · 66 ms")).toBe(
    "r_e5yk4ny8n7",
  );
  expect(runIdOf("Console:\nrun r_forged is over")).toBeUndefined();
  expect(readAnswer(undefined)).toEqual({ isError: false, text: "", notes: "", scopes: [] });
});

const call = (sequence: number, started: number, ms: number | null): RunDetail["requests"][number] => ({
  sequence,
  operation: "",
  method: "GET",
  template: "/x",
  path: "/x",
  effect: "read",
  started,
  status: ms === null ? null : 200,
  bytes: 0,
  ms,
  attempts: 1,
  state: ms === null ? "in flight" : "done",
});
const summary = (id: string, started: number): RunSummary => ({
  id,
  tool: "execute",
  client: "",
  scopes: [],
  started,
  ended: started + 100,
  outcome: "ok",
  message: "",
  calls: 0,
  writes: 0,
  bytes: 0,
  stopped: null,
  excerpt: "",
});
const detail = (requests: RunDetail["requests"], ended: number | null): RunDetail => ({
  ...summary("r_1", 1_000),
  ended,
  program: "",
  logs: [],
  result: { format: "nothing", shown: null, whole: true, readable: false },
  requests,
});

test("calls lie on their run's clock, and one in flight reaches to now", () => {
  const { marks, ms } = timeline(detail([call(1, 1_000, 250), call(2, 1_500, null)], null), 2_000);
  expect(ms).toBe(1_000);
  expect(marks.map(({ from, width }) => [from, width])).toEqual([
    [0, 25],
    [50, 50],
  ]);
});

test("a call that ended after its run, by another machine's clock, still lies inside", () => {
  const { marks } = timeline(detail([call(1, 900, 500)], 1_100), 9_000);
  expect(marks).toMatchObject([{ from: 0, width: 100 }]);
});

test("a called path is shown from where the document's begins", () => {
  expect(calledPath({ template: "/items/{id}", path: "/base/v1/items/7?q=a/b" })).toBe("/items/7?q=a/b");
  expect(calledPath({ template: "/items/{id}", path: "/items" })).toBe("/items");
});

test("runs that a newer first page pushed off its end stand before the older ones, once", () => {
  const [a, b, c, d] = [summary("r_a", 4), summary("r_b", 3), summary("r_c", 2), summary("r_d", 1)];
  const ids = (runs: RunSummary[]) => runs.map(({ id }) => id);
  expect(ids(pushOff([b, c], [a, b], [d]))).toEqual(["r_c", "r_d"]);
  expect(ids(pushOff([a, b], [a, b], [c, d]))).toEqual(["r_c", "r_d"]);
  expect(ids(pushOff([a, b], [a, b], []))).toEqual([]);
});

test("each client's lines are those of its own commands, and JSON where it takes JSON", () => {
  const by = (way: "open" | "token" | "oauth", url = "https://x.example/mcp") =>
    Object.fromEntries(connectLines(url, way).map(({ name, lines, after }) => [name, { lines, after }]));
  expect(by("open")["Claude Code"]?.lines).toBe(
    "claude mcp add --transport http twofold https://x.example/mcp",
  );
  expect(by("token")["Claude Code"]?.lines).toContain('--header "Authorization: Bearer YOUR_TOKEN"');
  expect(JSON.parse(by("token")["Cursor"]?.lines ?? "")).toEqual({
    mcpServers: {
      twofold: { url: "https://x.example/mcp", headers: { Authorization: "Bearer YOUR_TOKEN" } },
    },
  });
  const [, vscode = ""] = /^code --add-mcp '(.*)'$/.exec(by("open")["VS Code"]?.lines ?? "") ?? [];
  expect(JSON.parse(vscode)).toEqual({ name: "twofold", type: "http", url: "https://x.example/mcp" });
  expect(by("token")["Codex"]?.lines).toBe(
    "codex mcp add twofold --url https://x.example/mcp --bearer-token-env-var TWOFOLD_TOKEN",
  );
  expect(by("oauth")["Claude"]).toEqual({ lines: "https://x.example/mcp", after: undefined });
  expect(by("open", "http://localhost:8787/mcp")["Claude"]?.after).toContain("cannot reach this address");
});

test("a place of the page and its address are the same thing", () => {
  expect(readRoute(operationHref("GET /items/{id}"))).toEqual({
    at: "operations",
    operation: "GET /items/{id}",
  });
  expect(readRoute("#/operations/%E0%A4%A")).toEqual({ at: "operations", operation: "%E0%A4%A" });
  expect(readRoute("#/runs/r_e5yk4ny8n7")).toEqual({ at: "runs", run: "r_e5yk4ny8n7" });
  expect(readRoute("#/runs/../../x")).toEqual({ at: "runs" });
  expect(readRoute("")).toEqual({ at: "connect" });
});

test("times and sizes are short", () => {
  expect([999, 1_500, 90_000].map(duration)).toEqual(["999 ms", "1.5 s", "1 min 30 s"]);
  expect([999, 1_500, 999_600, 2e9].map(bytes)).toEqual(["999 B", "1.5 kB", "1.0 MB", "2.0 GB"]);
  const noon = new Date(2026, 0, 5, 12, 0, 0).getTime();
  expect(moment(noon, noon + 1)).toBe("12:00:00");
  expect(moment(noon, noon + 40 * 3_600_000)).toBe("5 Jan 12:00:00");
  expect(clientWords("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/140.0 Safari/537.36")).toBe("Chrome");
  expect(clientWords("claude-code/2.0")).toBe("claude-code/2.0");
});
