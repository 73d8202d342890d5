// The only object an isolate is handed. Never has a second method, a property, or anything after `close`.

import { RpcTarget } from "cloudflare:workers";

export type RequestHandler = (call: string) => Promise<string>;

export class Capability extends RpcTarget {
  // A #private field: TypeScript-private members, getters and prototype methods are all reachable over RPC.
  #handle: RequestHandler;

  constructor(handle: RequestHandler) {
    super();
    this.#handle = handle;
  }

  /** A call as JSON text in, its answer as JSON text out. Never rejects: what the host throws would carry its properties along. */
  async request(call: unknown): Promise<string> {
    return this.#handle(typeof call === "string" ? call : "");
  }
}
