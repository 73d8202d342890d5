// A tool call, from text to answer: compile, run in an isolate, report. Wires the rooms that must not know each other.

import type { CallToolResult } from "@modelcontextprotocol/server";
import { contextOf } from "./auth/context-values.ts";
import { MissingSecret, readCredential } from "./auth/credential.ts";
import { turnsOf } from "./auth/principal.ts";
import type { Principal } from "./auth/principal.ts";
import { takeQuota, writeAccounts } from "./auth/take-quota.ts";
import type { AuthEnv } from "./auth/wiring.ts";
import type { ApiEnv } from "./auth-wiring.ts";
import { createCallerRules } from "./caller-rules.ts";
import { compileProgram } from "./compile/compile-program.ts";
import type { CompiledProgram } from "./compile/compile-program.ts";
import { BadBaseUrl, readBaseUrl } from "./gateway/base-url.ts";
import { checkLiteralCall } from "./gateway/check-literal-call.ts";
import { systemClock } from "./gateway/clock.ts";
import { createGateway } from "./gateway/gateway.ts";
import { reportRun } from "./journal/report-run.ts";
import type { ReportEnv } from "./journal/report-run.ts";
import { runEnd } from "./journal/run-end.ts";
import { recordRun, RunJournal } from "./journal/run-journal.ts";
import type { JournalEnv } from "./journal/run-journal.ts";
import type { RunEnd, RunStart } from "./journal/run.ts";
import { limits } from "./limits.ts";
import { toAnswer } from "./mcp/answer.ts";
import type { RunContext, RunTool } from "./mcp/handle-mcp.ts";
import type { Outcome } from "./sandbox/outcome.ts";
import { OutcomeCache } from "./sandbox/outcome-cache.ts";
import { runProgram, runSearch } from "./sandbox/run-program.ts";
import { Turns } from "./sandbox/turns.ts";
import type { ProgramDocument } from "./sandbox/worker-code.ts";
import { bodies, findIndex, index, loadOperations, operations, settings } from "./spec/load-artifact.ts";

export type Env = AuthEnv & ApiEnv & JournalEnv & ReportEnv & { LOADER: WorkerLoader };

const searches = new OutcomeCache(limits);
const turns = new Turns({
  count: limits.runsAtOnce,
  share: limits.runsAtOnceOfOne,
  waitMs: limits.turnMs,
});

export function createToolRunner(env: Env, principal: Principal, request: Request): RunTool {
  return async (tool, code, context) => {
    const known = tool === "search" ? searches.get(code) : undefined;
    if (known !== undefined) return toAnswer(known, code);
    const run = startOf(tool, code, principal, request);
    const refuse = (refused: Omit<Extract<Outcome, { kind: "refused" }>, "kind">) => {
      const outcome = { kind: "refused", ...refused } as const;
      recordOutcome(env, principal, run, outcome);
      return toAnswer(outcome, code);
    };
    const compiled = compileProgram(code, tool, limits);
    if (!compiled.ok) {
      const { message, position } = compiled;
      return refuse({ message, ...(position === undefined ? {} : { position }) });
    }
    const { program } = compiled;
    for (const call of program.calls) {
      const message = checkLiteralCall(call, loadOperations());
      if (message !== undefined) return refuse({ message, position: call.position });
    }
    const leave = await turns.take(turnsOf(principal), context.signal);
    if (leave === undefined)
      return refuse({ message: noTurn(principal.kind === "guest" ? "guests" : "yours") });
    try {
      return tool === "search"
        ? await runSearchTool(env, principal, run, program, code, context)
        : await runExecuteTool(env, principal, request, run, program, code, context);
    } finally {
      leave();
    }
  };
}

const noTurn = (whose: string) =>
  `${limits.runsAtOnce} programs are running already, or ${limits.runsAtOnceOfOne} of ${whose}, and none ended within ${limits.turnMs / 1000} s. Nothing was done; send it again in a few seconds.`;

async function runSearchTool(
  env: Env,
  principal: Principal,
  run: RunStart,
  program: CompiledProgram,
  code: unknown,
  { signal }: RunContext,
): Promise<CallToolResult> {
  const outcome = await runSearch({ loader: env.LOADER, program, ...documentOf(program), limits, signal });
  if (program.repeatable) searches.set(String(code), outcome);
  recordOutcome(env, principal, run, outcome);
  return toAnswer(outcome, code);
}

async function runExecuteTool(
  env: Env,
  principal: Principal,
  request: Request,
  run: RunStart,
  program: CompiledProgram,
  code: unknown,
  { signal, onProgress }: RunContext,
): Promise<CallToolResult> {
  const started = Date.now();
  const { id } = run;
  const caller = createCallerRules(principal, request);
  const journal = new RunJournal(env, principal.id, { ...run, started }, limits);
  let gateway;
  try {
    gateway = createGateway({
      operations: loadOperations(),
      baseUrl: readBaseUrl(env.API_BASE_URL ?? settings.baseUrl),
      credential: principal.upstreamCredential ?? readCredential(settings.auth, env),
      fetch: (...call) => fetch(...call),
      limits,
      runId: id,
      access: caller.access,
      refuses: caller.refuses,
      beforeWrite: async () => (await takeQuota(env, writeAccounts(principal, limits)))?.message,
      redact: settings.redact ?? [],
      clock: systemClock,
      deadline: started + limits.wallMs,
      record: journal,
      recordBodies: settings.journal?.bodies ?? "none",
      onCall: ({ method, path, status }) => onProgress?.(`${method} ${path} → ${status}`),
    });
  } catch (error) {
    if (!(error instanceof MissingSecret || error instanceof BadBaseUrl)) throw error;
    const outcome = { kind: "refused", message: error.message } as const;
    journal.end(runEnd(outcome, Date.now(), 0));
    return toAnswer(outcome, code);
  }
  // At once, and not when the run has been wound up: what is in flight is to end now.
  journal.signal.addEventListener("abort", () => gateway.close());
  try {
    const ran = await runProgram({
      loader: env.LOADER,
      program,
      ...documentOf(program),
      request: gateway.request,
      context: contextOf(settings.context ?? {}, principal.context),
      limits,
      signal: AbortSignal.any([signal, journal.signal]),
      keep: (text, isLarge) => journal.keep(text, isLarge),
      keepsLarge: env.RESULTS !== undefined,
      readKept: (earlier, part) => journal.result(earlier, part),
      ...(onProgress && { onLog: onProgress }),
    });
    gateway.close();
    const outcome = stoppedOr(ran, journal);
    // What the isolate says it sent must be what was stored.
    const sent = outcome.kind === "ok" ? (outcome.value?.parts ?? 0) : 0;
    const parts = sent === journal.keptParts ? sent : 0;
    const end = runEnd(outcome, Date.now(), parts);
    journal.end(end);
    reportOutcome(env, principal, run, end, journal);
    return caller.withChallenge(
      toAnswer(outcome, code, {
        id,
        milliseconds: Date.now() - started,
        calls: gateway.ledger.slice(),
        unread: gateway.unread(),
        ...(parts > 0 && { keptDays: limits.resultMs / dayMs, keptLarge: journal.keptLarge }),
      }),
    );
  } finally {
    gateway.close();
  }
}

const dayMs = 24 * 60 * 60 * 1_000;

/** A run that was ended from outside ends as its signal says: by its client, or by whoever stopped it. */
function stoppedOr(outcome: Outcome, journal: RunJournal): Outcome {
  if (journal.refused !== undefined) return { kind: "refused", message: journal.refused };
  return outcome.kind === "limit" && outcome.limit === "cancelled" && journal.signal.aborted
    ? { ...outcome, limit: "stopped" }
    : outcome;
}

/** Stores what needed no journal to run: a search, or a program that was refused. */
function recordOutcome(env: Env, principal: Principal, run: RunStart, outcome: Outcome): void {
  const end = runEnd(outcome, Date.now(), 0);
  const tell = () => reportOutcome(env, principal, run, end, { calls: 0, writes: 0 });
  recordRun(env, principal.id, { run, end, tell }, limits);
}

function reportOutcome(
  env: Env,
  principal: Principal,
  { id, tool, client, started }: RunStart,
  { outcome, ended }: RunEnd,
  { calls, writes }: { calls: number; writes: number },
): void {
  const report = {
    id,
    tool,
    client,
    principal: principal.id,
    outcome,
    calls,
    writes,
    ms: ended - started,
  };
  reportRun(env, report, limits);
}

function startOf(
  tool: "search" | "execute",
  code: unknown,
  principal: Principal,
  request: Request,
): RunStart {
  const client = principal.client?.name ?? request.headers.get("user-agent") ?? "";
  return {
    id: runId(),
    tool,
    program: String(code).slice(0, limits.sourceBytes).toWellFormed(),
    client: client.slice(0, limits.clientChars),
    ...(principal.grant !== undefined && { grant: principal.grant }),
    ...(principal.arrived !== undefined && { arrived: principal.arrived }),
    scopes: principal.scopes,
    started: Date.now(),
  };
}

function documentOf(program: CompiledProgram): { document?: ProgramDocument } {
  if (!program.usesDocument) return {};
  const { usesFind, reachesBodies } = program;
  return {
    document: { index, operations, ...(reachesBodies && { bodies }), ...(usesFind && { findIndex }) },
  };
}

function runId(): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return `r_${[...crypto.getRandomValues(new Uint8Array(10))].map((byte) => alphabet[byte % 32]).join("")}`;
}
