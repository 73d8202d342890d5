// The endpoints of the authorization server, and the metadata of the resource. What is not one of them is not answered here.

import { readBounded } from "../read-bounded.ts";
import { authorizationServer, paths } from "./authorization-server.ts";
import { authorize, comeBack } from "./authorize.ts";
import { metadataPath, protectedResourceMetadata, resourcesOf } from "./challenge.ts";
import type { GrantProps } from "./grant.ts";
import { networkOf } from "./network-of.ts";
import { unfitKey } from "./read-form.ts";
import type { SignIn } from "./sign-in-settings.ts";
import { anonymousAccounts, takeQuota } from "./take-quota.ts";
import { callbackPath, endUpstream } from "./upstream-grant.ts";
import { watchGrants } from "./watch-grants.ts";
import type { AuthEnv, AuthWiring } from "./wiring.ts";

export async function answerOAuth(
  request: Request,
  unwatched: AuthEnv,
  context: ExecutionContext,
  { signIn, wiring }: { signIn: SignIn; wiring: AuthWiring },
): Promise<Response | undefined> {
  if (signIn.modes.length === 0) return undefined;
  const env = watchGrants(unwatched, wiring);
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
      const server = authorizationServer(origin, wiring);
      if (request.method !== "POST") return server.fetch(request, env, context);
      const body = await readBounded(request, limits.registrationBytes);
      const basic = request.headers.get("authorization") ?? "";
      // Looked at before the library makes keys of them: what cannot be a key is an error of the server there.
      const unfit = body === undefined ? "the body" : unfitKey(new URLSearchParams(body));
      if (unfit !== undefined || basic.length > basicChars)
        return oauthRefusal("invalid_request", {
          status: 400,
          message: `${unfit ?? "Authorization"} is too long, or not ours.`,
        });
      const busy = await limited("token");
      if (busy !== undefined) return oauthRefusal("temporarily_unavailable", busy);
      const form = new URLSearchParams(body);
      const again = (fields: URLSearchParams) =>
        new Request(request.url, { method: "POST", headers: request.headers, body: fields.toString() });
      if (signIn.modes.includes("upstream") && form.has("token") && !form.has("grant_type"))
        await signOutUpstream(form, again, { env, context, server, wiring, origin });
      return server.fetch(again(form), env, context);
    }
    case callbackPath: {
      const busy = await limited("token");
      if (busy !== undefined) return oauthRefusal("temporarily_unavailable", busy);
      const oauth = authorizationServer(origin, wiring).getOAuthApi(env);
      return comeBack(request, { oauth, env, signIn, wiring });
    }
    case paths.register: {
      if (request.method !== "POST") return authorizationServer(origin, wiring).fetch(request, env, context);
      const body = await readBounded(request, limits.registrationBytes);
      if (body === undefined)
        return oauthRefusal("invalid_client_metadata", {
          status: 413,
          message: `A registration may be ${limits.registrationBytes} bytes long.`,
        });
      const busy = await limited("registration");
      if (busy !== undefined) return oauthRefusal("temporarily_unavailable", busy);
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

/**
 * A sign-out that reaches the API. An access token shows its grant; a refresh token does so only when it is used, so it is
 * used for a refresh that ends the grant, there and here. What the client is answered is the library's, whatever happened.
 */
async function signOutUpstream(
  form: URLSearchParams,
  again: (fields: URLSearchParams) => Request,
  {
    env,
    context,
    server,
    wiring,
    origin,
  }: {
    env: AuthEnv;
    context: ExecutionContext;
    server: ReturnType<typeof authorizationServer>;
    wiring: AuthWiring;
    origin: string;
  },
): Promise<void> {
  const token = form.get("token") ?? "";
  const { mcp, root } = resourcesOf(origin);
  const valid =
    (await server.validateToken<GrantProps>(mcp, token, env)) ??
    (await server.validateToken<GrantProps>(root, token, env));
  // Only the client it was given to may end it; the library sees to that for the refresh below.
  if (valid !== null) {
    if (valid.clientId === form.get("client_id")) await endUpstream(valid.props, env, wiring);
    return;
  }
  const refresh = new URLSearchParams(form);
  refresh.delete("token");
  refresh.delete("token_type_hint");
  refresh.set("grant_type", "refresh_token");
  refresh.set("refresh_token", token);
  const answered = await server.fetch(again(refresh), { ...env, SIGNING_OUT: true }, context);
  await answered.body?.cancel();
}

/** A client's id and secret, encoded twice, are well below it. */
const basicChars = 500;

function oauthRefusal(
  error: string,
  { status, message, retryAfter }: { status: number; message: string; retryAfter?: number },
): Response {
  const headers = {
    "cache-control": "no-store",
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
  };
  return Response.json({ error, error_description: message }, { status, headers });
}
