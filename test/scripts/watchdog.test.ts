import { describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { type Cut, cutLine, cutText } from "../../scripts/start/watchdog/cut-short.ts";
import { readMessage } from "../../scripts/start/watchdog/message.ts";
import { patience, Silence, tickMs } from "../../scripts/start/watchdog/patience.ts";
import { rpcError, toolError } from "../../scripts/start/watchdog/reply.ts";

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe("what is read of a request", () => {
  test("id, method and tool of a tool call", () => {
    const call = {
      jsonrpc: "2.0",
      id: "a-1",
      method: "tools/call",
      params: { name: "search", arguments: {} },
    };
    expect(readMessage(bytes(call))).toEqual({ id: "a-1", method: "tools/call", tool: "search" });
    expect(readMessage(bytes({ ...call, id: 0 }))?.id).toBe(0);
  });

  test("no tool in any other method, and no id in a notification", () => {
    expect(readMessage(bytes({ id: 1, method: "prompts/get", params: { name: "search" } }))).toEqual({
      id: 1,
      method: "prompts/get",
    });
    expect(readMessage(bytes({ method: "notifications/initialized" }))?.id).toBeNull();
    expect(readMessage(bytes({ id: { a: 1 }, method: "ping" }))?.id).toBeNull();
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a batch", '[{"id":1,"method":"ping"}]'],
    ["null", "null"],
  ])("nothing of %s", (_, text) => expect(readMessage(new TextEncoder().encode(text))).toBeUndefined());
});

describe("what a client is told", () => {
  const wedged: Cut = { kind: "wedged", silentMs: 6_000, calls: 1 };
  const crashed: Cut = { kind: "crashed", exit: { code: null, signal: "SIGABRT" }, calls: 1 };

  test("the only program under way is told that it did it, and not to come again as it is", () => {
    const text = cutText("execute", wedged);
    expect(text).toContain("stopped answering for 6 s and is being restarted");
    expect(text).toContain("the only program under way");
    expect(text).toContain("Change that step first");
    expect(text).toContain("Read the API's state before you write again.");
    expect(text).not.toContain("send it again as it is");
  });

  test("one of several is told so, and that it may come again if it only reads", () => {
    const text = cutText("execute", { ...wedged, calls: 3 });
    expect(text).toContain("3 programs were under way and one of them did this");
    expect(text).toContain("If it has none and only reads, send it again as it is.");
  });

  test("what the journal has of its calls is told in order, and that it had written nothing", () => {
    const text = cutText("execute", wedged, [
      "PUT /a → 200",
      "POST /b: in flight, so it may have been carried out",
    ]);
    expect(text).toContain("is not undone:\nPUT /a → 200\nPOST /b: in flight");
    expect(cutText("execute", wedged, [])).toContain("It had written nothing.");
    const many = cutText(
      "execute",
      wedged,
      Array.from({ length: 35 }, (_, n) => `GET /${n} → 200`),
    );
    expect(many).toContain("(5 earlier ones)\nGET /5 → 200");
    expect(many).toContain("GET /34 → 200");
  });

  test("a search changed nothing, so it may always come again unless it did it", () => {
    expect(cutText("search", { ...wedged, calls: 2 })).toContain("If it has none, send it again as it is.");
    expect(cutText("search", wedged)).toContain("Nothing was changed");
    expect(cutText("search", wedged)).not.toContain("API's state");
  });

  test("a runtime that ended by itself most likely ran out of memory, one that was replaced did not", () => {
    expect(cutText("search", crashed)).toContain("ended by itself (signal SIGABRT)");
    expect(cutText("search", crashed)).toContain("out of memory");
    const rebuilt = cutText("execute", { kind: "rebuilt", calls: 1 });
    expect(rebuilt).toContain("The program did nothing wrong.");
    expect(rebuilt).not.toContain("Change that step");
    expect(cutText("execute", { kind: "lost", calls: 1 })).toContain("is not known.");
  });

  test("the person at the terminal gets one line", () => {
    for (const cut of [wedged, crashed, { kind: "rebuilt", calls: 2 } as const]) {
      expect(cutLine(cut)).toMatch(/^Twofold.*; \d tool calls? (was|were) cut short and told so\.$/);
    }
    expect(cutLine({ ...crashed, calls: 0 })).toContain("; nobody was waiting.");
  });

  test("the answer carries the caller's id", () => {
    const message = { id: "a-1", method: "tools/call", tool: "search" };
    expect(JSON.parse(toolError(message, "why"))).toEqual({
      jsonrpc: "2.0",
      id: "a-1",
      result: { isError: true, content: [{ type: "text", text: "why" }] },
    });
    expect(JSON.parse(rpcError(undefined, "why"))).toMatchObject({ id: null, error: { message: "why" } });
  });
});

describe("how long the runtime may be silent", () => {
  test("longer than the guard of one program needs, for several calls longer, and never beyond 8 s", () => {
    expect(patience(0)).toBe(patience(1));
    expect(patience(1)).toBeGreaterThan(limits.busyMs);
    expect(patience(2)).toBeGreaterThan(patience(1));
    expect(patience(50)).toBe(8_000);
  });

  test("it is asked after half a second without a sign, once, and the wait for the answer is what counts", () => {
    const silence = new Silence();
    silence.pass(tickMs);
    expect(silence.due).toBe(false);
    silence.pass(tickMs);
    expect(silence.due).toBe(true);
    expect(silence.unanswered).toBe(0);
    silence.asked();
    silence.pass(tickMs);
    expect(silence.due).toBe(false);
    expect(silence.unanswered).toBe(tickMs);
    silence.sign();
    expect(silence.unanswered).toBe(0);
    expect(silence.due).toBe(false);
    silence.pass(tickMs);
    silence.answered();
    expect(silence.unanswered).toBe(0);
  });

  test("an hour of sleep is no hour of silence", () => {
    const silence = new Silence();
    silence.asked();
    silence.pass(3_600_000);
    expect(silence.unanswered).toBe(2 * tickMs);
  });
});
