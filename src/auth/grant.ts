// What a grant holds, encrypted, from the person's consent to each request made under it. Pure.

import type { Credential } from "./credential.ts";
import type { Principal } from "./principal.ts";
import { allScopes, policyOf } from "./scopes.ts";
import type { UpstreamTokens } from "./upstream-tokens.ts";
import type { SignIn, SignInEnv, SignInMode } from "./sign-in-settings.ts";

export type GrantProps = {
  mode: SignInMode;
  /** The principal's id. */
  id: string;
  /** Our own name for it, known before the store has one. */
  grantId: string;
  client: { id: string; name: string };
  /** Of an owner: which passphrase was used. Another one ends the grants of the last. */
  stamp?: string;
  /** What was asked for and not ticked. */
  declined?: string[];
  /** Of an access token that came by refreshing, milliseconds since 1970. */
  refreshedAt?: number;
  /** Of a guest: whose quotas are used up. */
  accounts?: string[];
  /** Of one who brought a token. */
  credential?: Credential;
  context?: Record<string, string>;
  /** Of one who signed in with the API itself; `credential` is made of it. */
  upstream?: UpstreamTokens;
};

export const kindOf = {
  demo: "guest",
  owner: "owner",
  "own-token": "own-token",
  upstream: "upstream",
} as const;

/** Changes with the passphrase and tells nothing of it: the salt of its hash. */
export function ownerStamp(env: SignInEnv): string {
  return (env.OWNER_PASSPHRASE_HASH ?? "").split(".")[2] ?? "";
}

/** @returns undefined when the deployment has since closed the way by which this grant came. */
export function principalOf(
  props: GrantProps,
  scopes: readonly string[],
  at: { signIn: SignIn; env: SignInEnv; optional: readonly string[]; readOnly: boolean },
): Principal | undefined {
  const { mode, id, client, stamp, accounts = [], declined = [], refreshedAt, credential, context } = props;
  if (!at.signIn.modes.includes(mode)) return undefined;
  if (mode === "owner" && stamp !== ownerStamp(at.env)) return undefined;
  // A person's own token is never replaced by the deployment's, not even by mistake.
  if ((mode === "own-token" || mode === "upstream") && credential === undefined) return undefined;
  const kind = kindOf[mode];
  const all = allScopes(at.optional, at.readOnly);
  return {
    id,
    kind,
    client,
    scopes: scopes.filter((scope) => policyOf(kind, all).includes(scope)),
    readOnly: at.readOnly || kind === "guest",
    attainable: attainableScopes(at.signIn, all),
    declined,
    sharedAccounts: accounts,
    ...(refreshedAt !== undefined && { refreshedAt }),
    ...(credential && { upstreamCredential: credential }),
    ...(context && { context }),
  };
}

/** What signing in could give at best, by any of the ways that are open. */
function attainableScopes(signIn: SignIn, all: readonly string[]): string[] {
  return all.filter((scope) => signIn.modes.some((mode) => policyOf(kindOf[mode], all).includes(scope)));
}
