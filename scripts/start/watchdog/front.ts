// The address clients know: passes requests on to wrangler, and answers those whose runtime died. Opens no port but on
// this machine, and sends no tool call twice.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "../../../src/limits.ts";
import { cutText } from "./cut-short.ts";
import { Exchange, type Incoming } from "./exchange.ts";
import { journalledCalls } from "./journalled-calls.ts";
import { readMessage } from "./message.ts";
import { reply, rpcError, toolError } from "./reply.ts";
import type { Watchdog } from "./watchdog.ts";

/** Milliseconds a request waits for the runtime to come back: longer than that takes, shorter than clients wait. */
const waitMs = 15_000;

/** Milliseconds a request waits for Twofold to start, which takes 4 to 15 s. */
const startMs = 30_000;

/** Milliseconds a program that was cut short waits for the runtime to come back, for its journal to be asked. */
const journalMs = 10_000;

/** Milliseconds an idle connection stays open: longer than clients keep one, so that it is they who close it. */
const keepAliveMs = 75_000;

/** Listens at once; a request that comes while Twofold is starting waits for it. */
export async function openFront(
  port: number,
  starting: Promise<Watchdog>,
): Promise<{ stop(): Promise<void> }> {
  let started: Watchdog | undefined;
  void starting.then((watchdog) => (started = watchdog));
  const server = createServer((request, response) => {
    const watchdog = async () =>
      started ?? (await Promise.race([starting, sleep(startMs, undefined, { ref: false })]));
    // A client that left has nobody to be told.
    handle(request, response, watchdog).catch(() => response.destroy());
  });
  server.keepAliveTimeout = keepAliveMs;
  // A body may come as slowly as it likes, as before: wrangler has no such limit either.
  server.requestTimeout = 0;
  await listen(server, port);
  return {
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  running: () => Promise<Watchdog | undefined>,
): Promise<void> {
  if (!isAddressed(request)) {
    response
      .writeHead(400, { "content-type": "text/plain" })
      .end("This request does not say in one way which host and path it is for.\n");
    return;
  }
  if (isWranglers(request.url ?? "/")) {
    response
      .writeHead(404, { "content-type": "text/plain" })
      .end("Nothing is here. The MCP endpoint is /mcp.\n");
    return;
  }
  const incoming = await readIncoming(request, response);
  const watchdog = await running();
  if (watchdog === undefined) {
    answerUnsent(incoming, "Twofold is still starting. Nothing was run");
    return;
  }
  // Twice for what only reads: a client cannot do much about a failed tools/list, and it is as good a moment later.
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    if (!(await watchdog.untilOpen(waitMs))) {
      answerUnsent(
        incoming,
        "Twofold's runtime is being restarted and was not back in time. Nothing was run",
      );
      return;
    }
    const since = Date.now();
    const ending = await watchdog.forward(new Exchange(incoming));
    if (ending === "answered") return;
    const { message } = incoming;
    if (message?.tool !== undefined) {
      const { accept = "", authorization } = request.headers;
      const { tool, code } = message;
      const asks = tool === "execute" && code !== undefined && (await watchdog.untilOpen(journalMs));
      const made = asks ? await journalledCalls(watchdog, { code, since, authorization }) : undefined;
      reply(response, 200, toolError(message, cutText(tool, ending, made)), accept);
      return;
    }
    if (!onlyReads(incoming) || response.headersSent) break;
  }
  answerUnsent(
    incoming,
    "Twofold's runtime was lost while it worked on this request, and is being restarted",
  );
}

/**
 * Whether wrangler will read the URL that is read here: it joins Host and path to one, so a Host may hold no path, and takes a
 * whole URL in the path's place, which is for proxies.
 */
function isAddressed({ url = "", rawHeaders }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((_, n) => n % 2 === 1 && rawHeaders[n - 1]?.toLowerCase() === "host");
  return (
    url.startsWith("/") && hosts.length === 1 && /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(hosts[0] ?? "")
  );
}

/** Wrangler's own pages show whoever asks what is stored, the journal included, and ask for no Host and no token. */
function isWranglers(url: string): boolean {
  try {
    return /^\/+cdn-cgi(\/|$)/i.test(decodeURIComponent(new URL(`http://localhost${url}`).pathname));
  } catch {
    return true;
  }
}

function answerUnsent({ request, response, message }: Incoming, what: string): void {
  const text = `${what}. Send it again in a few seconds.`;
  reply(response, 503, rpcError(message, text), request.headers.accept ?? "");
}

/** Every method of MCP but tools/call leaves this server as it was. */
function onlyReads({ request, message, whole }: Incoming): boolean {
  if (message !== undefined) return message.method !== "tools/call";
  return whole && (request.method === "GET" || request.method === "HEAD");
}

async function readIncoming(request: IncomingMessage, response: ServerResponse): Promise<Incoming> {
  const chunks: Buffer[] = [];
  let size = 0;
  let whole = true;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= limits.requestBytes) continue;
    whole = false;
    break;
  }
  const body = Buffer.concat(chunks);
  return { request, response, body, whole, message: whole ? readMessage(body) : undefined };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new Error(`Twofold cannot listen on port ${port}: ${error.message}. Choose another with --port.`, {
          cause: error,
        }),
      ),
    );
    // As wrangler does: reachable from this machine alone.
    server.listen({ port, host: "127.0.0.1", exclusive: true }, resolve);
  });
}
