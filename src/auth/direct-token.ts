// The API's own token as a client's bearer (ALLOW_API_TOKEN=1), for CI. Outside the MCP specification: a server should take
// only tokens issued for it. So it is off unless switched on, and only for what looks like the API's token.

import { readCredential } from "./credential.ts";
import type { Principal } from "./principal.ts";
import { allScopes } from "./scopes.ts";
import { looksLikeToken, shortDigest, tryToken } from "./try-token.ts";
import type { OwnToken } from "./try-token.ts";
import type { AuthWiring } from "./wiring.ts";

/** By digest: a dump of the memory shows no token. The credential is made anew from the request's own. */
const verdicts = new Map<string, { until: number; id: string }>();

export async function directPrincipal(
  token: string,
  wiring: AuthWiring,
  now: number,
): Promise<Principal | Exclude<OwnToken, { ok: true }> | undefined> {
  if (!looksLikeToken(token, wiring.signIn?.tokenPattern)) return undefined;
  const digest = await shortDigest(`bearer ${token}`);
  const known = verdicts.get(digest);
  const credential = readCredential(wiring.auth, { API_TOKEN: token });
  let id = known !== undefined && known.until > now ? known.id : undefined;
  if (id === undefined) {
    const tried = await tryToken(token, wiring, wiring.signIn?.tokenPattern);
    if (!tried.ok) return tried;
    id = tried.id;
    verdicts.delete(digest);
    verdicts.set(digest, { until: now + wiring.limits.verdictMs, id });
    const [oldest] = verdicts.keys();
    if (verdicts.size > wiring.limits.verdicts && oldest !== undefined) verdicts.delete(oldest);
  }
  return {
    id,
    kind: "own-token",
    scopes: allScopes(Object.keys(wiring.scopes), wiring.readOnly),
    upstreamCredential: credential,
    readOnly: wiring.readOnly,
    attainable: [],
    declined: [],
    sharedAccounts: [],
  };
}
