// People who signed in at a Twofold, each with a token of one's own: the front door, as their browsers and clients use it.

import { exchange, signIn } from "../../test/worker/oauth-flow.ts";

/** So many at once: a browser and a client for each. */
const atOnce = 8;

/** @returns the access token of each */
export async function signInAll(url: string, count: number): Promise<string[]> {
  const tokens: string[] = [];
  let next = 0;
  const oneAfterAnother = async () => {
    while (next < count) {
      const n = next;
      next += 1;
      // Each from a network of its own: what strangers may do is counted by it.
      const network = { "cf-connecting-ip": `2001:db8:${n.toString(16)}::1` };
      const token = `key_${String(n).padStart(16, "0")}`;
      const { tokens: granted } = await signIn({ url, network }, "own-token", {
        scope: "read write",
        fields: { token },
      });
      tokens[n] = granted.access_token;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, oneAfterAnother));
  return tokens;
}

/** Somebody signs in, and then has the access token renewed once, as a client does every hour. */
export async function renewOnce(url: string, beforeRenewing: () => Promise<void>): Promise<void> {
  const at = { url, network: { "cf-connecting-ip": "2001:db8:ffff::1" } };
  const { clientId, tokens } = await signIn(at, "own-token", { fields: { token: "key_9999999999999999" } });
  await beforeRenewing();
  const answered = await exchange(at, {
    grant_type: "refresh_token",
    client_id: clientId,
    refresh_token: tokens.refresh_token ?? "",
  });
  if (answered.status !== 200) throw new Error(`not renewed: ${answered.status} ${answered.text}`);
}
