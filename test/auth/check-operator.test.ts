import { expect, test } from "vitest";
import { checkOperator } from "../../src/auth/check-operator.ts";

const long = "a-token-of-the-operator-and-of-nobody-else";
const request = new Request("https://twofold.example/operator/principals", {
  headers: { authorization: `Bearer ${long}` },
});

test.each([
  ["is not set", {}, 404, "Nothing is here"],
  ["is empty", { OPERATOR_TOKEN: "" }, 404, "Nothing is here"],
  ["is a character too short", { OPERATOR_TOKEN: long.slice(0, 31) }, 503, "shorter than 32 characters"],
  ["is the one of all clients", { OPERATOR_TOKEN: long, MCP_TOKEN: long }, 503, "the same as MCP_TOKEN"],
  ["is the API's", { OPERATOR_TOKEN: long, API_TOKEN: long }, 503, "the same as API_TOKEN"],
  ["is its password there", { OPERATOR_TOKEN: long, API_PASSWORD: long }, 503, "the same as API_PASSWORD"],
])("where the operator's token %s, nobody is the operator", async (_, env, status, words) => {
  expect(await checkOperator(request, env)).toMatchObject({
    status,
    message: expect.stringContaining(words),
  });
});
