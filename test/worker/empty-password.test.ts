import { expect, test } from "vitest";
import { startTestTwofold } from "./start-twofold.ts";
import { callTool } from "./tool-call.ts";
import { startUpstream } from "./upstream.ts";

test("a key as the user name goes out with a password that is set and empty", async () => {
  const upstream = await startUpstream();
  const twofold = await startTestTwofold({
    document: { openapi: "3.1.0", info: { title: "T", version: "1" }, paths: { "/echo": { get: {} } } },
    baseUrl: upstream.url,
    auth: { type: "basic" },
    secrets: { API_USERNAME: "sk_test", API_PASSWORD: "" },
  });
  try {
    await callTool(twofold.url, "execute", { code: 'await api.request({ method: "GET", path: "/echo" })' });
    expect(upstream.received.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${btoa("sk_test:")}`,
    ]);
  } finally {
    await twofold.stop();
    await upstream.stop();
  }
});
