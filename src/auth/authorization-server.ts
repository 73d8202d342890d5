// The authorization server of one deployment: its endpoints, lifetimes and stored records are the library's.

import { GrantType, OAuthAuthorizationServer } from "@cloudflare/workers-oauth-provider";
import { resourcesOf } from "./challenge.ts";
import type { GrantProps } from "./grant.ts";
import { allScopes } from "./scopes.ts";
import { exchangeUpstream } from "./upstream-grant.ts";
import type { AuthEnv, AuthWiring } from "./wiring.ts";

type AuthorizationServer = OAuthAuthorizationServer<AuthEnv>;

export const paths = {
  authorize: "/authorize",
  token: "/oauth/token",
  register: "/oauth/register",
  metadata: "/.well-known/oauth-authorization-server",
} as const;

/** One an origin, since that is its name. A Worker has few: each host was checked before. */
const servers = new Map<string, AuthorizationServer>();

export function authorizationServer(origin: string, wiring: AuthWiring): AuthorizationServer {
  const known = servers.get(origin);
  if (known !== undefined) return known;
  const server = createServer(origin, wiring);
  if (servers.size >= 8) servers.clear();
  servers.set(origin, server);
  return server;
}

function createServer(origin: string, wiring: AuthWiring): AuthorizationServer {
  const { limits } = wiring;
  const resources = resourcesOf(origin);
  return new OAuthAuthorizationServer<AuthEnv>({
    issuer: origin,
    resources: [resources.mcp, resources.root],
    // Older clients name no resource; all they can mean is the endpoint.
    defaultResource: resources.mcp,
    authorizeEndpoint: paths.authorize,
    tokenEndpoint: paths.token,
    clientRegistrationEndpoint: paths.register,
    scopesSupported: allScopes(Object.keys(wiring.scopes), wiring.readOnly),
    clientIdMetadataDocumentEnabled: true,
    accessTokenTTL: limits.accessTokenSeconds,
    refreshTokenTTL: limits.grantSeconds,
    clientRegistrationTTL: limits.clientSeconds,
    clientRegistrationCallback: ({ clientMetadata }) => {
      const uris = clientMetadata["redirect_uris"];
      return Array.isArray(uris) && uris.length > 10
        ? { code: "invalid_client_metadata", description: "At most 10 redirect_uris are taken.", status: 400 }
        : undefined;
    },
    tokenExchangeCallback: async ({ grantType, props, env }) => {
      const grant = props as GrantProps;
      const now = Date.now();
      if (grant.mode === "demo") return { accessTokenTTL: limits.guestSeconds, refreshTokenTTL: 0 };
      const refreshing = grantType === GrantType.REFRESH_TOKEN;
      if (grant.mode === "upstream") return exchangeUpstream(grant, refreshing, { env, wiring, now });
      // The token's copy alone: the grant's would outlive this refresh.
      return refreshing
        ? { accessTokenProps: { ...grant, refreshedAt: now } satisfies GrantProps }
        : undefined;
    },
    onError: ({ code, status, internal }) => {
      console.warn("oauth", status, code, internal.category, internal.reason);
    },
  });
}
