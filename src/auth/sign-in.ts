// Who the person at the consent page is, by the way they chose. Never grants anything itself.

import { tokenValues } from "./context-values.ts";
import { ownerStamp } from "./grant.ts";
import type { GrantProps } from "./grant.ts";
import { networkOf } from "./network-of.ts";
import { isPassphrase } from "./passphrase.ts";
import type { SignInMode } from "./sign-in-settings.ts";
import { shortDigest, tryToken } from "./try-token.ts";
import type { AuthEnv, AuthWiring } from "./wiring.ts";

type SignedIn =
  | { ok: true; props: Pick<GrantProps, "id" | "stamp" | "accounts" | "credential" | "context"> }
  | { ok: false; status: number; message: string };

export async function signIn(
  mode: Exclude<SignInMode, "upstream">,
  form: URLSearchParams,
  request: Request,
  { env, wiring }: { env: AuthEnv; wiring: AuthWiring },
): Promise<SignedIn> {
  switch (mode) {
    case "demo": {
      const network = `guests-of-${await shortDigest(networkOf(request))}`;
      const id = `guest-${crypto.randomUUID()}`;
      return { ok: true, props: { id, accounts: [network, "guests"] } };
    }
    case "owner":
      return (await isPassphrase(form.get("passphrase") ?? "", env.OWNER_PASSPHRASE_HASH ?? ""))
        ? { ok: true, props: { id: "owner", stamp: ownerStamp(env) } }
        : { ok: false, status: 403, message: "That is not the owner's passphrase." };
    case "own-token": {
      const tried = await tryToken((form.get("token") ?? "").trim(), wiring, wiring.signIn?.tokenPattern);
      if (!tried.ok) return { ok: false, status: tried.fault ? 502 : 403, message: tried.message };
      const found = tokenValues(wiring.context, tried.answer);
      if (!found.ok) return { ok: false, status: 502, message: found.message };
      return { ok: true, props: { id: tried.id, credential: tried.credential, context: found.values } };
    }
    default:
      return mode satisfies never;
  }
}
