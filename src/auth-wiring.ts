// What auth is told of the deployment: the API's name and reach, and a way to try a credential. Holds no credential itself.

import { atPointer } from "./auth/context-values.ts";
import type { AuthEnv, AuthWiring, Tried } from "./auth/wiring.ts";
import type { Credential } from "./auth/credential.ts";
import { readBaseUrl } from "./gateway/base-url.ts";
import { readAccess } from "./gateway/check-policy.ts";
import { systemClock } from "./gateway/clock.ts";
import { createGateway } from "./gateway/gateway.ts";
import { endGrant } from "./journal/end-grant.ts";
import type { JournalEnv } from "./journal/run-journal.ts";
import { limits } from "./limits.ts";
import { reach } from "./operation-scopes.ts";
import { loadOperations, settings } from "./spec/load-artifact.ts";

export type ApiEnv = {
  /** Overrides the built base URL, e.g. for a staging API. */
  API_BASE_URL?: string;
  /** "1": programs may call nothing but reading operations. */
  READ_ONLY?: string;
};

export function createAuthWiring(env: AuthEnv & ApiEnv & JournalEnv): AuthWiring {
  return {
    title: settings.title,
    auth: settings.auth,
    ...(settings.signIn && { signIn: settings.signIn }),
    scopes: Object.fromEntries(Object.entries(settings.scopes ?? {}).map(([name, { says }]) => [name, says])),
    context: settings.context ?? {},
    reach,
    tryCredential: (credential) => tryCredential(credential, env),
    onGrantEnded: (...ended) => endGrant(env, ...ended),
    readOnly: readAccess(env.READ_ONLY) === "read",
    limits,
  };
}

/** One reading call by the gateway, with all that it keeps: the base URL, no redirects, bounds. */
async function tryCredential(credential: Credential, env: ApiEnv): Promise<Tried> {
  const probe = settings.signIn?.probe;
  if (probe === undefined) throw new Error("no probe in api.jsonc; readSignIn lets none of this start");
  const gateway = createGateway({
    operations: loadOperations(),
    baseUrl: readBaseUrl(env.API_BASE_URL ?? settings.baseUrl),
    credential,
    fetch: (...call) => fetch(...call),
    limits,
    runId: "sign-in",
    access: "read",
    redact: [],
    clock: systemClock,
    deadline: Date.now() + limits.callMs,
  });
  try {
    const text = await gateway.request(JSON.stringify({ ...probe, params: {}, query: {}, headers: {} }));
    return readVerdict(JSON.parse(text), settings.title, settings.signIn?.account);
  } finally {
    gateway.close();
  }
}

/** Only a plain yes is one. What the API says to a wrong credential is not shown: it may repeat it. */
function readVerdict(answer: unknown, title: string, pointer: string | undefined): Tried {
  const {
    status,
    ok,
    data: got,
  } = (answer ?? {}) as { status?: unknown; ok?: unknown; data?: { json?: unknown } };
  const data = got?.json;
  if (status === 401 || status === 403)
    return { ok: false, message: `${title} does not accept that token (it answered ${status}).` };
  if (ok !== true) {
    const answered = typeof status === "number" ? `it answered ${status}` : "it could not be reached";
    return {
      ok: false,
      fault: true,
      message: `${title} could not say whether that token is good: ${answered}. Try again.`,
    };
  }
  if (pointer === undefined) return { ok: true, answer: data };
  const account = atPointer(data, pointer);
  if ((typeof account !== "string" && typeof account !== "number") || account === "")
    return {
      ok: false,
      fault: true,
      message: `${title} accepted the token but named no account at ${pointer}. Whoever runs this deployment can mend signIn.account in api.jsonc.`,
    };
  return { ok: true, account: String(account), answer: data };
}
