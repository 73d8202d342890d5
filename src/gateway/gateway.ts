// One run's way to the API: match, build, authenticate, send, decode, and keep count. Never sees the program,
// and never answers a call with anything but one JSON text.

import type { Credential } from "../auth/credential.ts";
import type { Limits } from "../limits.ts";
import type { Effect } from "../spec/effect.ts";
import type { Operation, Operations } from "../spec/operations.ts";
import { BodyRecorder } from "./body-recorder.ts";
import type { RecordedCalls } from "./body-recorder.ts";
import { Budget } from "./budget.ts";
import { addToQuery } from "./build-url.ts";
import { CallRefused, readCall } from "./call.ts";
import type { ApiCall } from "./call.ts";
import type { CallRecord, Recorder } from "./call-record.ts";
import { alsoReached } from "./also-reached.ts";
import { beforeParsing, checkGraphql, matchCall } from "./check-graphql.ts";
import { checkMarker } from "./check-marker.ts";
import { checkPolicy } from "./check-policy.ts";
import type { Access } from "./check-policy.ts";
import type { Clock } from "./clock.ts";
import type { Answer } from "./decode-answer.ts";
import { exchange } from "./exchange.ts";
import { finishAnswer } from "./finish-answer.ts";
import { withIdempotencyKey } from "./idempotency-key.ts";
import { checkMethodOverride } from "./method-override.ts";
import { Redactor, secretsOf } from "./redact.ts";
import { Slots } from "./slots.ts";
import type { MatchedCall } from "./match-operation.ts";
import { Paging } from "./paging.ts";
import { prepareCall } from "./prepare-call.ts";
import type { PreparedCall } from "./prepare-call.ts";
import { ValueChecker } from "./check-value.ts";

export type GatewayOptions = {
  operations: Operations;
  /** Calls stay on its origin and below its path. */
  baseUrl: URL;
  credential: Credential;
  fetch: typeof fetch;
  limits: Limits;
  runId: string;
  /** `read` lets out nothing but reading operations. */
  access: Access;
  /** Why this caller may not run an operation that the deployment lets others run; undefined when it may. */
  refuses?: (operation: Operation) => string | undefined;
  /** Asked before each call that acts; what it answers is why that is not sent. */
  beforeWrite?: () => Promise<string | undefined>;
  /** Fields of answers that no program sees, by policy: names, or ends of dotted paths. */
  redact: readonly string[];
  clock: Clock;
  /** Milliseconds since 1970 at which the run ends: what would not be answered before is not tried again. */
  deadline: number;
  /** Without it no call is recorded, and none waits for that. */
  record?: Recorder;
  /** Whose bodies are recorded too; nobody's when absent. */
  recordBodies?: RecordedCalls;
  /** Told of each call when it ended, whatever its end. */
  onCall?: (entry: LedgerEntry) => void;
};

/** One line of the run's ledger: a call as it was sent. */
type LedgerEntry = {
  method: string;
  path: string;
  effect: Effect;
  status: number | "in flight" | "failed" | "not sent";
  /** How often it was sent; absent when once. */
  attempts?: number;
};

type Gateway = {
  /** A call as JSON text in, `{status, ok, headers, data}` or `{error: {kind, message}}` as JSON text out. */
  request(call: string): Promise<string>;
  ledger: readonly LedgerEntry[];
  /** Lists of which one page was read and no more, a line each. */
  unread(): string[];
  /** Aborts what is in flight. The gateway sends nothing afterwards. */
  close(): void;
};

export function createGateway(options: GatewayOptions): Gateway {
  const { operations, credential, limits, access, clock } = options;
  const ledger: LedgerEntry[] = [];
  const budget = new Budget(limits);
  const redactor = new Redactor(secretsOf(credential));
  const baseLength = options.baseUrl.pathname.replace(/\/+$/, "").length;
  const abort = new AbortController();
  let closed = false;
  let underWay = 0;
  const slots = new Slots(limits.concurrentCalls);

  const paging = new Paging(options.operations.document, credential);
  const checker = new ValueChecker(options.operations.document, limits);
  const { redact, recordBodies = "none" } = options;
  const bodies = new BodyRecorder(recordBodies, { redactor, redact, document: operations.document, limits });

  function prepare(call: ApiCall, matched: MatchedCall): Promise<PreparedCall> {
    const { baseUrl, runId } = options;
    const userAgent = `Twofold/0.1 (+run ${runId})`;
    return prepareCall(call, matched, { operations, checker, baseUrl, credential, limits, userAgent });
  }

  /** What this caller may not run, of operations that others may. */
  function checkCaller(called: Operation[]): void {
    for (const operation of called) {
      const refused = options.refuses?.(operation);
      if (refused !== undefined) throw new CallRefused("policy", refused);
    }
  }

  /** What cannot be recorded is not sent. */
  async function writeAhead(record: CallRecord): Promise<void> {
    const refused = await options.record?.before(record);
    if (refused === undefined && !closed) return;
    record.state = "refused";
    if (refused !== undefined) throw new CallRefused("journal", refused);
    throw new CallRefused("time", "The run has ended; nothing is sent any more.");
  }

  async function send(text: string): Promise<Answer> {
    if (closed) throw new CallRefused("time", "The run has ended; nothing is sent any more.");
    if (text.length > limits.callChars)
      throw new CallRefused(
        "limit",
        `The call is ${text.length} characters long; at most ${limits.callChars} are taken. A body may have ${limits.requestBodyBytes} bytes: send what is larger in parts, where the API takes them.`,
      );
    const given = readCall(text);
    checkMarker(text, given);
    const matched = matchCall(given, operations);
    const unparsed = beforeParsing(matched.operation);
    checkCaller([unparsed]);
    checkPolicy(unparsed, [], access);
    const details = operations.details(unparsed);
    const { headers: withKey, keyed } = withIdempotencyKey(given.headers, details.parameters, clock.uuid);
    const call =
      unparsed.effect === "read" && unparsed.graphql !== true ? given : { ...given, headers: withKey };
    const prepared = await withNote(unparsed, () => prepare(call, matched));
    const { url, headers, findings } = prepared;
    const pathname = url.pathname.slice(baseLength);
    const graphql = checkGraphql(matched.operation, prepared, details, operations, pathname, access, limits);
    const { operation, body } = graphql;
    const reached = alsoReached(operations, matched.operation, pathname);
    checkCaller(operation === unparsed ? reached : [operation, ...reached]);
    graphql.check(access);
    const effect = checkPolicy(operation, reached, access);
    if (access === "read" || operations.someDenied) checkMethodOverride(operation, { url, headers, body });
    const used = effect === "read" ? undefined : await options.beforeWrite?.();
    if (used !== undefined) throw new CallRefused("limit", used);
    // Here and not earlier: nothing is awaited between the count and the entry, so calls at once cannot pass it together.
    if (closed) throw new CallRefused("time", "The run has ended; nothing is sent any more.");
    budget.spend(effect, body?.length ?? 0);
    const record: CallRecord = {
      sequence: ledger.length + 1,
      operation: operation.operationId ?? "",
      method: operation.method,
      template: operation.path,
      path: redactor.text(url.pathname + url.search),
      effect,
      started: clock.now(),
      status: null,
      bytes: 0,
      ms: null,
      attempts: 1,
      state: "in flight",
    };
    if (credential.kind === "query") addToQuery(url, credential.name, credential.value);
    const { method, path } = operation;
    const entry: LedgerEntry = { method, path, effect, status: "in flight" };
    ledger.push(entry);
    const recordsBodies = bodies.records(effect);
    underWay += 1;
    try {
      if (recordsBodies && body !== undefined)
        record.requestBody = await bodies.sent({
          bytes: body,
          type: headers.get("content-type") ?? "",
          details,
        });
      await writeAhead(record);
      const exchanged = await exchange(
        { operation, effect, keyed: keyed && effect !== "read", url, headers, body },
        {
          fetch: options.fetch,
          clock,
          limits,
          redactor,
          signal: abort.signal,
          deadline: options.deadline,
          takeRetry: () => budget.takeRetry(),
          onAttempt: (attempt) => {
            record.attempts = attempt;
            if (attempt > 1) entry.attempts = attempt;
          },
        },
      );
      budget.received(exchanged.bytes);
      entry.status = exchanged.answer.status;
      Object.assign(record, { state: "done", status: exchanged.answer.status, bytes: exchanged.bytes });
      const { document } = operations;
      const answer = finishAnswer(exchanged, {
        details,
        document,
        credential,
        redact,
        findings,
      });
      if (recordsBodies && exchanged.bytes > 0) {
        const type = exchanged.headers.get("content-type") ?? "";
        const responseBody = await bodies.answered({ answer, bytes: exchanged.bytes, type, details });
        if (responseBody !== undefined) record.responseBody = responseBody;
      }
      const page = paging.read(given, matched, details, answer);
      return page === undefined ? answer : { ...answer, page };
    } catch (error) {
      if (record.state === "in flight") record.state = "failed";
      entry.status = record.state === "refused" ? "not sent" : "failed";
      throw error;
    } finally {
      underWay -= 1;
      record.ms = clock.now() - record.started;
      options.record?.after(record);
      options.onCall?.(entry);
    }
  }

  return {
    async request(call) {
      const leave = await slots.enter();
      try {
        budget.checkRefusals();
        return JSON.stringify(await send(call));
      } catch (error) {
        if (error instanceof CallRefused) {
          budget.refused();
          return JSON.stringify({ error: { kind: error.kind, message: error.message } });
        }
        // Our own fault: said plainly, without a word of what the host knows.
        console.error(
          "gateway failed",
          redactor.text(error instanceof Error ? String(error.stack) : String(error)),
        );
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
    unread: () => paging.unread(),
    close() {
      closed = true;
      // An abort costs as much as a call: it makes an error, with its stack, for nobody.
      if (underWay > 0) abort.abort();
    },
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
