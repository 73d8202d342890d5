// Is this the operator? A credential of its own: it opens nothing that a principal's opens, and no principal's opens this.

import type { Refusal } from "./check-origin.ts";
import { bearerOf, isToken } from "./secret-token.ts";
import { minimumTokenLength } from "./sign-in-settings.ts";
import type { AuthEnv } from "./wiring.ts";

export async function checkOperator(request: Request, env: AuthEnv): Promise<Refusal | undefined> {
  const expected = env.OPERATOR_TOKEN ?? "";
  if (expected === "") return { status: 404, message: "Nothing is here. The MCP endpoint is /mcp." };
  const set = "npx wrangler secret put OPERATOR_TOKEN --config spec/NAME/artifact/wrangler.json";
  if (expected.length < minimumTokenLength)
    return {
      status: 503,
      message: `The secret OPERATOR_TOKEN is shorter than ${minimumTokenLength} characters. Set a longer one: ${set}.`,
    };
  // Whoever has that one would be the operator: each client, or the API it is sent to.
  const same = Object.entries(env).find(
    ([name, value]) => name !== "OPERATOR_TOKEN" && value === expected,
  )?.[0];
  if (same !== undefined)
    return {
      status: 503,
      message: `The secret OPERATOR_TOKEN is the same as ${same}, so whoever has that would operate this server. Set another: ${set}.`,
    };
  const given = bearerOf(request);
  if (given !== undefined && (await isToken(given, expected))) return undefined;
  return {
    status: 401,
    message: "The operator's token is needed: Authorization: Bearer …, as the secret OPERATOR_TOKEN has it.",
    challenge: "Bearer",
  };
}
