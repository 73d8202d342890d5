import { expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { readJsonRpc } from "../../src/mcp/read-json-rpc.ts";

const json = { "content-type": "application/json; charset=utf-8" };
const read = (body: BodyInit, headers: Record<string, string> = json) =>
  readJsonRpc(
    new Request("http://localhost/mcp", { method: "POST", body, headers, duplex: "half" } as RequestInit),
    { ...limits, requestBytes: 100 } as unknown as typeof limits,
  );
/** A body whose length nobody announced. */
const stream = (text: string) => new Blob([text]).stream();

test("one message is read, up to the limit", async () => {
  const text = JSON.stringify({ id: "x".repeat(91) });
  expect(text).toHaveLength(100);
  expect(await read(text)).toEqual(JSON.parse(text));
  expect(await read(stream(text))).toEqual(JSON.parse(text));
});

test.each<[string, BodyInit, Record<string, string>, number]>([
  ["a batch", '[{"id":1},{"id":2}]', json, 400],
  ["a batch of one", '[{"id":1}]', json, 400],
  ["no JSON", "{", json, 400],
  ["what a form of another site can send", '{"id":1}', { "content-type": "text/plain" }, 415],
  ["what only begins like JSON's type", '{"id":1}', { "content-type": "application/jsonp" }, 415],
  ["more than the limit, as announced", `"${"x".repeat(99)}"`, json, 413],
  ["more than the limit, unannounced", stream(`"${"x".repeat(99)}"`), json, 413],
])("%s is answered here", async (_, body, headers, status) => {
  const answer = await read(body, headers);
  expect(answer instanceof Response ? answer.status : answer).toBe(status);
});
