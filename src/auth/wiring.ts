// What auth is told about the deployment it stands in. It sees no program and no document.

import type { Limits } from "../limits.ts";
import type { ContextSettings } from "./context-values.ts";
import type { AuthSettings, Credential, CredentialSecrets } from "./credential.ts";
import type { ProbeSettings } from "./probe-settings.ts";
import type { SignInEnv } from "./sign-in-settings.ts";
import type { UpstreamRefresh } from "./upstream-refresh.ts";
import type { QuotaEnv } from "./take-quota.ts";

export type AuthEnv = SignInEnv & {
  OAUTH_KV?: KVNamespace;
  UPSTREAM_REFRESH?: DurableObjectNamespace<UpstreamRefresh>;
  /** Set for one request by ourselves: its grant is to end at the API too. */
  SIGNING_OUT?: true;
} & QuotaEnv &
  CredentialSecrets & {
    /** Hosts besides localhost and *.workers.dev, separated by commas. */
    ALLOWED_HOSTS?: string;
    /** Origins of web pages that may call, with scheme and port, separated by commas. */
    ALLOWED_ORIGINS?: string;
    /** Secret: a bearer token clients may send, with all rights. Without it and without SIGN_IN only localhost is served. */
    MCP_TOKEN?: string;
    /** Secret: a token for whoever operates the deployment, to see and end what anybody runs. Without it nobody can. */
    OPERATOR_TOKEN?: string;
    /** Set by `npm start`, for check-front.ts. */
    FRONT_TOKEN?: string;
  };

/** What the API said to a credential. `account` is its stable id, where the settings say how to find it. */
export type Tried =
  | { ok: true; account?: string; answer: unknown }
  | { ok: false; message: string; fault?: true };

export type AuthWiring = {
  /** The API's name. */
  title: string;
  auth: AuthSettings;
  signIn?: ProbeSettings;
  /** Optional scopes, by name: what they mean. */
  scopes: Readonly<Record<string, string>>;
  context: ContextSettings;
  /** How many operations read, how many act, and how many each optional scope names. */
  reach(): { reads: number; writes: number; optional: Record<string, number> };
  tryCredential(credential: Credential): Promise<Tried>;
  /**
   * A grant has ended, or a token of it. What was begun under it before `until`, milliseconds since 1970, is to end with it.
   * Never rejects: a grant ends whatever becomes of the news.
   */
  onGrantEnded(principal: string, grant: string, until: number): Promise<void>;
  /** The deployment lets nobody write. */
  readOnly: boolean;
  limits: Limits;
};
