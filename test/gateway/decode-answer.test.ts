import { describe, expect, test } from "vitest";
import { decodeAnswer } from "../../src/gateway/decode-answer.ts";
import { Redactor } from "../../src/gateway/redact.ts";
import { limits } from "../../src/limits.ts";

const canary = "canary-4f1c9d7be2";
const decode = async (body: BodyInit, type: string, responseBodyBytes: number = limits.responseBodyBytes) => {
  const response = new Response(body, { headers: { "content-type": type } });
  const bounded = { ...limits, responseBodyBytes } as typeof limits;
  return (await decodeAnswer(response, bounded, new Redactor([canary]))).answer.data;
};

describe("the body of an answer", () => {
  test.each([
    ["as JSON", JSON.stringify({ token: canary, [canary]: 1 }), "application/json"],
    ["as JSON that is none", `{"token": "${canary}"`, "application/json"],
    ["as text", `token=${canary}`, "text/plain"],
    ["as a text without a type", `token=${canary}`, ""],
  ])("%s holds no credential", async (_, body, type) => {
    const text = JSON.stringify(await decode(body, type));
    expect(text).toContain("[redacted]");
    expect(text).not.toContain(canary);
  });

  test("is read up to its limit, and is cut off at its limit with what to do", async () => {
    expect(await decode("0123456789", "text/plain", 10)).toEqual({ json: "0123456789" });
    await expect(decode("0123456789x", "text/plain", 10)).rejects.toThrow(
      "The API's answer is larger than 10 bytes and was cut off.",
    );
  });
});
