// Connects to an MCP endpoint as a client would, one step after the other. Calls no operation of the API.

import { createHash, randomBytes } from "node:crypto";
import { type Asked, ask, askMcp } from "./ask.ts";

export interface Finding {
  step: string;
  ok: boolean;
  /** What was seen; for what is wrong, also how to mend it. */
  says: string;
}

type Report = (finding: Finding) => void;

/** @param token sent as the bearer, so that the tools can be looked at too */
export async function checkServer(endpoint: URL, token: string | undefined, report: Report): Promise<void> {
  const first = await askMcp(endpoint, "tools/list", {}).catch((error: unknown) => {
    report({
      step: "reach",
      ok: false,
      says: `${endpoint.href} cannot be reached: ${reasonOf(error)}. Check the address; locally, start it with: npm start`,
    });
    return undefined;
  });
  if (first === undefined) return;
  await checkPlace(endpoint, report);
  switch (first.status) {
    case 200:
      report({
        step: "sign-in",
        ok: isLoopback(endpoint),
        says: isLoopback(endpoint)
          ? "none is needed on this machine"
          : "anybody may call this server. Set SIGN_IN or the secret MCP_TOKEN and deploy again",
      });
      return checkTools(endpoint, undefined, report);
    case 401:
      await checkOAuth(endpoint, first, report);
      if (token !== undefined) return checkTools(endpoint, token, report);
      return report({
        step: "tools",
        ok: true,
        says: "not looked at, as that needs a token: --token or TWOFOLD_TOKEN",
      });
    default:
      return report({
        step: "answer",
        ok: false,
        says: `${endpoint.pathname} answered ${first.status}: ${messageOf(first)}`,
      });
  }
}

async function checkPlace(endpoint: URL, report: Report): Promise<void> {
  const foreign = await askMcp(endpoint, "tools/list", {}, { origin: "https://origin.invalid" });
  report({
    step: "origin",
    ok: foreign.status === 403,
    says:
      foreign.status === 403
        ? "a page of another origin gets 403"
        : `a page of another origin gets ${foreign.status} instead of 403, so web pages could call this server. Something in front rewrites Origin, or this is no Twofold`,
  });
  // Elsewhere the network in front finds servers by Host, and answers for a name it does not know.
  if (!isLoopback(endpoint)) return;
  const rebound = await askMcp(endpoint, "tools/list", {}, { host: "host.invalid" });
  report({
    step: "host",
    ok: rebound.status === 403,
    says:
      rebound.status === 403
        ? "another Host gets 403"
        : `another Host gets ${rebound.status} instead of 403, so a name that is made to point here could call this server`,
  });
}

async function checkOAuth(endpoint: URL, refused: Asked, report: Report): Promise<void> {
  const challenge = refused.headers["www-authenticate"] ?? "";
  const metadata = /resource_metadata="([^"]*)"/.exec(challenge)?.[1];
  if (!/^Bearer\b/i.test(challenge))
    return report({
      step: "challenge",
      ok: false,
      says: "the 401 has no WWW-Authenticate: Bearer, so a client cannot tell what is wanted. Something in front removes it",
    });
  if (metadata === undefined)
    return report({
      step: "challenge",
      ok: true,
      says: "a fixed bearer token is asked for (MCP_TOKEN); there is no sign-in. For one, set SIGN_IN",
    });
  report({ step: "challenge", ok: true, says: challenge });

  const resource = await ask(new URL(metadata));
  const { resource: named, authorization_servers: servers } = (resource.json ?? {}) as {
    resource?: unknown;
    authorization_servers?: unknown;
  };
  const covers = typeof named === "string" && URL.canParse(named) && isCovered(endpoint, new URL(named));
  report({
    step: "resource metadata",
    ok: resource.status === 200 && covers,
    says: covers
      ? `${metadata} names ${named}`
      : `${metadata} answered ${resource.status} and names ${JSON.stringify(named)}, which is not ${endpoint.href}. Connect the address it names, or let no proxy change the host`,
  });
  const issuer = Array.isArray(servers) ? String(servers[0]) : "";
  if (!URL.canParse(issuer))
    return report({ step: "authorization server", ok: false, says: "the metadata names none" });

  const answered = await ask(new URL("/.well-known/oauth-authorization-server", issuer));
  const server = (answered.json ?? {}) as Record<string, unknown>;
  const lacks = [
    server["issuer"] !== issuer && `issuer is ${JSON.stringify(server["issuer"])} and not ${issuer}`,
    !includes(server["code_challenge_methods_supported"], "S256") && "no PKCE with S256",
    server["client_id_metadata_document_supported"] !== true &&
      typeof server["registration_endpoint"] !== "string" &&
      "no way for a new client to register",
  ].filter((text) => text !== false);
  report({
    step: "authorization server",
    ok: lacks.length === 0,
    says:
      lacks.length === 0
        ? `${issuer}, scopes ${String(server["scopes_supported"])}`
        : `${issuer}: ${lacks.join("; ")}`,
  });
  if (lacks.length > 0) return;
  await checkRegistration(server, report);
}

async function checkRegistration(server: Record<string, unknown>, report: Report): Promise<void> {
  const redirect = "http://127.0.0.1:9/doctor";
  const { registration_endpoint: register, authorization_endpoint: authorize } = server;
  if (typeof register !== "string" || typeof authorize !== "string")
    return report({
      step: "registration",
      ok: true,
      says: "only by metadata document, which this does not try",
    });
  const registered = await ask(new URL(register), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "Twofold doctor",
      redirect_uris: [redirect],
      token_endpoint_auth_method: "none",
    }),
  });
  const id = (registered.json as { client_id?: unknown } | undefined)?.client_id;
  if (typeof id !== "string")
    return report({
      step: "registration",
      ok: false,
      says: `a client that registers gets ${registered.status}: ${messageOf(registered)}`,
    });
  report({ step: "registration", ok: true, says: "a client can register" });

  const page = new URL(authorize);
  const challenge = createHash("sha256").update(randomBytes(32)).digest("base64url");
  const fields = {
    response_type: "code",
    client_id: id,
    redirect_uri: redirect,
    scope: "read",
    state: "doctor",
    code_challenge: challenge,
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(fields)) page.searchParams.set(name, value);
  const shown = await ask(page);
  const unframed = /frame-ancestors 'none'/.test(shown.headers["content-security-policy"] ?? "");
  report({
    step: "consent page",
    ok: shown.status === 200 && unframed,
    says:
      shown.status === 200 && unframed
        ? "is shown, and cannot be framed"
        : `answered ${shown.status}${shown.status === 200 ? " without its Content-Security-Policy, which something in front removes" : `: ${messageOf(shown)}`}`,
  });
}

async function checkTools(endpoint: URL, token: string | undefined, report: Report): Promise<void> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const listed = await askMcp(endpoint, "tools/list", {}, headers);
  const { result } = (listed.json ?? {}) as { result?: { tools?: { name: string }[] } };
  const names = (result?.tools ?? []).map(({ name }) => name).join(", ");
  report({
    step: "tools",
    ok: names === "search, execute",
    says: names === "search, execute" ? names : `answered ${listed.status}: ${names || messageOf(listed)}`,
  });
  if (names !== "search, execute") return;
  const searched = await askMcp(
    endpoint,
    "tools/call",
    { name: "search", arguments: { code: "Object.keys(spec.paths).length" } },
    headers,
  );
  const answer = (
    searched.json as { result?: { isError?: boolean; content?: { text?: string }[] } } | undefined
  )?.result;
  const text = answer?.content?.[0]?.text ?? messageOf(searched);
  const worked = answer !== undefined && answer.isError !== true;
  report({ step: "search", ok: worked, says: worked ? `runs; the document has ${text} paths` : text });
}

/** A resource stands for its own address and what is below it. */
function isCovered(endpoint: URL, resource: URL): boolean {
  const base = resource.pathname.replace(/\/$/, "");
  return endpoint.origin === resource.origin && `${endpoint.pathname}/`.startsWith(`${base}/`);
}

function isLoopback({ hostname }: URL): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

function includes(list: unknown, value: string): boolean {
  return Array.isArray(list) && list.includes(value);
}

/** The sentence in an answer that is none, whoever gave it: ours, OAuth's, or a page's first words. */
function messageOf({ json, text }: Asked): string {
  const { error, error_description: described } = (json ?? {}) as {
    error?: unknown;
    error_description?: unknown;
  };
  if (typeof described === "string") return described;
  const message =
    typeof error === "object" && error !== null ? (error as { message?: unknown }).message : error;
  if (typeof message === "string") return message;
  return (
    text
      .replaceAll(/<style.*?<\/style>|<[^>]*>/gs, " ")
      .replaceAll(/\s+/g, " ")
      .trim()
      .slice(0, 200) || "nothing"
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  return error.message || String(code);
}
