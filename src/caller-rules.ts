// What one principal may not do in a run, why, and how a client could ask for more. The gateway enforces it.

import type { CallToolResult } from "@modelcontextprotocol/server";
import { challengeHeader, metadataUrl } from "./auth/challenge.ts";
import type { Principal } from "./auth/principal.ts";
import { missingScopes, writeScope } from "./auth/scopes.ts";
import { asksReadOnly } from "./auth/read-only-address.ts";
import type { Access } from "./gateway/check-policy.ts";
import { scopesOf } from "./operation-scopes.ts";
import type { Operation } from "./spec/operations.ts";

type CallerRules = {
  /** The floor below `refuses`: without the scope write nothing but reading leaves, whatever else is decided. */
  access: Access;
  refuses(operation: Operation): string | undefined;
  /** Adds to a failed answer what its client must ask for, where asking is of use. */
  withChallenge(answer: CallToolResult): CallToolResult;
};

export function createCallerRules(principal: Principal, request: Request): CallerRules {
  const wanted = new Set<string>();
  const { origin, pathname } = new URL(request.url);
  return {
    access: principal.readOnly || !principal.scopes.includes(writeScope) ? "read" : "write",
    refuses(operation) {
      // What nobody may call is told so by the policy, whoever asks.
      if (operation.denied !== undefined) return undefined;
      const missing = missingScopes(scopesOf(operation), principal.scopes);
      const name = `${operation.method} ${operation.path}${operation.operationId === undefined ? "" : ` (${operation.operationId})`}`;
      if (operation.effect !== "read" && principal.readOnly) return readOnlyReason(name, principal, request);
      if (missing.length === 0) return undefined;
      const scopes = `the scope ${missing.join(" and ")}, which this connection was not granted. Nothing was sent.`;
      if (missingScopes(missing, principal.attainable).length > 0)
        return `${name} needs ${scopes} Nobody who signs in here is granted it, so asking again does not help.`;
      for (const scope of missing) wanted.add(scope);
      return `${name} needs ${scopes} Reading goes on. To allow it, the person signs in again and ticks it; where the client offers no such thing, they connect ${origin}${pathname}?scopes=${missing.join(",")} instead. Then send the program again.`;
    },
    withChallenge(answer) {
      if (wanted.size === 0 || answer.isError !== true) return answer;
      const challenge = challengeHeader({
        error: "insufficient_scope",
        description: `This needs the scope ${[...wanted].join(" ")}, which was not granted.`,
        scopes: [...new Set([...principal.scopes, ...wanted])],
        metadata: metadataUrl(origin, pathname),
      });
      const { _meta: meta, ...rest } = answer;
      return { ...rest, _meta: { ...meta, "mcp/www_authenticate": [challenge] } };
    },
  };
}

/** The deployment's own READ_ONLY is told by the gateway, which knows how it is lifted. */
function readOnlyReason(name: string, { kind }: Principal, request: Request): string | undefined {
  if (kind === "guest") return `${name} changes something, and guests only read. Nothing was sent.`;
  if (asksReadOnly(request.url))
    return `${name} changes something, and this connection only reads, as its address says (?readonly). Nothing was sent. Reading goes on; to write, the person connects the address without it.`;
  return undefined;
}
