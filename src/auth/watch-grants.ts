// Grants as they end: whatever ends one, or one token of it, deletes its record, and that is seen here. Ends none itself.

import type { AuthEnv, AuthWiring } from "./wiring.ts";

/**
 * The same environment, whose store tells of grants that go. Watched is the store and not each way there, since the library
 * has many: a client signs out, a code is used twice, the API ends its own, somebody signs the same client in anew.
 */
export function watchGrants<E extends AuthEnv>(env: E, { onGrantEnded }: AuthWiring): E {
  const { OAUTH_KV: store } = env;
  if (store === undefined) return env;
  const remove = async (key: string): Promise<void> => {
    try {
      await store.delete(key);
    } finally {
      // Also when the store fails: whoever wanted it to end wants what runs to end.
      const ended = endedBy(key, Date.now());
      if (ended !== undefined) await onGrantEnded(ended.principal, ended.grant, ended.until);
    }
  };
  const watched = new Proxy(store, {
    get(target, name) {
      if (name === "delete") return remove;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { ...env, OAUTH_KV: watched };
}

/** @returns whose grant ends with this record, and until when what began under it is to end; undefined when it is no such record */
function endedBy(key: string, now: number): { principal: string; grant: string; until: number } | undefined {
  const [kind, principal = "", grant = "", token] = key.split(":");
  if (kind === "grant" && grant !== "" && token === undefined)
    return { principal, grant, until: Number.MAX_SAFE_INTEGER };
  // A token that goes by itself leaves the grant; who refreshes it may go on.
  if (kind === "token" && token !== undefined) return { principal, grant, until: now };
  return undefined;
}

/** The store's name for the grant of a token of ours. */
export function grantOf(token: string): string {
  return token.split(":")[1] ?? "";
}
