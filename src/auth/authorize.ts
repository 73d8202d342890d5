// /authorize: asks a person whether a client may act for them, and turns a yes into a grant. Nothing that decides comes from
// the form but what was ticked: the request itself lies in storage, bound to the browser that saw the page.

import {
  AuthorizationError,
  CimdFetchError,
  authorizationErrorRedirect,
} from "@cloudflare/workers-oauth-provider";
import type { AuthRequest, OAuthHelpers } from "@cloudflare/workers-oauth-provider";
import { askedValues, tokenValues } from "./context-values.ts";
import { consentPage, messagePage } from "./consent-page.ts";
import type { ConsentFacts } from "./consent-page.ts";
import { kindOf } from "./grant.ts";
import type { GrantProps } from "./grant.ts";
import { plainName } from "./html.ts";
import { networkOf } from "./network-of.ts";
import { pageResponse } from "./page-response.ts";
import { readForm, repeatedParameter, unfitKey } from "./read-form.ts";
import { allScopes, grantedScopes, policyOf, requestedScopes } from "./scopes.ts";
import { signIn as signInAs } from "./sign-in.ts";
import { signInModes } from "./sign-in-settings.ts";
import type { SignIn, SignInMode } from "./sign-in-settings.ts";
import { anonymousAccounts, takeQuota } from "./take-quota.ts";
import { goUpstream, returnFromUpstream } from "./upstream-grant.ts";
import type { Decided } from "./upstream-grant.ts";
import type { AuthEnv, AuthWiring } from "./wiring.ts";

type Authorizing = { oauth: OAuthHelpers; env: AuthEnv; signIn: SignIn; wiring: AuthWiring };

/** What is asked is kept until the person answers; a real request is a tenth of this. */
const urlChars = 8_192;

export async function authorize(request: Request, at: Authorizing): Promise<Response> {
  try {
    if (request.method === "GET") return await ask(request, at);
    if (request.method === "POST") return await answer(request, at);
    return new Response("Only GET and POST.\n", { status: 405, headers: { allow: "GET, POST" } });
  } catch (error) {
    // Only an error that carries a checked redirect URI goes back to the client.
    if (error instanceof AuthorizationError && error.redirectTo !== undefined)
      return seeOther(error.redirectTo);
    if (error instanceof AuthorizationError) return refuse(saying(error));
    if (error instanceof CimdFetchError)
      return refuse(
        "The app's description could not be read from the address it names. Try again, or tell its makers.",
      );
    throw error;
  }
}

async function ask(request: Request, at: Authorizing): Promise<Response> {
  const { oauth, env, wiring } = at;
  const busy = await takeQuota(env, anonymousAccounts("consent", networkOf(request), wiring.limits));
  if (busy !== undefined) return refuse(busy.message, busy.status, busy.retryAfter);
  const repeated = repeatedParameter(new URL(request.url).searchParams);
  if (repeated !== undefined)
    return refuse(`The parameter ${repeated} is there more than once, so it is not clear what is asked.`);
  const unfit = unfitKey(new URL(request.url).searchParams);
  if (unfit !== undefined || request.url.length > urlChars)
    return refuse(
      `The request is not one this server could have been asked for: ${unfit ?? "its address"} is too long.`,
    );
  const asked = await oauth.parseAuthRequest(request);
  if (asked.codeChallenge === undefined)
    return seeOther(authorizationErrorRedirect(asked, "invalid_request", "PKCE with S256 is required"));
  return show(asked, at);
}

async function show(
  asked: AuthRequest,
  { oauth, signIn, wiring }: Authorizing,
  again: Pick<ConsentFacts, "error" | "last"> & { headers?: Headers; status?: number } = {},
): Promise<Response> {
  const about = await oauth.describeConsent(asked);
  const { handle, headers } = await oauth.beginConsent(asked);
  for (const cookie of again.headers?.getSetCookie() ?? []) headers.append("set-cookie", cookie);
  const all = allScopes(Object.keys(wiring.scopes), wiring.readOnly);
  const { optional, ...reach } = wiring.reach();
  const policy = Object.fromEntries(signInModes.map((mode) => [mode, policyOf(kindOf[mode], all)]));
  const upstreamUrl = signIn.modes.includes("upstream") ? wiring.signIn?.oauth?.authorizationUrl : undefined;
  const facts: ConsentFacts = {
    title: plainName(wiring.title),
    clientName: plainName(about.clientName) || "An app without a name",
    ...(about.clientDomain !== undefined && { clientDomain: about.clientDomain }),
    redirectHost: about.redirectHost,
    redirectIsLoopback: about.redirectIsLoopback,
    handle,
    modes: signIn.modes,
    requested: requestedScopes(asked.scope, all),
    policy: policy as Record<SignInMode, string[]>,
    reach: {
      ...reach,
      optional: Object.fromEntries(
        Object.entries(wiring.scopes).map(([name, says]) => [
          name,
          { says, operations: optional[name] ?? 0 },
        ]),
      ),
    },
    choices: Object.entries(wiring.context).flatMap(([name, setting]) => {
      if (!("ask" in setting)) return [];
      const { ask: says, ...given } = setting;
      return [{ name, says, ...given }];
    }),
    guestMinutes: wiring.limits.guestSeconds / 60,
    ...(upstreamUrl !== undefined && { upstreamHost: new URL(upstreamUrl).host }),
    grantDays: wiring.limits.grantSeconds / (24 * 60 * 60),
    ...(again.error !== undefined && { error: again.error }),
    ...(again.last !== undefined && { last: again.last }),
  };
  return pageResponse(consentPage(facts), {
    headers,
    formLeadsTo: [asked.redirectUri, ...(upstreamUrl === undefined ? [] : [upstreamUrl])],
    status: again.status ?? 200,
  });
}

async function answer(request: Request, at: Authorizing): Promise<Response> {
  const { oauth, env, signIn, wiring } = at;
  // The cookie below proves it too; this says so before anything is read.
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  if (
    (site !== null && site !== "same-origin") ||
    (origin !== null && origin !== new URL(request.url).origin)
  )
    return refuse("This form was sent from another site. Start again from your app.", 403);
  const form = await readForm(request);
  if (typeof form === "string") return refuse(form);
  const handle = form.get("handle") ?? "";
  const decision = form.get("decision");
  if (decision === "deny") {
    const denied = await oauth.denyConsent(request, handle);
    return new Response(null, { status: 303, headers: denied.headers });
  }
  const mode = signIn.modes.find((one) => one === decision);
  if (mode === undefined) return refuse("That way of signing in is not open here.");
  const tries = mode === "demo" ? [] : anonymousAccounts("try", networkOf(request), wiring.limits);
  const busy = await takeQuota(env, tries);
  if (busy !== undefined) return refuse(busy.message, busy.status, busy.retryAfter);
  // Used up here, whatever follows: a second try gets a page, a cookie and a handle of its own.
  const { request: asked, headers } = await oauth.approveConsent(request, handle);
  const chosen = askedValues(wiring.context, form);
  const last = lastOf(form);
  if (!chosen.ok) return show(asked, at, { error: chosen.message, last, headers, status: 400 });
  const all = allScopes(Object.keys(wiring.scopes), wiring.readOnly);
  const requested = requestedScopes(asked.scope, all);
  const policy = policyOf(kindOf[mode], all);
  const scope = grantedScopes(requested, form.getAll("scope"), policy);
  if (scope.length === 0) {
    const error = "Nothing was ticked, so there is nothing to allow.";
    return show(asked, at, { error, headers, status: 400 });
  }
  const { clientName } = await oauth.describeConsent(asked);
  const decided = {
    scope,
    client: { id: asked.clientId, name: plainName(clientName) },
    declined: requested.filter((one) => policy.includes(one) && !scope.includes(one)),
    context: chosen.values,
  };
  if (mode === "upstream") {
    await takeQuota(env, tries, -1);
    const { origin: here } = new URL(request.url);
    return goUpstream(asked, decided, { oauth, env, wiring, headers, origin: here });
  }
  const who = await signInAs(mode, form, request, at);
  if (!who.ok) return show(asked, at, { error: who.message, last, headers, status: who.status });
  // Counted before it is tried, so that many at once get no further; given back, since only failures should count.
  await takeQuota(env, tries, -1);
  return complete(asked, mode, decided, who.props, { oauth, headers });
}

/** What a page that is shown again keeps of its form; neither a passphrase nor a token. */
function lastOf(form: URLSearchParams): NonNullable<ConsentFacts["last"]> {
  const values = [...form].flatMap(([field, value]) =>
    field.startsWith("context.") ? [[field.slice("context.".length), value] as const] : [],
  );
  return { scopes: form.getAll("scope"), values: Object.fromEntries(values) };
}

/** Where the API's own sign-in sends a person back to. */
export async function comeBack(request: Request, at: Authorizing): Promise<Response> {
  try {
    if (request.method !== "GET" || !at.signIn.modes.includes("upstream"))
      return await refuse("Nothing is here.", 404);
    const back = await returnFromUpstream(request, at);
    const { asked, headers, decided } = back;
    const last = { scopes: decided.scope, values: decided.context ?? {} };
    if (!back.ok && !back.declined)
      return await show(asked, at, { error: back.message, last, headers, status: 502 });
    if (!back.ok) return redirect(authorizationErrorRedirect(asked, "access_denied", back.message), headers);
    const { who, tokens } = back;
    const found = tokenValues(at.wiring.context, who.answer);
    if (!found.ok) return await show(asked, at, { error: found.message, last, headers, status: 502 });
    const props = { id: who.id, credential: who.credential, upstream: tokens, context: found.values };
    return await complete(asked, "upstream", decided, props, { oauth: at.oauth, headers });
  } catch (error) {
    // The page expired, was used, or is another browser's: nothing that could be sent back to a client.
    if (error instanceof AuthorizationError) return refuse(saying(error));
    throw error;
  }
}

async function complete(
  asked: AuthRequest,
  mode: SignInMode,
  { scope, client, declined, context }: Decided,
  who: Partial<GrantProps> & { id: string },
  { oauth, headers }: { oauth: OAuthHelpers; headers: Headers },
): Promise<Response> {
  const common = { mode, grantId: crypto.randomUUID(), client, ...(declined && { declined }) };
  const props: GrantProps = { ...common, ...who, context: { ...who.context, ...context } };
  const metadata = { mode, client: client.name };
  const { redirectTo } = await oauth.completeAuthorization({
    request: asked,
    userId: props.id,
    metadata,
    scope,
    props,
  });
  return redirect(redirectTo, headers);
}

/** In the library's words, as sentences. */
function saying({ description }: AuthorizationError): string {
  return `${description.replace(/(; start again)?\.?$/, "")}. Start again from your app.`;
}

function redirect(location: string, headers: Headers): Response {
  headers.set("location", location);
  headers.set("cache-control", "no-store");
  return new Response(null, { status: 303, headers });
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}

function refuse(text: string, status = 400, retryAfter?: number): Promise<Response> {
  const headers = new Headers(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) });
  return pageResponse(messagePage("This cannot go on", text), { status, headers });
}
