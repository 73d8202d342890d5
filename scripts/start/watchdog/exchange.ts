// One request on its way to wrangler's port and its response back. Never changes a body, and never sends one twice.
import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cut } from "./cut-short.ts";
import type { Message } from "./message.ts";

/** Milliseconds a failed answer waits for the news that the runtime died, which takes another way. */
const newsMs = 1_000;

/** Headers that are between two neighbours only; our connections to either side are our own. */
const hopByHop = new Set(
  "connection expect keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade".split(
    " ",
  ),
);

export interface Incoming {
  request: IncomingMessage;
  response: ServerResponse;
  /** The whole body, or its first part when it is longer than any message; the rest is still in the request. */
  body: Buffer;
  whole: boolean;
  message: Message | undefined;
}

/** How an exchange ended: answered, or left by its client; or cut short with the runtime. */
export type Ending = "answered" | Cut;

export class Exchange {
  readonly incoming: Incoming;
  readonly #cut = Promise.withResolvers<Cut>();

  constructor(incoming: Incoming) {
    this.incoming = incoming;
  }

  get isCall(): boolean {
    return this.incoming.message?.tool !== undefined;
  }

  /** Whether the client went before it was answered. */
  get leftEarly(): boolean {
    const { response } = this.incoming;
    return response.closed && !response.writableFinished;
  }

  /** Ends it here: the runtime it was sent to is gone. */
  cutShort(cut: Cut): void {
    this.#cut.resolve(cut);
  }

  /** Sends the request, with headers of `front`, and its response; `alive` is called whenever something comes from the runtime. */
  async forward(port: number, front: Record<string, string>, alive: () => void): Promise<Ending> {
    const { request, response, body, whole } = this.incoming;
    const upstream = httpRequest({
      host: "127.0.0.1",
      port,
      method: request.method,
      path: request.url,
      headers: onward(request, front, whole ? body.length : undefined),
      setHost: false,
      // A connection of its own: one kept open may be closed by the other side in the moment it is used again, and a
      // POST must not be tried twice.
      agent: false,
    });
    const left = new Promise<Ending>((resolve) => response.once("close", () => resolve("answered")));
    const lost: Cut = { kind: "lost", calls: 1 };
    const why = () => Promise.race([this.#cut.promise, left, sleep(newsMs, lost, { ref: false })]);
    const answered = new Promise<Ending>((resolve, reject) => {
      upstream.on("error", () => resolve(why()));
      upstream.once("response", (answer) => {
        this.#passOn(answer, alive, why).then(resolve, reject);
      });
    });
    if (whole) {
      upstream.end(body);
    } else {
      upstream.write(body);
      request.pipe(upstream);
    }
    try {
      return await Promise.race([this.#cut.promise, left, answered]);
    } finally {
      // Also when the client left: that is how the Worker learns of it.
      upstream.destroy();
    }
  }

  async #passOn(answer: IncomingMessage, alive: () => void, why: () => Promise<Ending>): Promise<Ending> {
    const { response } = this.incoming;
    const status = answer.statusCode ?? 502;
    if (status < 500) {
      alive();
    } else {
      // Wrangler's own page about a lost runtime is a 500 and often comes before the news of it.
      const ending = await why();
      if (ending === "answered" || ending.kind !== "lost") return ending;
    }
    for (const [name, value] of headerPairs(answer.rawHeaders)) response.appendHeader(name, value);
    response.writeHead(status, answer.statusMessage);
    // An event stream begins before its first event.
    response.flushHeaders();
    return new Promise((resolve) => {
      answer.on("data", alive);
      answer.on("error", () => resolve(why()));
      answer.once("end", () => response.end(() => resolve("answered")));
      // Not ended by the pipe: a stream that breaks off may still get its answer from us.
      answer.pipe(response, { end: false });
    });
  }
}

function onward(request: IncomingMessage, front: Record<string, string>, length?: number): string[] {
  // In headers of this kind wrangler's parts tell each other the URL, and who asks: whoever sets one could say what he likes.
  const given = headerPairs(request.rawHeaders).filter(([name]) => !/^mf-/i.test(name));
  const pairs: [name: string, value: string][] = [
    ...given.filter(([name]) => !Object.hasOwn(front, name.toLowerCase())),
    ...Object.entries(front),
    // Its error pages show all headers, the front's among them.
    ["MF-Disable-Pretty-Error", "true"],
  ];
  const others = pairs.filter(([name]) => name.toLowerCase() !== "content-length");
  // Without a length a body is chunked, also of methods that seldom have one.
  if (length === undefined)
    return [...pairs, ...(pairs.length > others.length ? [] : [["Transfer-Encoding", "chunked"]])].flat();
  const hasBody = length > 0 || pairs.length > others.length;
  return [...others, ...(hasBody ? [["Content-Length", String(length)]] : [])].flat();
}

function headerPairs(raw: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < raw.length; at += 2) pairs.push([raw[at] ?? "", raw[at + 1] ?? ""]);
  return pairs.filter(([name]) => !hopByHop.has(name.toLowerCase()));
}
