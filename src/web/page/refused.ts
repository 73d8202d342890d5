// An answer that is no: the server's own sentence, and what its challenge says would help.

export class Refused extends Error {
  readonly status: number;
  /** Scopes that signing in again would have to ask for; empty when that is not what is missing. */
  readonly scopes: readonly string[];

  constructor(status: number, message: string, scopes: readonly string[] = []) {
    super(message);
    this.name = "Refused";
    this.status = status;
    this.scopes = scopes;
  }
}

/** Reads both of the server's forms: JSON-RPC's `{error: {message}}` and the journal's `{error: "…"}`. */
export async function refusedBy(response: Response): Promise<Refused> {
  const text = await response.text().catch(() => "");
  const scopes = scopesAsked(response.headers.get("www-authenticate") ?? "");
  return new Refused(response.status, sentenceOf(text) ?? `The server answered ${response.status}.`, scopes);
}

/** The scopes a challenge asks for; none when a scope is not what is missing. */
export function scopesAsked(challenge: string): string[] {
  if (!/\berror="insufficient_scope"/.test(challenge)) return [];
  return /\bscope="([^"]*)"/.exec(challenge)?.[1]?.split(" ") ?? [];
}

function sentenceOf(text: string): string | undefined {
  try {
    const { error, error_description: said } = JSON.parse(text) as Record<string, unknown>;
    if (typeof said === "string") return said;
    if (typeof error === "string") return error;
    const message = (error as { message?: unknown } | undefined)?.message;
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}
