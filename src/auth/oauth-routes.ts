// The endpoints of the authorization server, and the metadata of the resource. What is not one of them is not answered here.

import type { Refusal } from "./check-origin.ts";
import { authorizationServer, paths } from "./authorization-server.ts";
import { authorize } from "./authorize.ts";
import { metadataPath, protectedResourceMetadata, resourcesOf } from "./challenge.ts";
import { networkOf } from "./network-of.ts";
import { readBounded } from "./read-form.ts";
import type { SignIn } from "./sign-in-settings.ts";
import { anonymousAccounts, takeQuota } from "./take-quota.ts";
import type { AuthEnv, AuthWiring } from "./wiring.ts";

export async function answerOAuth(
  request: Request,
  env: AuthEnv,
  context: ExecutionContext,
  { signIn, wiring }: { signIn: SignIn; wiring: AuthWiring },
): Promise<Response | undefined> {
  if (signIn.modes.length === 0) return undefined;
  const { pathname, origin } = new URL(request.url);
  const { limits } = wiring;
  const limited = (what: "registration" | "token") =>
    takeQuota(env, anonymousAccounts(what, networkOf(request), limits));
  switch (pathname) {
    case metadataPath:
    case `${metadataPath}/mcp`: {
      if (request.method !== "GET") return new Response(null, { status: 405, headers: { allow: "GET" } });
      const { mcp, root } = resourcesOf(origin);
      const resource = pathname === metadataPath ? root : mcp;
      return Response.json(protectedResourceMetadata(origin, resource, wiring.title));
    }
    case paths.metadata:
      return authorizationServer(origin, wiring).fetch(request, env, context);
    case paths.authorize: {
      const oauth = authorizationServer(origin, wiring).getOAuthApi(env);
      return authorize(request, { oauth, env, signIn, wiring });
    }
    case paths.token: {
      const busy = await limited("token");
      if (busy !== undefined) return oauthRefusal(busy);
      return authorizationServer(origin, wiring).fetch(request, env, context);
    }
    case paths.register: {
      if (request.method !== "POST") return authorizationServer(origin, wiring).fetch(request, env, context);
      const body = await readBounded(request, limits.registrationBytes);
      if (body === undefined)
        return oauthRefusal({
          status: 413,
          message: `A registration may be ${limits.registrationBytes} bytes long.`,
        });
      const busy = await limited("registration");
      if (busy !== undefined) return oauthRefusal(busy);
      const { headers, method, url } = request;
      return authorizationServer(origin, wiring).fetch(
        new Request(url, { method, headers, body }),
        env,
        context,
      );
    }
    default:
      return undefined;
  }
}

function oauthRefusal({
  status,
  message,
  retryAfter,
}: Pick<Refusal, "message" | "retryAfter"> & { status: number }): Response {
  const error = status === 413 ? "invalid_client_metadata" : "temporarily_unavailable";
  return Response.json(
    { error, error_description: message },
    {
      status,
      headers: {
        "cache-control": "no-store",
        ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
      },
    },
  );
}
