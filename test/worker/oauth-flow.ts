import { createHash, randomBytes } from "node:crypto";
import { Browser } from "./browser.ts";
import { redirectUri } from "./oauth-client.ts";
import { type Answered, post } from "./tool-call.ts";

/** A Twofold, and the network requests come from: what one network uses up is not the next one's. */
export interface Place {
  url: string;
  network: Record<string, string>;
}

export interface Pkce {
  verifier: string;
  challenge: string;
}
export function pkce(): Pkce {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** Registers a client by hand. */
export async function register(at: Place, metadata: Record<string, unknown> = {}): Promise<string> {
  const body = {
    client_name: "Raw client",
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: "none",
    ...metadata,
  };
  const answered = await post(`${at.url}/oauth/register`, JSON.stringify(body), at.network);
  if (answered.status !== 201) throw new Error(`${answered.status} ${answered.text}`);
  return (JSON.parse(answered.text) as { client_id: string }).client_id;
}

export function authorizeUrl(
  at: Place,
  clientId: string,
  challenge: string,
  more: Record<string, string> = {},
): URL {
  const url = new URL(`${at.url}/authorize`);
  const parameters = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: "read",
    state: "s",
    code_challenge: challenge,
    code_challenge_method: "S256",
    resource: `${at.url}/mcp`,
    ...more,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

export function exchange(at: Place, fields: Record<string, string>): Promise<Answered> {
  return post(`${at.url}/oauth/token`, new URLSearchParams(fields).toString(), {
    "content-type": "application/x-www-form-urlencoded",
    ...at.network,
  });
}

export interface Tokens {
  access_token: string;
  refresh_token?: string;
  scope: string;
  expires_in: number;
}

/** The whole way by hand, for what a client library would not do. */
export async function signIn(
  at: Place,
  decision: string,
  {
    scope = "read",
    untick = [],
    fields: filled = {},
  }: { scope?: string; untick?: string[]; fields?: Record<string, string> } = {},
) {
  const clientId = await register(at);
  const { verifier, challenge } = pkce();
  const browser = new Browser(at.network);
  const page = await browser.get(authorizeUrl(at, clientId, challenge, { scope }));
  const done = await browser.press(page, decision, filled, untick);
  const callback = new URL(done.location ?? "http://none/");
  const code = callback.searchParams.get("code") ?? "";
  const fields = {
    grant_type: "authorization_code",
    client_id: clientId,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  };
  const answered = await exchange(at, fields);
  if (answered.status !== 200) throw new Error(`${answered.status} ${answered.text} ${done.text}`);
  return { clientId, browser, page, callback, fields, tokens: JSON.parse(answered.text) as Tokens };
}

export interface Called {
  status: number;
  headers: Answered["headers"];
  isError: boolean;
  text: string;
  meta: Record<string, unknown> | undefined;
}

/** One tool call by hand. */
export async function call(
  at: Place,
  token: string,
  code: string,
  options: { path?: string; tool?: string; headers?: Record<string, string> } = {},
): Promise<Called> {
  const { path = "/mcp", tool = "execute", headers = {} } = options;
  const message = {
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: tool, arguments: { code } },
  };
  const answered = await post(at.url + path, JSON.stringify(message), {
    authorization: `Bearer ${token}`,
    ...at.network,
    ...headers,
  });
  const body = JSON.parse(/^data: (.*)$/m.exec(answered.text)?.[1] ?? answered.text) as {
    result?: { isError?: boolean; content: { text: string }[]; _meta?: Record<string, unknown> };
    error?: { message: string };
  };
  const { _meta: meta } = body.result ?? {};
  return {
    status: answered.status,
    headers: answered.headers,
    isError: body.result?.isError === true,
    text: body.result?.content[0]?.text ?? body.error?.message ?? "",
    meta,
  };
}
