// One grant's refreshing at the API, in a Durable Object of its own: an API that renews refresh tokens takes each once, and
// two refreshes at once would end the grant. Stores nothing; what it was told is gone with the object's memory.

import { DurableObject } from "cloudflare:workers";
import { requestTokens } from "./upstream-tokens.ts";
import type { UpstreamAnswer, UpstreamClient, UpstreamSettings } from "./upstream-tokens.ts";

export class UpstreamRefresh extends DurableObject {
  #last: { refreshToken: string; answer: Promise<UpstreamAnswer> } | undefined;

  async refresh(
    settings: UpstreamSettings,
    client: UpstreamClient,
    refreshToken: string,
  ): Promise<UpstreamAnswer> {
    if (this.#last?.refreshToken !== refreshToken) {
      const parameters = { grant_type: "refresh_token", refresh_token: refreshToken };
      this.#last = { refreshToken, answer: requestTokens(settings, client, parameters, Date.now) };
    }
    const { answer } = this.#last;
    const answered = await answer;
    // What may work later is asked again; what was given or refused for good is given to all who ask with the same token.
    if (!answered.ok && !answered.final && this.#last?.answer === answer) this.#last = undefined;
    return answered;
  }
}
