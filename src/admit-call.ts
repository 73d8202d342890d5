// Before a tool call runs: has its principal the scopes it plainly needs, and runs left? Decides nothing about its calls.

import { challengeHeader, metadataUrl } from "./auth/challenge.ts";
import type { Refusal } from "./auth/check-origin.ts";
import type { Principal } from "./auth/principal.ts";
import { missingScopes, readScope } from "./auth/scopes.ts";
import { runAccounts, takeQuota } from "./auth/take-quota.ts";
import type { AuthEnv } from "./auth/wiring.ts";
import { compileProgram } from "./compile/compile-program.ts";
import { CallRefused } from "./gateway/call.ts";
import { beforeParsing } from "./gateway/check-graphql.ts";
import { matchOperation } from "./gateway/match-operation.ts";
import { limits } from "./limits.ts";
import { scopesOf } from "./operation-scopes.ts";
import { loadOperations } from "./spec/load-artifact.ts";

/** @returns a response when the call is not even begun */
type Admit = (tool: string, code: unknown) => Promise<Response | undefined>;

export function createAdmission(
  env: AuthEnv,
  principal: Principal,
  request: Request,
  refusal: (refused: Refusal) => Response,
): Admit {
  return async (tool, code) => {
    const needed = tool === "execute" ? plainlyNeeded(code, principal) : [readScope];
    const missing = missingScopes(needed, principal.scopes);
    if (missing.length > 0 && stepsUpByStatus(principal, request)) {
      const { origin, pathname } = new URL(request.url);
      const description = `This needs the scope ${missing.join(" ")}, which was not granted.`;
      return refusal({
        status: 403,
        message: `${description} Nothing was done. Sign in again and allow it.`,
        challenge: challengeHeader({
          error: "insufficient_scope",
          description,
          // Held ones too: a client asks for exactly what it reads here.
          scopes: [...new Set([...principal.scopes, ...needed])],
          metadata: metadataUrl(origin, pathname),
        }),
      });
    }
    const used = await takeQuota(env, runAccounts(principal, limits));
    return used === undefined ? undefined : refusal(used);
  };
}

/** What the calls need that the program spells out, of what signing in again could give. The rest is seen as it runs. */
function plainlyNeeded(code: unknown, { scopes, attainable, declined, readOnly }: Principal): string[] {
  const worthAsking = missingScopes(attainable, [...scopes, ...declined]);
  if (readOnly || worthAsking.length === 0) return [readScope];
  const compiled = compileProgram(code, "execute", limits);
  if (!compiled.ok) return [readScope];
  const needed = new Set<string>([readScope]);
  for (const call of compiled.program.calls) {
    try {
      const { operation } = matchOperation({ ...call, params: {}, query: {} }, loadOperations());
      if (operation.denied !== undefined) continue;
      for (const scope of scopesOf(beforeParsing(operation)))
        if (worthAsking.includes(scope)) needed.add(scope);
    } catch (error) {
      // A call that fits no operation is refused where it is told what it should be.
      if (!(error instanceof CallRefused)) throw error;
    }
  }
  return [...needed];
}

/** A client that answers a challenge by refreshing is back within this. */
const refreshMs = 15_000;

/**
 * Codex and ChatGPT take a 403 for a failure and ask their person only when the result says so; all others ask on a 403.
 * But for one that has just refreshed, as @modelcontextprotocol/sdk 1.x does where it should ask: a second 403 would be its end.
 */
function stepsUpByStatus({ client, refreshedAt = 0 }: Principal, request: Request): boolean {
  if (Date.now() - refreshedAt < refreshMs) return false;
  const names = `${client?.name ?? ""} ${client?.id ?? ""} ${request.headers.get("user-agent") ?? ""}`;
  return !/codex|chatgpt|openai/i.test(names);
}
