// Which ways of signing in a deployment offers. Never opens one that is not named, nor one that lacks what it needs.

import type { CredentialSecrets } from "./credential.ts";
import { isPassphraseHash } from "./passphrase.ts";
import type { ProbeSettings } from "./probe-settings.ts";

export const signInModes = ["demo", "owner", "own-token", "upstream"] as const;
export type SignInMode = (typeof signInModes)[number];

export type SignInEnv = {
  /** Ways of signing in, separated by commas: demo, owner, own-token, upstream. Empty: OAuth is off. */
  SIGN_IN?: string;
  /** Secret: what `npm run passphrase` prints. */
  OWNER_PASSPHRASE_HASH?: string;
  /** "1": a client may send the API's own token as its bearer. Outside the MCP specification. */
  ALLOW_API_TOKEN?: string;
  /** Our id at the API's authorization server, for SIGN_IN=upstream; and the secret that goes with it. */
  UPSTREAM_CLIENT_ID?: string;
  UPSTREAM_CLIENT_SECRET?: string;
  /** Grants and clients; here it counts only whether it is bound. */
  OAUTH_KV?: object;
};

/** Characters of MCP_TOKEN and OPERATOR_TOKEN. A short secret can be guessed; 32 characters of base64 are 192 bits. */
export const minimumTokenLength = 32;

export type SignIn = { modes: readonly SignInMode[]; directToken: boolean };

/** @returns what is on, or what is wrong with the configuration, in words for whoever runs it. */
export function readSignIn(
  env: SignInEnv & CredentialSecrets,
  settings: ProbeSettings | undefined,
  authType: string,
): SignIn | { problem: string } {
  const names = (env.SIGN_IN ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = names.find((name) => !signInModes.includes(name as SignInMode));
  if (unknown !== undefined)
    return {
      problem: `The variable SIGN_IN names ${JSON.stringify(unknown)}, which is no way of signing in. It takes ${signInModes.join(", ")}, separated by commas.`,
    };
  const modes = signInModes.filter((mode) => names.includes(mode));
  const directToken = env.ALLOW_API_TOKEN === "1";
  if (!directToken && !["", "0", undefined].includes(env.ALLOW_API_TOKEN))
    return {
      problem: `The variable ALLOW_API_TOKEN takes 1 or 0, not ${JSON.stringify(env.ALLOW_API_TOKEN)}.`,
    };
  if (modes.length > 0 && env.OAUTH_KV === undefined)
    return {
      problem:
        "SIGN_IN is set, but the KV namespace OAUTH_KV is not bound. Restore it in wrangler.jsonc and deploy again.",
    };
  if (modes.includes("owner") && !isPassphraseHash(env.OWNER_PASSPHRASE_HASH ?? ""))
    return {
      problem:
        "SIGN_IN names owner, but the secret OWNER_PASSPHRASE_HASH is missing or not of the form this version writes. Make one: npm run passphrase.",
    };
  if (directToken && modes.includes("demo"))
    return {
      problem:
        "ALLOW_API_TOKEN cannot be combined with SIGN_IN=demo: a demo takes nobody's API token. Remove one of them.",
    };
  if (modes.includes("own-token") || modes.includes("upstream") || directToken) {
    const asking = directToken
      ? "ALLOW_API_TOKEN"
      : `SIGN_IN=${modes.includes("own-token") ? "own-token" : "upstream"}`;
    if (authType === "none" || authType === "basic")
      return {
        problem: `${asking} needs an API whose auth in api.jsonc is bearer or apiKey; this one's is ${authType}.`,
      };
    if (settings === undefined)
      return {
        problem: `${asking} needs a reading operation to try tokens with. Add to api.jsonc: "signIn": {"probe": "GET /user"}, then build and deploy again.`,
      };
  }
  if (modes.includes("upstream")) {
    const lacks = [
      settings?.oauth === undefined && "signIn.oauth in api.jsonc",
      (env.UPSTREAM_CLIENT_ID ?? "") === "" && "the variable UPSTREAM_CLIENT_ID",
      (env.UPSTREAM_CLIENT_SECRET ?? "") === "" && "the secret UPSTREAM_CLIENT_SECRET",
    ].filter((what) => what !== false);
    if (lacks.length > 0)
      return {
        problem: `SIGN_IN names upstream, but this is missing: ${lacks.join(", ")}. See docs/sign-in.md.`,
      };
  }
  if (directToken && settings?.tokenPattern === undefined)
    return {
      problem:
        'ALLOW_API_TOKEN needs to know the API\'s tokens by their shape, so that none of ours is ever sent to it. Add to api.jsonc: "signIn": {"tokenPattern": "key_[A-Za-z0-9]{40}", …}, then build and deploy again.',
    };
  return { modes, directToken };
}
