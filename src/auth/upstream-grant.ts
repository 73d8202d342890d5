// Signing in with the API's own OAuth, from the redirect there to the grant here, its refreshing and its end.

import { OAuthError } from "@cloudflare/workers-oauth-provider";
import type {
  AuthRequest,
  OAuthHelpers,
  TokenExchangeCallbackResult,
} from "@cloudflare/workers-oauth-provider";
import { readCredential } from "./credential.ts";
import type { GrantProps } from "./grant.ts";
import { requestTokens, revokeTokens } from "./upstream-tokens.ts";
import type { UpstreamClient, UpstreamSettings, UpstreamTokens } from "./upstream-tokens.ts";
import { tryToken } from "./try-token.ts";
import type { OwnToken } from "./try-token.ts";
import type { AuthEnv, AuthWiring } from "./wiring.ts";

export const callbackPath = "/oauth/callback";

/** What was decided at consent, kept while the person is away. */
export type Decided = Pick<GrantProps, "client" | "declined" | "context"> & { scope: string[] };
type Away = Decided & { verifier: string };

export async function goUpstream(
  asked: AuthRequest,
  decided: Decided,
  {
    oauth,
    env,
    wiring,
    headers,
    origin,
  }: { oauth: OAuthHelpers; env: AuthEnv; wiring: AuthWiring; headers: Headers; origin: string },
): Promise<Response> {
  const settings = upstreamOf(wiring);
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const data: Away = { ...decided, verifier };
  const { state, headers: sent } = await oauth.beginUpstream(asked, { data, headers });
  const url = new URL(settings.authorizationUrl);
  const scope = [...new Set(decided.scope.flatMap((one) => settings.scopes?.[one] ?? []))].join(" ");
  const parameters = {
    response_type: "code",
    client_id: clientOf(env).id,
    redirect_uri: `${origin}${callbackPath}`,
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
    ...(scope !== "" && { scope }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  sent.set("location", url.href);
  sent.set("cache-control", "no-store");
  return new Response(null, { status: 303, headers: sent });
}

type Returned =
  | {
      ok: true;
      asked: AuthRequest;
      headers: Headers;
      decided: Decided;
      tokens: UpstreamTokens;
      who: Extract<OwnToken, { ok: true }>;
    }
  | {
      ok: false;
      asked: AuthRequest;
      headers: Headers;
      decided: Decided;
      declined: boolean;
      message: string;
    };

export async function returnFromUpstream(
  request: Request,
  { oauth, env, wiring }: { oauth: OAuthHelpers; env: AuthEnv; wiring: AuthWiring },
): Promise<Returned> {
  const { request: asked, data, headers } = await oauth.finishUpstream<Away>(request);
  const { searchParams, origin } = new URL(request.url);
  const { verifier, ...decided } = data;
  const refused = (message: string, declined = false) =>
    ({ ok: false, asked, headers, decided, declined, message }) as const;
  if (searchParams.has("error")) return refused("The API's sign-in was not completed.", true);
  const answered = await requestTokens(
    upstreamOf(wiring),
    clientOf(env),
    {
      grant_type: "authorization_code",
      code: searchParams.get("code") ?? "",
      redirect_uri: `${origin}${callbackPath}`,
      code_verifier: verifier,
    },
    Date.now,
  );
  if (!answered.ok) return refused(answered.message);
  const who = await tryToken(answered.tokens.accessToken, wiring, undefined);
  if (!who.ok) return refused(who.message);
  return { ok: true, asked, headers, decided, tokens: answered.tokens, who };
}

/** What a token of ours made from this grant is to be: it lives no longer than the API's. */
export async function exchangeUpstream(
  grant: GrantProps,
  refreshing: boolean,
  { env, wiring, now }: { env: AuthEnv; wiring: AuthWiring; now: number },
): Promise<TokenExchangeCallbackResult | undefined> {
  const { upstream } = grant;
  if (upstream === undefined) return undefined;
  if (!refreshing) {
    const seconds = lifetime(upstream, now, wiring);
    return { accessTokenTTL: seconds, ...(!renewable(upstream) && { refreshTokenTTL: 0 }) };
  }
  if (env.SIGNING_OUT === true) {
    await revokeTokens(upstreamOf(wiring), clientOf(env), upstream);
    throw new OAuthError("invalid_grant", { description: "Signed out" });
  }
  const due =
    upstream.expiresAt !== undefined && upstream.expiresAt - now < wiring.limits.accessTokenSeconds * 1000;
  if (!due || upstream.refreshToken === undefined) {
    return {
      accessTokenTTL: lifetime(upstream, now, wiring),
      accessTokenProps: { ...grant, refreshedAt: now },
    };
  }
  if (env.UPSTREAM_REFRESH === undefined)
    throw new OAuthError("temporarily_unavailable", {
      description: "UPSTREAM_REFRESH is not bound",
      statusCode: 503,
    });
  const answered = await env.UPSTREAM_REFRESH.getByName(grant.grantId).refresh(
    upstreamOf(wiring),
    clientOf(env),
    upstream.refreshToken,
  );
  if (!answered.ok && answered.final)
    throw new OAuthError("invalid_grant", { description: answered.message });
  if (!answered.ok)
    throw new OAuthError("temporarily_unavailable", { description: answered.message, statusCode: 503 });
  const renewed: GrantProps = {
    ...grant,
    upstream: answered.tokens,
    credential: readCredential(wiring.auth, { API_TOKEN: answered.tokens.accessToken }),
  };
  return {
    newProps: renewed,
    accessTokenProps: { ...renewed, refreshedAt: now },
    accessTokenTTL: lifetime(answered.tokens, now, wiring),
  };
}

export async function endUpstream(grant: GrantProps, env: AuthEnv, wiring: AuthWiring): Promise<void> {
  if (grant.upstream !== undefined) await revokeTokens(upstreamOf(wiring), clientOf(env), grant.upstream);
}

function renewable({ refreshToken, expiresAt }: UpstreamTokens): boolean {
  return refreshToken !== undefined || expiresAt === undefined;
}

/** Seconds; the store takes no less than 60. */
function lifetime({ expiresAt }: UpstreamTokens, now: number, { limits }: AuthWiring): number {
  const left = expiresAt === undefined ? limits.accessTokenSeconds : Math.floor((expiresAt - now) / 1000);
  return Math.max(60, Math.min(limits.accessTokenSeconds, left));
}

function upstreamOf(wiring: AuthWiring): UpstreamSettings {
  const settings = wiring.signIn?.oauth;
  if (settings === undefined)
    throw new Error("no signIn.oauth in api.jsonc; readSignIn lets none of this start");
  return settings;
}

function clientOf(env: AuthEnv): UpstreamClient {
  return { id: env.UPSTREAM_CLIENT_ID ?? "", secret: env.UPSTREAM_CLIENT_SECRET ?? "" };
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
