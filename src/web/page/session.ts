// Who this page speaks for, kept for this tab alone. Holds the one token of the page, and shows it to nobody.

import { endSignIn, renew, revoke, type Tokens } from "./oauth.ts";
import { readServer, type Send, type ServerFacts } from "./mcp-client.ts";
import { Refused } from "./refused.ts";

export type Access = { way: "open" } | { way: "token"; token: string } | { way: "oauth"; tokens: Tokens };

export type State =
  | { at: "asking" }
  /** `metadata`: where OAuth begins; absent where only a token is taken. */
  | { at: "signed out"; metadata?: string; said?: string }
  | { at: "in"; access: Access; server: ServerFacts }
  | { at: "failed"; said: string };

const accessKey = "twofold.access";

export class Session {
  #access: Access = { way: "open" };
  #renewing: Promise<Tokens> | undefined;
  readonly #changed: (state: State) => void;

  constructor(changed: (state: State) => void) {
    this.#changed = changed;
  }

  async begin(): Promise<void> {
    let said: string | undefined;
    try {
      const tokens = await endSignIn(location.search);
      if (tokens !== undefined) this.#keep({ way: "oauth", tokens });
    } catch (error) {
      said = sayError(error);
    }
    const kept = sessionStorage.getItem(accessKey);
    if (kept !== null) this.#access = JSON.parse(kept) as Access;
    await this.#look(said);
  }

  useToken(token: string): Promise<void> {
    this.#keep({ way: "token", token });
    return this.#look();
  }

  async signOut(): Promise<void> {
    const access = this.#access;
    this.#forget();
    if (access.way === "oauth") await revoke(access.tokens);
    await this.#look();
  }

  /** A request to this origin. A token that has expired is renewed once; when that does not help, the session is over. */
  readonly send: Send = async (path, init = {}) => {
    // As it was when this was sent: another request may end the session meanwhile, and say why.
    const { way } = this.#access;
    const response = await this.#fetch(path, init);
    if (response.status !== 401) return response;
    if (this.#access.way === "oauth" && this.#access.tokens.refreshToken !== undefined) {
      const again = await this.#renew().then(
        () => this.#fetch(path, init),
        () => undefined,
      );
      if (again !== undefined && again.status !== 401) return again;
    }
    this.#signedOut(response, way === "open" ? undefined : "Your sign-in is over. Sign in again.");
    return response;
  };

  /** Asks who this is, and so also whether a token is needed at all. */
  async #look(said?: string): Promise<void> {
    try {
      const server = await readServer(this.send);
      this.#changed({ at: "in", access: this.#access, server });
    } catch (error) {
      if (error instanceof Refused && error.status === 401) {
        if (said !== undefined) this.#signedOut(undefined, said);
        return;
      }
      this.#changed({ at: "failed", said: sayError(error) });
    }
  }

  #metadata: string | undefined;

  #signedOut(response: Response | undefined, said?: string): void {
    const challenge = response?.headers.get("www-authenticate") ?? "";
    this.#metadata = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? this.#metadata;
    const wrong = this.#access.way === "token" ? "That token is not taken here." : said;
    this.#forget();
    this.#changed({
      at: "signed out",
      ...(this.#metadata !== undefined && { metadata: this.#metadata }),
      ...(wrong !== undefined && { said: wrong }),
    });
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const access = this.#access;
    if (access.way === "token") headers.set("authorization", `Bearer ${access.token}`);
    if (access.way === "oauth") headers.set("authorization", `Bearer ${access.tokens.accessToken}`);
    return fetch(path, { ...init, headers, redirect: "error" });
  }

  /** One renewal for all that wait for it: a refresh token is used up by the first. */
  #renew(): Promise<Tokens> {
    const access = this.#access;
    if (access.way !== "oauth") throw new Error("only a grant can be renewed");
    this.#renewing ??= renew(access.tokens)
      .then((tokens) => {
        this.#keep({ way: "oauth", tokens: { ...access.tokens, ...tokens } });
        return tokens;
      })
      .finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  #keep(access: Access): void {
    this.#access = access;
    sessionStorage.setItem(accessKey, JSON.stringify(access));
  }

  #forget(): void {
    this.#access = { way: "open" };
    sessionStorage.removeItem(accessKey);
  }
}

export function sayError(error: unknown): string {
  if (error instanceof Refused) return error.message;
  if (error instanceof TypeError) return "The server cannot be reached. Is it running?";
  return error instanceof Error ? error.message : String(error);
}
