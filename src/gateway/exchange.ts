// One call on the wire: sent, sent again where that cannot do it twice, decoded and cleared of secrets.
// Never decides whether a call may be made, and never shows what the network said about its failure.

import type { Limits } from "../limits.ts";
import type { Effect } from "../spec/effect.ts";
import type { Operation } from "../spec/operations.ts";
import { CallRefused } from "./call.ts";
import type { Clock } from "./clock.ts";
import { decodeAnswer } from "./decode-answer.ts";
import type { Answer } from "./decode-answer.ts";
import type { Redactor } from "./redact.ts";
import { withRetry } from "./retry.ts";
import type { Outcome, Retried } from "./retry.ts";

type Exchange = {
  operation: Operation;
  effect: Effect;
  /** It carries a key by which the API recognises a call it has seen. */
  keyed: boolean;
  url: URL;
  headers: Headers;
  body: Uint8Array | undefined;
};

type ExchangeWorld = {
  fetch: typeof fetch;
  clock: Clock;
  limits: Limits;
  redactor: Redactor;
  /** Aborted when the run ends. */
  signal: AbortSignal;
  /** Milliseconds since 1970 at which the run ends. */
  deadline: number;
  /** Whether the run may send one more attempt; counts it when it may. */
  takeRetry(): boolean;
  onAttempt(attempt: number): void;
};

export type Exchanged = {
  answer: Answer;
  /** All of them, cleared of secrets, for explanations; a program sees those of `answer`. */
  headers: Headers;
  bytes: number;
};

/** @throws CallRefused when no attempt was answered, or the answer is too large or takes too long */
export async function exchange(call: Exchange, world: ExchangeWorld): Promise<Exchanged> {
  const { operation, effect, keyed } = call;
  const reads = effect === "read";
  // A method is idempotent by RFC 9110; an operation that acts against its method's meaning is not trusted to be.
  const idempotent = keyed || (["PUT", "DELETE"].includes(operation.method) && !reads);
  let attempt = 0;
  const retried = await withRetry<Exchanged>(
    () => {
      attempt += 1;
      world.onAttempt(attempt);
      return attemptOnce(call, world);
    },
    { reads, idempotent },
    { attempts: world.limits.attempts, baseMs: world.limits.retryBaseMs, waitMs: world.limits.retryWaitMs },
    {
      now: world.clock.now,
      random: world.clock.random,
      deadline: world.deadline,
      takeRetry: world.takeRetry,
      sleep: (milliseconds) =>
        world.clock.sleep(milliseconds, world.signal).catch(() => {
          throw ended();
        }),
    },
  );
  const { last } = retried;
  if (last.kind === "lost") throw unanswered(call, retried.attempts);
  const hint = hintOf(call, retried, last.status);
  return hint === undefined ? last.answer : { ...last.answer, answer: { ...last.answer.answer, hint } };
}

async function attemptOnce(call: Exchange, world: ExchangeWorld): Promise<Outcome<Exchanged>> {
  const { operation, url, headers, body } = call;
  const { limits } = world;
  if (world.signal.aborted) throw ended();
  // A timer of our own and not AbortSignal.timeout: it must end with the attempt.
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), limits.callMs);
  try {
    const response = await world.fetch(url, {
      method: operation.method,
      headers,
      ...(body === undefined ? {} : { body }),
      // A followed redirect would carry the credential to wherever it leads.
      redirect: "manual",
      signal: AbortSignal.any([world.signal, slow.signal]),
    });
    const { answer, bytes } = await decodeAnswer(response, limits, world.redactor);
    const cleared = [...response.headers].map(([name, value]): [string, string] => [
      name,
      world.redactor.text(value),
    ]);
    const exchanged = { answer, headers: new Headers(cleared), bytes };
    return { kind: "answered", answer: exchanged, status: response.status, headers: response.headers };
  } catch (error) {
    if (error instanceof CallRefused) throw error;
    if (world.signal.aborted) throw ended();
    // An API that was too slow once is so again: the time is better spent by the program.
    if (slow.signal.aborted) throw tooSlow(call, limits.callMs);
    return { kind: "lost", error };
  } finally {
    clearTimeout(timer);
  }
}

function hintOf(
  { operation, effect }: Exchange,
  retried: Retried<Exchanged>,
  status: number,
): string | undefined {
  const said: string[] = [];
  if (retried.askedMs !== undefined) {
    said.push(
      `The API asks to wait ${Math.ceil(retried.askedMs / 1_000)} s before the next call, longer than is waited for within a run. Return what you have, and go on later.`,
    );
  }
  if (retried.unsure && status >= 400) {
    said.push(
      `This is the answer to attempt ${retried.attempts}. An earlier one got no answer and may have been carried out: read the state before calling it a failure.`,
    );
  } else if (status >= 500 && effect !== "read") {
    said.push(
      `${operation.method} may have been carried out all the same: read the state before trying it again.`,
    );
  }
  return said.length === 0 ? undefined : said.join(" ");
}

function unanswered({ operation: { method, path }, effect }: Exchange, attempts: number): CallRefused {
  const tries = attempts === 1 ? "" : `, ${attempts} times`;
  return new CallRefused(
    "network",
    `The API did not answer ${method} ${path}: the connection failed${tries}. ${adviceFor(effect)}`,
  );
}

function tooSlow({ operation: { method, path }, effect }: Exchange, callMs: number): CallRefused {
  return new CallRefused(
    "time",
    `The API did not finish answering ${method} ${path} within ${callMs / 1_000} s. ${effect === "read" ? "Ask for less: a filter or a page." : adviceFor(effect)}`,
  );
}

function adviceFor(effect: Effect): string {
  return effect === "read"
    ? "It only reads, so it may be tried again; if it fails again, the API is down or its base URL is wrong."
    : "It may have been carried out all the same: read the state before trying it again.";
}

function ended(): CallRefused {
  return new CallRefused("time", "The run has ended; nothing is sent any more.");
}
