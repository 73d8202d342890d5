// Who calls, and what they may. Holding one is the proof that the request was checked.

import type { Credential } from "./credential.ts";

export type PrincipalKind = "local" | "token" | "guest" | "owner" | "own-token" | "upstream";

export type Principal = {
  /** Stable for one person or program: quotas are counted by it, and what a run leaves behind belongs to it. */
  id: string;
  kind: PrincipalKind;
  /** The MCP client that asked for the grant; absent where nobody granted anything. */
  client?: { id: string; name: string };
  scopes: readonly string[];
  /** Names the person's consent as the store does; absent where there was none. */
  grant?: string;
  /** When its request came, before its token was looked at, milliseconds since 1970: with `grant`. */
  arrived?: number;
  /** Used instead of the deployment's own. */
  upstreamCredential?: Credential;
  /** Values every program gets as `context`. */
  context?: Readonly<Record<string, string>>;
  /** Nothing but reading operations, whatever the scopes say. */
  readOnly: boolean;
  /** Scopes that signing in again could add; empty where asking for more is of no use. */
  attainable: readonly string[];
  /** Its person was asked for these and said no: not to be asked again by itself. */
  declined: readonly string[];
  /** Its token is a refreshed one, of this moment, milliseconds since 1970. */
  refreshedAt?: number;
  /** Whose quotas its runs count against, besides its own. */
  sharedAccounts: readonly string[];
};

/** Whose share of turns its programs take; undefined on a laptop, where there is nobody to share with. */
export function turnsOf({ kind, id }: Pick<Principal, "kind" | "id">): string | undefined {
  // Whoever wants another share signs in as a guest once more: all of them together have one.
  return kind === "local" ? undefined : kind === "guest" ? "guests" : id;
}
