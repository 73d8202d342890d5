// A token somebody brings: looked at, tried against the API, and named by whose it is. Never kept here.

import { readCredential } from "./credential.ts";
import type { Credential } from "./credential.ts";
import type { AuthWiring } from "./wiring.ts";

export type OwnToken =
  | { ok: true; id: string; credential: Credential; answer: unknown }
  | { ok: false; message: string; fault?: true };

/** @param pattern what it must look like; a token the API itself gave needs none */
export async function tryToken(
  token: string,
  wiring: AuthWiring,
  pattern: string | undefined,
): Promise<OwnToken> {
  if (!looksLikeToken(token, pattern)) {
    return {
      ok: false,
      message: `That does not look like a token of ${wiring.title}. Copy the whole of it, and nothing else.`,
    };
  }
  const credential = readCredential(wiring.auth, { API_TOKEN: token });
  const tried = await wiring.tryCredential(credential);
  if (!tried.ok) return tried;
  // By account where the API names one, so that a renewed token is still the same person.
  const name = tried.account === undefined ? `token ${token}` : `account ${tried.account}`;
  return { ok: true, id: `own-${await shortDigest(name)}`, credential, answer: tried.answer };
}

export function looksLikeToken(token: string, pattern: string | undefined): boolean {
  if (token.length > 4096 || !/^[\x21-\x7e]{8,}$/.test(token)) return false;
  return pattern === undefined || new RegExp(`^(?:${pattern})$`).test(token);
}

export async function shortDigest(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest).subarray(0, 15)))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
