import type { ServerResponse } from "node:http";
import type { Message } from "./message.ts";

/** The result of a tool call that did not work out, as one JSON-RPC message. */
export function toolError(message: Message, text: string): string {
  const result = { content: [{ type: "text", text }], isError: true };
  return JSON.stringify({ jsonrpc: "2.0", id: message.id, result });
}

export function rpcError(message: Message | undefined, text: string): string {
  return JSON.stringify({ jsonrpc: "2.0", id: message?.id ?? null, error: { code: -32_000, message: text } });
}

/**
 * Sends one JSON-RPC message in the form the Worker would have chosen. A response that has begun as an event stream
 * gets it as its next event; one that has begun otherwise cannot be saved and is broken off.
 */
export function reply(response: ServerResponse, status: number, body: string, accept: string): void {
  if (response.headersSent) {
    if (String(response.getHeader("content-type")).startsWith(eventStream)) response.end(asEvent(body));
    else response.destroy();
    return;
  }
  const stream = status === 200 && accept.toLowerCase().includes(eventStream);
  const text = stream ? asEvent(body) : body;
  response.writeHead(status, {
    "content-type": stream ? eventStream : "application/json",
    "content-length": Buffer.byteLength(text),
    ...(status === 503 && { "retry-after": "2" }),
  });
  response.end(text);
}

const eventStream = "text/event-stream";

// The blank line first closes whatever event was under way; empty lines between events mean nothing.
const asEvent = (body: string) => `\n\nevent: message\ndata: ${body}\n\n`;
