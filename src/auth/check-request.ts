// Request → a principal, or a refusal. Never sees programs or the document.

import { authorizationServer } from "./authorization-server.ts";
import { challengeHeader, metadataUrl, resourcesOf } from "./challenge.ts";
import { checkFront, frontHeader } from "./check-front.ts";
import { checkHost, checkOrigin, isLoopback, listed } from "./check-origin.ts";
import type { Refusal } from "./check-origin.ts";
import { directPrincipal } from "./direct-token.ts";
import { principalOf } from "./grant.ts";
import type { GrantProps } from "./grant.ts";
import type { Principal } from "./principal.ts";
import { asksReadOnly } from "./read-only-address.ts";
import { isFitKey } from "./read-form.ts";
import { allScopes, requestedScopes } from "./scopes.ts";
import { bearerOf, isToken } from "./secret-token.ts";
import { minimumTokenLength } from "./sign-in-settings.ts";
import type { SignIn } from "./sign-in-settings.ts";
import { grantOf } from "./watch-grants.ts";
import type { AuthEnv, AuthWiring } from "./wiring.ts";

/** Host, Origin, and the front of `npm start` where there is one: before anything else, on every path. */
export function checkPlace(request: Request, env: AuthEnv): Refusal | undefined {
  const url = new URL(request.url);
  const policy = { allowedHosts: listed(env.ALLOWED_HOSTS), allowedOrigins: namedOrigins(env) };
  return (
    checkHost(url, request.headers.get("host"), policy) ??
    checkOrigin(url, request.headers.get("origin"), policy) ??
    checkFront(request.headers.get(frontHeader), env.FRONT_TOKEN)
  );
}

/** Origins of pages whom whoever deploys this lets in by name. */
export function namedOrigins({ ALLOWED_ORIGINS }: AuthEnv): string[] {
  return listed(ALLOWED_ORIGINS);
}

export async function identify(
  request: Request,
  env: AuthEnv,
  { signIn, wiring }: { signIn: SignIn; wiring: AuthWiring },
): Promise<Principal | Refusal> {
  const arrived = Date.now();
  const url = new URL(request.url);
  const readOnly = wiring.readOnly || asksReadOnly(request.url);
  const optional = Object.keys(wiring.scopes);
  const everything = {
    scopes: allScopes(optional, readOnly),
    readOnly,
    attainable: [],
    declined: [],
    sharedAccounts: [],
  };
  const expected = env.MCP_TOKEN ?? "";
  if (expected === "" && signIn.modes.length === 0 && !signIn.directToken) {
    if (isLoopback(url.hostname)) return { id: "local", kind: "local", ...everything };
    return {
      status: 503,
      message:
        "This deployment has no authentication configured, so it serves nobody. Set one: npx wrangler secret put MCP_TOKEN --config spec/NAME/artifact/wrangler.json (32 characters or more, e.g. from: openssl rand -base64 32).",
    };
  }
  if (expected !== "" && expected.length < minimumTokenLength) {
    return {
      status: 503,
      message: `The secret MCP_TOKEN is shorter than ${minimumTokenLength} characters. Set a longer one: npx wrangler secret put MCP_TOKEN --config spec/NAME/artifact/wrangler.json.`,
    };
  }
  const given = bearerOf(request);
  if (given !== undefined) {
    if (await isToken(given, expected)) return { id: "token", kind: "token", ...everything };
    if (signIn.modes.length > 0 && isOurs(given)) {
      const principal = await granted(given, url.origin);
      if (principal !== undefined) return principal;
    } else if (signIn.directToken && !(await isToken(given, env.OPERATOR_TOKEN ?? ""))) {
      const direct = await directPrincipal(given, { ...wiring, readOnly }, Date.now());
      if (direct !== undefined && "id" in direct) return direct;
      if (direct?.fault) return { status: 503, message: direct.message, retryAfter: 30 };
    }
  }
  return unauthorized(given !== undefined);

  async function granted(token: string, origin: string): Promise<Principal | undefined> {
    const server = authorizationServer(origin, wiring);
    const { mcp, root } = resourcesOf(origin);
    const valid =
      (await server.validateToken<GrantProps>(mcp, token, env)) ??
      (await server.validateToken<GrantProps>(root, token, env));
    if (valid === null) return undefined;
    const principal = principalOf(valid.props, valid.scope, { signIn, env, optional, readOnly });
    return principal && { ...principal, grant: grantOf(token), arrived };
  }

  function unauthorized(invalid: boolean): Refusal {
    return {
      status: 401,
      message: invalid
        ? "The bearer token is not one that this deployment takes, or it has expired."
        : "A bearer token is needed: Authorization: Bearer …",
      challenge: challengeHeader({
        ...(invalid && { error: "invalid_token" }),
        ...(signIn.modes.length > 0 && {
          metadata: metadataUrl(url.origin, url.pathname),
          // For clients that cannot ask for more later: /mcp?scopes=write.
          scopes: requestedScopes((url.searchParams.get("scopes") ?? "").split(/[\s,]+/), everything.scopes),
        }),
      }),
    };
  }
}

/** Tokens of ours have three parts. One that expired is still ours, and so never tried against the API. */
function isOurs(token: string): boolean {
  return isFitKey(token) && token.split(":").length === 3;
}
