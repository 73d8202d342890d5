import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { type OAuthClientProvider, UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from "@modelcontextprotocol/client";

/** Where clients of the tests are sent back to; nothing listens there, the tests read the address. */
export const redirectUri = "http://127.0.0.1:9/callback";

/** What a client keeps of its registration and tokens, and the address it would open a browser at. */
export class TestProvider implements OAuthClientProvider {
  authorizationUrl: URL | undefined;
  saved: Record<string, unknown> = {};
  readonly #name: string;
  readonly #scope: string | undefined;

  constructor(name = "Test client", scope?: string) {
    this.#name = name;
    this.#scope = scope;
  }
  get redirectUrl() {
    return redirectUri;
  }
  get clientMetadata() {
    return {
      client_name: this.#name,
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      ...(this.#scope !== undefined && { scope: this.#scope }),
    };
  }
  state = () => "state-1";
  clientInformation = () => this.saved["client"] as never;
  saveClientInformation = (client: unknown) => void (this.saved["client"] = client);
  tokens = () =>
    this.saved["tokens"] as {
      access_token: string;
      refresh_token?: string;
      scope?: string;
      token_type: string;
    };
  saveTokens = (tokens: unknown) => void (this.saved["tokens"] = tokens);
  redirectToAuthorization = (url: URL) => void (this.authorizationUrl = url);
  saveCodeVerifier = (verifier: string) => void (this.saved["verifier"] = verifier);
  codeVerifier = () => this.saved["verifier"] as string;
}

interface AnyOAuthClient {
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  listTools(): Promise<{ tools: { name: string; annotations?: object | undefined }[] }>;
  close(): Promise<void>;
}

/** Connects with the client's own OAuth machinery; `approve` is the person, from the address to where it led. */
export const connectWith: Record<
  string,
  (
    url: URL,
    provider: TestProvider,
    approve: (url: URL) => Promise<URL>,
  ) => Promise<{ client: AnyOAuthClient; finish: (callback: URL) => Promise<void> }>
> = {
  "@modelcontextprotocol/sdk": async (url, provider, approve) => {
    const make = () => new StreamableHTTPClientTransport(url, { authProvider: provider });
    const first = make();
    const client = new Client({ name: "test", version: "1" });
    try {
      await client.connect(first as never);
    } catch (error) {
      if (!(error instanceof UnauthorizedError) || provider.authorizationUrl === undefined) throw error;
      await first.finishAuth(codeOf(await approve(provider.authorizationUrl)));
      const second = make();
      const again = new Client({ name: "test", version: "1" });
      await again.connect(second as never);
      return {
        client: again as unknown as AnyOAuthClient,
        finish: (callback) => second.finishAuth(codeOf(callback)),
      };
    }
    return {
      client: client as unknown as AnyOAuthClient,
      finish: (callback) => first.finishAuth(codeOf(callback)),
    };
  },
  "@modelcontextprotocol/client": async (url, provider, approve) => {
    const make = () => new Transport2(url, { authProvider: provider as never });
    const first = make();
    const client = new Client2({ name: "test", version: "1" });
    try {
      await client.connect(first);
    } catch (error) {
      if (provider.authorizationUrl === undefined) throw error;
      await first.finishAuth((await approve(provider.authorizationUrl)).searchParams);
      const second = make();
      const again = new Client2({ name: "test", version: "1" });
      await again.connect(second);
      return {
        client: again as unknown as AnyOAuthClient,
        finish: (callback) => second.finishAuth(callback.searchParams),
      };
    }
    return {
      client: client as unknown as AnyOAuthClient,
      finish: (callback) => first.finishAuth(callback.searchParams),
    };
  },
};

const codeOf = (callback: URL) => callback.searchParams.get("code") ?? "";
