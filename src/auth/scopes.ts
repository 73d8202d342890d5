// Scope arithmetic. Pure: granted = requested ∩ ticked ∩ policy, and nothing else ever grants.

import type { PrincipalKind } from "./principal.ts";

/** What every use needs, and what is asked for when a client asks for nothing we know. */
export const readScope = "read";
export const writeScope = "write";

/** All scopes of a deployment: the two of every deployment, then those of its api.jsonc. */
export function allScopes(optional: readonly string[], readOnly: boolean): string[] {
  return [readScope, ...(readOnly ? [] : [writeScope]), ...optional];
}

/** What a way of signing in may be granted at most. Guests look around and change nothing. */
export function policyOf(kind: PrincipalKind, all: readonly string[]): string[] {
  return kind === "guest" ? [readScope] : [...all];
}

/**
 * What a client asked for, as far as we know it: unknown scopes (`openid`, `offline_access`) are dropped, not refused, since
 * some clients always send them. Whatever else is asked for, reading comes with it.
 */
export function requestedScopes(asked: readonly string[], all: readonly string[]): string[] {
  return all.filter((scope) => scope === readScope || asked.includes(scope));
}

export function grantedScopes(
  requested: readonly string[],
  ticked: readonly string[],
  policy: readonly string[],
): string[] {
  return requested.filter((scope) => ticked.includes(scope) && policy.includes(scope));
}

export function missingScopes(needed: readonly string[], held: readonly string[]): string[] {
  return needed.filter((scope) => !held.includes(scope));
}

/** Every scope an operation needs: reading or writing, and each optional scope that names it. */
export function neededScopes(effect: "read" | "write" | "delete", optional: readonly string[]): string[] {
  return [readScope, ...(effect === "read" ? [] : [writeScope]), ...optional];
}
