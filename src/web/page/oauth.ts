// Signing in as any MCP client does: metadata, registration, PKCE. Never sees a passphrase or the API's credential.

import { refusedBy, Refused } from "./refused.ts";

export type Tokens = {
  accessToken: string;
  refreshToken?: string;
  scopes: string[];
  clientId: string;
  tokenEndpoint: string;
  revocationEndpoint?: string;
};

type Metadata = {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  registration_endpoint: string;
  revocation_endpoint?: string;
  scopes_supported?: string[];
};

type Underway = { state: string; verifier: string; clientId: string; metadata: Metadata; returnTo: string };

const underwayKey = "twofold.signing-in";
const clientKey = "twofold.client";
/** Milliseconds a registration is used: the server keeps one for longer. */
const clientMs = 7 * 24 * 60 * 60 * 1_000;

/** Leaves the page. @param scopes those to ask for; all there are unless given, and the person chooses. */
export async function beginSignIn(resourceMetadata: string, scopes?: readonly string[]): Promise<void> {
  const metadata = await readMetadata(resourceMetadata);
  const clientId = await clientOf(metadata);
  const [state, verifier] = [randomText(), randomText()];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const underway: Underway = { state, verifier, clientId, metadata, returnTo: location.hash };
  sessionStorage.setItem(underwayKey, JSON.stringify(underway));
  const asked = scopes ?? metadata.scopes_supported ?? [];
  const url = new URL(metadata.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri(),
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
    state,
    resource: resource(),
    ...(asked.length > 0 && { scope: asked.join(" ") }),
  }).toString();
  location.assign(url);
}

/** Undefined when this page was not opened by an answer. @throws Refused with what went wrong there */
export async function endSignIn(search: string): Promise<Tokens | undefined> {
  const answer = new URLSearchParams(search);
  const [code, state, error] = ["code", "state", "error"].map((name) => answer.get(name));
  if (code === null && error === null) return undefined;
  const underway = JSON.parse(sessionStorage.getItem(underwayKey) ?? "null") as Underway | null;
  sessionStorage.removeItem(underwayKey);
  // The answer leaves the address bar at once: a code is used up, and a reload must not send it again.
  history.replaceState(null, "", `/${underway?.returnTo ?? ""}`);
  dispatchEvent(new HashChangeEvent("hashchange"));
  if (underway === null || state !== underway.state)
    throw new Refused(0, "That was no answer to a sign-in of this page. Sign in again.");
  const { verifier, clientId, metadata } = underway;
  if (error === "access_denied") throw new Refused(0, "You did not allow it, so nothing was done.");
  if (code === null || code === undefined) {
    // A registration the server no longer knows would fail for ever.
    localStorage.removeItem(clientKey);
    throw new Refused(0, `Signing in failed: ${answer.get("error_description") ?? error}. Sign in again.`);
  }
  return askForTokens(metadata.token_endpoint, clientId, metadata.revocation_endpoint, {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri(),
    code_verifier: verifier,
  });
}

/** @throws Refused when the grant is over */
export function renew({
  refreshToken = "",
  tokenEndpoint,
  clientId,
  revocationEndpoint,
}: Tokens): Promise<Tokens> {
  return askForTokens(tokenEndpoint, clientId, revocationEndpoint, {
    grant_type: "refresh_token",
    refresh_token: refreshToken,
  });
}

/** Ends the grant, as far as the server offers that. */
export async function revoke({
  refreshToken,
  accessToken,
  revocationEndpoint,
  clientId,
}: Tokens): Promise<void> {
  if (revocationEndpoint === undefined) return;
  const body = new URLSearchParams({ token: refreshToken ?? accessToken, client_id: clientId });
  await fetch(revocationEndpoint, { method: "POST", body }).catch(() => undefined);
}

async function askForTokens(
  tokenEndpoint: string,
  clientId: string,
  revocationEndpoint: string | undefined,
  fields: Record<string, string>,
): Promise<Tokens> {
  const body = new URLSearchParams({ ...fields, client_id: clientId, resource: resource() });
  const response = await fetch(tokenEndpoint, { method: "POST", body });
  if (!response.ok) throw await refusedBy(response);
  const tokens = (await response.json()) as { access_token: string; refresh_token?: string; scope?: string };
  return {
    accessToken: tokens.access_token,
    ...(tokens.refresh_token !== undefined && { refreshToken: tokens.refresh_token }),
    scopes: (tokens.scope ?? "").split(" ").filter((scope) => scope !== ""),
    clientId,
    tokenEndpoint,
    ...(revocationEndpoint !== undefined && { revocationEndpoint }),
  };
}

async function readMetadata(resourceMetadata: string): Promise<Metadata> {
  const { authorization_servers: servers = [] } = await getJson<{ authorization_servers?: string[] }>(
    resourceMetadata,
  );
  const metadata = await getJson<Metadata>(`${servers[0] ?? ""}/.well-known/oauth-authorization-server`);
  // The page may talk to its own origin alone, and an answer that names another is none of ours.
  const ends = [metadata.authorization_endpoint, metadata.token_endpoint, metadata.registration_endpoint];
  if (metadata.issuer !== servers[0] || ends.some((end) => new URL(end).origin !== location.origin))
    throw new Refused(0, "The sign-in of this server is elsewhere, and this page signs in here alone.");
  return metadata;
}

async function clientOf({ issuer, registration_endpoint: endpoint }: Metadata): Promise<string> {
  type Kept = { issuer: string; clientId: string; at: number };
  const kept = JSON.parse(localStorage.getItem(clientKey) ?? "null") as Kept | null;
  if (kept !== null && kept.issuer === issuer && kept.at + clientMs > Date.now()) return kept.clientId;
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "Twofold console",
      redirect_uris: [redirectUri()],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    }),
  });
  if (!response.ok) throw await refusedBy(response);
  const { client_id: clientId } = (await response.json()) as { client_id: string };
  localStorage.setItem(clientKey, JSON.stringify({ issuer, clientId, at: Date.now() } satisfies Kept));
  return clientId;
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw await refusedBy(response);
  return (await response.json()) as T;
}

const redirectUri = () => `${location.origin}/`;
const resource = () => `${location.origin}/mcp`;
const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
