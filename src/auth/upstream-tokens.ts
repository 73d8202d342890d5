// The API's own token endpoint (RFC 6749): a code or a refresh token in, tokens out. Keeps nothing.

/** `signIn.oauth` of api.jsonc. */
export type UpstreamSettings = {
  authorizationUrl: string;
  tokenUrl: string;
  /** RFC 7009. Without it a sign-out ends only what is kept here. */
  revocationUrl?: string;
  /** The API's scopes, asked for by what was granted here. */
  scopes?: Readonly<Record<string, readonly string[]>>;
  /** How our id and secret are sent: in the header, unless the API wants them in the form. */
  clientAuth?: "basic" | "form";
};

export type UpstreamClient = { id: string; secret: string };

export type UpstreamTokens = {
  accessToken: string;
  refreshToken?: string;
  /** Milliseconds since 1970; absent when the API does not say. */
  expiresAt?: number;
};

export type UpstreamAnswer =
  | { ok: true; tokens: UpstreamTokens }
  /** `final`: asking again cannot help; the person has to sign in anew. */
  | { ok: false; final: boolean; message: string };

/** Milliseconds the API's authorization server has for an answer, and characters it may have. */
const patienceMs = 10_000;
const answerChars = 64 * 1024;

export async function requestTokens(
  settings: UpstreamSettings,
  client: UpstreamClient,
  parameters: Record<string, string>,
  now: () => number,
): Promise<UpstreamAnswer> {
  let response: Response;
  let text: string;
  try {
    response = await send(settings.tokenUrl, settings, client, parameters);
    text = (await response.text()).slice(0, answerChars);
  } catch {
    return { ok: false, final: false, message: "The API's sign-in could not be reached." };
  }
  const body = parse(text);
  const accessToken = body["access_token"];
  // Some answer 200 with an error in it.
  if (!response.ok || typeof accessToken !== "string" || accessToken === "") {
    const error = typeof body["error"] === "string" ? body["error"].slice(0, 60) : `HTTP ${response.status}`;
    const final = response.status < 500 && response.status !== 429 && typeof body["error"] === "string";
    return { ok: false, final, message: `The API's sign-in answered ${JSON.stringify(error)}.` };
  }
  const seconds = Number(body["expires_in"]);
  const refreshToken = body["refresh_token"];
  // Where it is not renewed, the one that was used stays good.
  const kept = typeof refreshToken === "string" ? refreshToken : parameters["refresh_token"];
  return {
    ok: true,
    tokens: {
      accessToken,
      ...(kept !== undefined && { refreshToken: kept }),
      ...(seconds > 0 && { expiresAt: now() + seconds * 1000 }),
    },
  };
}

/** Best effort: what could not be revoked there is still forgotten here. */
export async function revokeTokens(
  settings: UpstreamSettings,
  client: UpstreamClient,
  { accessToken, refreshToken }: UpstreamTokens,
): Promise<void> {
  const { revocationUrl } = settings;
  if (revocationUrl === undefined) return;
  for (const token of [refreshToken, accessToken]) {
    if (token === undefined) continue;
    await send(revocationUrl, settings, client, { token }).then(
      (response) => response.body?.cancel(),
      () => console.warn("sign-out: the API could not be told"),
    );
  }
}

function send(
  url: string,
  { clientAuth = "basic" }: UpstreamSettings,
  client: UpstreamClient,
  parameters: Record<string, string>,
): Promise<Response> {
  const inForm = clientAuth === "form" ? { client_id: client.id, client_secret: client.secret } : {};
  // RFC 6749, 2.3.1: each part is encoded as in a form first.
  const pair = [client.id, client.secret]
    .map((part) => new URLSearchParams([["", part]]).toString().slice(1))
    .join(":");
  return fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
      ...(clientAuth === "basic" && { authorization: `Basic ${btoa(pair)}` }),
    },
    body: new URLSearchParams({ ...parameters, ...inForm }).toString(),
    // A redirect would take our secret elsewhere.
    redirect: "manual",
    signal: AbortSignal.timeout(patienceMs),
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
