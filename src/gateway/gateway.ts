// One run's way to the API: match, build, authenticate, send, decode, and keep count. Never sees the program,
// and never answers a call with anything but one JSON text.

import type { Credential } from "../auth/credential.ts";
import type { Limits } from "../limits.ts";
import type { Operation, Operations } from "../spec/operations.ts";
import { buildHeaders } from "./build-headers.ts";
import { buildUrl } from "./build-url.ts";
import { CallRefused, readCall } from "./call.ts";
import type { ApiCall } from "./call.ts";
import type { Answer } from "./decode-answer.ts";
import { decodeAnswer } from "./decode-answer.ts";
import { encodeBody } from "./encode-body.ts";
import { Slots } from "./slots.ts";
import { matchOperation } from "./match-operation.ts";
import type { MatchedCall } from "./match-operation.ts";

export type GatewayOptions = {
  operations: Operations;
  /** Calls stay on its origin and below its path. */
  baseUrl: URL;
  credential: Credential;
  fetch: typeof fetch;
  limits: Limits;
  runId: string;
};

/** One line of the run's ledger: a call as it was sent. */
export type LedgerEntry = { method: string; path: string; status: number | "in flight" | "failed" };

export type Gateway = {
  /** A call as JSON text in, `{status, ok, headers, data}` or `{error: {kind, message}}` as JSON text out. */
  request(call: string): Promise<string>;
  ledger: readonly LedgerEntry[];
  /** Aborts what is in flight. The gateway sends nothing afterwards. */
  close(): void;
};

export function createGateway(options: GatewayOptions): Gateway {
  const { limits } = options;
  const ledger: LedgerEntry[] = [];
  const abort = new AbortController();
  const slots = new Slots(limits.concurrentCalls);

  async function prepare(call: ApiCall, { operation, params, query }: MatchedCall) {
    const url = buildUrl(options.baseUrl, operation, params, query);
    if (url.href.length > limits.urlChars)
      throw new CallRefused(
        "limit",
        `The URL would be ${url.href.length} characters long; at most ${limits.urlChars} are sent. Put less into query, or use the body.`,
      );
    const headers = buildHeaders(call.headers, options.credential, `Twofold/0.1 (+run ${options.runId})`);
    return { url, headers, body: await encodeBody(call, operation, headers, limits) };
  }

  async function send(text: string): Promise<Answer> {
    if (abort.signal.aborted) throw new CallRefused("time", "The run has ended; nothing is sent any more.");
    if (text.length > limits.callChars)
      throw new CallRefused(
        "limit",
        `The call is ${text.length} characters long; at most ${limits.callChars} are taken.`,
      );
    const call = readCall(text);
    const matched = matchOperation(call, options.operations);
    const { operation } = matched;
    const { url, headers, body } = await withNote(operation, () => prepare(call, matched));
    // Here and not earlier: nothing is awaited between the count and the entry, so calls at once cannot pass it together.
    if (ledger.length >= limits.calls) {
      throw new CallRefused(
        "limit",
        `This run has made its ${limits.calls} API calls. Return what you have and go on in another run.`,
      );
    }
    if (options.credential.kind === "query")
      url.searchParams.set(options.credential.name, options.credential.value);
    const entry: LedgerEntry = { method: operation.method, path: operation.path, status: "in flight" };
    ledger.push(entry);
    try {
      const response = await options.fetch(url, {
        method: operation.method,
        headers,
        ...(body === undefined ? {} : { body }),
        // A followed redirect would carry the credential to wherever it leads.
        redirect: "manual",
        signal: abort.signal,
      });
      const { answer } = await decodeAnswer(response, limits);
      entry.status = response.status;
      return answer;
    } catch (error) {
      entry.status = "failed";
      if (error instanceof CallRefused) throw error;
      throw new CallRefused(
        "network",
        `The API did not answer ${operation.method} ${operation.path}: the connection failed. ${retryAdvice(operation.method)}`,
      );
    }
  }

  return {
    async request(call) {
      const leave = await slots.enter();
      try {
        return JSON.stringify(await send(call));
      } catch (error) {
        if (error instanceof CallRefused)
          return JSON.stringify({ error: { kind: error.kind, message: error.message } });
        // Our own fault: said plainly, without a word of what the host knows.
        console.error("gateway failed", error);
        return JSON.stringify({
          error: {
            kind: "internal",
            message: "Twofold failed on this call; it is a fault of the server, not of the program.",
          },
        });
      } finally {
        leave();
      }
    },
    ledger,
    close: () => abort.abort(),
  };
}

/** A refusal of an operation that someone left a note on carries the note. */
async function withNote<T>(operation: Operation, build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (error) {
    if (!(error instanceof CallRefused) || operation.note === undefined) throw error;
    throw new CallRefused(error.kind, `${error.message} Note on this operation: ${operation.note}`);
  }
}

function retryAdvice(method: string): string {
  return method === "GET" || method === "HEAD"
    ? "It only reads, so it may be tried again; if it fails again, the API is down or its base URL is wrong."
    : "It may have been carried out all the same: read the state before trying it again.";
}
