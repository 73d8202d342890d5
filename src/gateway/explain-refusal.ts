// The API's 401 or 403 → what is missing, who can grant it, and whether trying again helps. Never repeats the API's body.

import type { Credential } from "../auth/credential.ts";

export type Refusal = {
  status: number;
  headers: Headers;
  /** The operation's alternatives, each of scheme names with scopes; empty when it asks for nothing. */
  security: readonly unknown[];
  /** `components.securitySchemes`, resolved. */
  schemes: Record<string, unknown>;
  credential: Credential;
  /** Scopes of whoever calls, where each has a credential of their own. */
  grant?: readonly string[];
};

/** Undefined for any other status. */
export function explainRefusal(refusal: Refusal): string | undefined {
  const { status, headers, credential, grant } = refusal;
  if (status !== 401 && status !== 403) return undefined;
  if (credential.kind === "none") {
    return `${askedFor(refusal)} This deployment sends no credential. Whoever runs it can set auth in the API's api.jsonc and the secret it names; trying again does not help.`;
  }
  const scopes = missingScopes(refusal);
  if (status === 401) {
    const again =
      grant === undefined
        ? "It belongs to this deployment, so signing in again does not help; whoever runs it can renew the secret."
        : "Signing in again renews it.";
    return `The API did not accept the credential: it is wrong, expired or revoked. ${askedFor(refusal)} ${again}`;
  }
  if (isSecondaryLimit(headers))
    return "The API refuses for now because of too many calls, not for want of rights. Try again later.";
  const missing =
    scopes.length === 0
      ? "The API knows the credential and does not let it do this: its account lacks the role, or has no access to this very resource."
      : `The API knows the credential, but it lacks what this operation needs: ${scopes.map(quoted).join(" or ")}.`;
  const who =
    grant === undefined
      ? "The credential belongs to this deployment: whoever issued it can grant more, or whoever runs the deployment can set another. Signing in or trying again does not help."
      : scopes.length === 0
        ? "An administrator of the API's account can grant it; signing in again does not help."
        : "Signing in again and granting that scope helps.";
  const has = headers.get("x-oauth-scopes");
  return `${missing}${has === null ? "" : ` By the API's own words it has: ${quoted(has === "" ? "none" : has)}.`} ${who}`;
}

/** What would be enough, each as one text; from the API's own answer where it says, else from the document. */
function missingScopes({ headers, security, grant }: Refusal): string[] {
  const challenge = headers.get("www-authenticate") ?? "";
  const said = /\bscope="([^"]*)"/.exec(challenge)?.[1] ?? headers.get("x-accepted-oauth-scopes") ?? "";
  if (said.trim() !== "") return [said.trim()];
  const held = new Set(grant);
  const alternatives = security.map((one) =>
    Object.values(isObject(one) ? one : {})
      .flatMap((scopes) => (Array.isArray(scopes) ? scopes : []))
      .filter((scope): scope is string => typeof scope === "string" && !held.has(scope)),
  );
  // One alternative that asks for no scope at all is satisfied by any credential of its kind.
  if (alternatives.some((scopes) => scopes.length === 0)) return [];
  return [...new Set(alternatives.map((scopes) => scopes.join(" ")))].slice(0, 3);
}

function askedFor({ security, schemes }: Refusal): string {
  const alternatives = security
    .map((one) => Object.keys(isObject(one) ? one : {}))
    .filter((names) => names.length > 0)
    .map((names) => names.map((name) => inWords(name, schemes[name])).join(" and "));
  if (alternatives.length === 0) return "The document does not say what this operation asks for.";
  return `By the document, this operation takes ${[...new Set(alternatives)].slice(0, 3).join(", or ")}.`;
}

function inWords(name: string, scheme: unknown): string {
  const { type, scheme: http, in: place, name: field } = isObject(scheme) ? scheme : {};
  const label = quoted(name);
  if (type === "http")
    return http === "basic" ? `a user name and password (${label})` : `a ${word(http)} token (${label})`;
  if (type === "apiKey") return `a key in the ${word(place)} ${quoted(field)} (${label})`;
  if (type === "oauth2") return `an OAuth token (${label})`;
  if (type === "openIdConnect") return `an OpenID Connect token (${label})`;
  if (type === "mutualTLS") return `a client certificate (${label}), which Twofold cannot send`;
  return label;
}

function isSecondaryLimit(headers: Headers): boolean {
  return headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0";
}

/** The document's and the API's words are data: on one line, short, in quotes. */
function quoted(value: unknown): string {
  const text = String(value).replaceAll(/[\p{Cc}\p{Cf}"]+/gu, " ");
  return `"${text.length > 100 ? `${text.slice(0, 99)}…` : text}"`;
}

function word(value: unknown): string {
  return typeof value === "string" && /^[a-z]{1,20}$/i.test(value) ? value.toLowerCase() : "bearer";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
