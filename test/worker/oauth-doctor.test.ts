import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkServer, type Finding } from "../../scripts/doctor/check-server.ts";
import { hashPassphrase } from "../../src/auth/passphrase.ts";
import { signIn } from "./oauth-flow.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";

async function examine(url: string, token?: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  await checkServer(new URL(url), token, (finding) => findings.push(finding));
  return findings;
}
const wrong = (findings: Finding[]) => findings.filter(({ ok }) => !ok);

const document = {
  openapi: "3.1.0",
  info: { title: "One", version: "1" },
  paths: { "/a": { get: { responses: {} } } },
};

describe("the doctor", () => {
  let twofold: TestTwofold;
  let strange: Server;
  let answer: { status: number; headers?: Record<string, string>; body?: string } = { status: 200 };
  beforeAll(async () => {
    const passphrase = await hashPassphrase("correct horse battery staple", new Uint8Array(randomBytes(16)));
    twofold = await startTestTwofold({
      document,
      baseUrl: "http://127.0.0.1:9",
      secrets: { OWNER_PASSPHRASE_HASH: passphrase },
      vars: { SIGN_IN: "demo,owner" },
    });
    strange = createServer((_, response) =>
      response.writeHead(answer.status, answer.headers).end(answer.body),
    );
    await new Promise<void>((resolve) => strange.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    await twofold?.stop();
    await new Promise((resolve) => strange.close(resolve));
  });
  const strangeUrl = () => `http://127.0.0.1:${(strange.address() as AddressInfo).port}/mcp`;

  test("finds nothing wrong with a Twofold, every step looked at", async () => {
    const { tokens } = await signIn({ url: twofold.url, network: {} }, "demo");
    const findings = await examine(`${twofold.url}/mcp`, tokens.access_token);
    expect(wrong(findings)).toEqual([]);
    expect(findings.map(({ step }) => step)).toEqual([
      "origin",
      "host",
      "challenge",
      "resource metadata",
      "authorization server",
      "registration",
      "consent page",
      "tools",
      "search",
    ]);
    expect(findings.at(-1)?.says).toBe("runs; the document has 1 paths");
  });
  test("says that a token is not good", async () => {
    expect(wrong(await examine(`${twofold.url}/mcp`, "wrong"))).toMatchObject([
      { step: "tools", says: expect.stringContaining("401") },
    ]);
  });
  test("says that nobody is there", async () => {
    expect(wrong(await examine("http://127.0.0.1:9/mcp"))).toMatchObject([{ step: "reach" }]);
  });
  test.each([
    ["lets any page and any name in", { status: 200, body: "{}" }, ["origin", "host", "tools"]],
    ["has no challenge", { status: 401 }, ["origin", "host", "challenge"]],
    [
      "is broken",
      { status: 503, body: '{"error":{"message":"SIGN_IN names …"}}' },
      ["origin", "host", "answer"],
    ],
  ])("finds a server that %s", async (_, given, steps) => {
    answer = given;
    expect(wrong(await examine(strangeUrl())).map(({ step }) => step)).toEqual(steps);
  });
  test("finds metadata of another address", async () => {
    answer = {
      status: 401,
      headers: {
        "www-authenticate": `Bearer resource_metadata="${twofold.url}/.well-known/oauth-protected-resource/mcp"`,
      },
    };
    const metadata = wrong(await examine(strangeUrl())).find(({ step }) => step === "resource metadata");
    expect(metadata?.says).toContain(`names "${twofold.url}/mcp", which is not ${strangeUrl()}`);
  });
});
