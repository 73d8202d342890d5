// A tool call, from text to answer: compile, run in an isolate, report. Wires the rooms that must not know each other.

import type { CallToolResult } from "@modelcontextprotocol/server";
import { MissingSecret, readCredential } from "./auth/credential.ts";
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
import { limits } from "./limits.ts";
import { toAnswer } from "./mcp/answer.ts";
import type { RunContext, RunTool } from "./mcp/handle-mcp.ts";
import { OutcomeCache } from "./sandbox/outcome-cache.ts";
import { runProgram, runSearch } from "./sandbox/run-program.ts";
import { Turns } from "./sandbox/turns.ts";
import type { ProgramDocument } from "./sandbox/worker-code.ts";
import { bodies, findIndex, index, loadOperations, settings } from "./spec/load-artifact.ts";

export type Env = AuthEnv & ApiEnv & { LOADER: WorkerLoader };

const searches = new OutcomeCache(limits);
const turns = new Turns(limits.runsAtOnce, limits.turnMs);

export function createToolRunner(env: Env, principal: Principal, request: Request): RunTool {
  return async (tool, code, context) => {
    const known = tool === "search" ? searches.get(code) : undefined;
    if (known !== undefined) return toAnswer(known, code);
    const compiled = compileProgram(code, tool, limits);
    if (!compiled.ok) {
      const { message, position } = compiled;
      return toAnswer({ kind: "refused", message, ...(position === undefined ? {} : { position }) }, code);
    }
    const { program } = compiled;
    for (const call of program.calls) {
      const message = checkLiteralCall(call, loadOperations());
      if (message !== undefined) return toAnswer({ kind: "refused", message, position: call.position }, code);
    }
    const leave = await turns.take(context.signal);
    if (leave === undefined) return toAnswer({ kind: "refused", message: noTurn }, code);
    try {
      return tool === "search"
        ? await runSearchTool(env, program, code, context)
        : await runExecuteTool(env, principal, request, program, code, context);
    } finally {
      leave();
    }
  };
}

const noTurn = `${limits.runsAtOnce} programs are running already, and none ended within ${limits.turnMs / 1000} s. Nothing was done; send it again in a few seconds.`;

async function runSearchTool(
  env: Env,
  program: CompiledProgram,
  code: unknown,
  { signal }: RunContext,
): Promise<CallToolResult> {
  const outcome = await runSearch({ loader: env.LOADER, program, ...documentOf(program), limits, signal });
  if (program.repeatable) searches.set(String(code), outcome);
  return toAnswer(outcome, code);
}

async function runExecuteTool(
  env: Env,
  principal: Principal,
  request: Request,
  program: CompiledProgram,
  code: unknown,
  { signal, onProgress }: RunContext,
): Promise<CallToolResult> {
  const started = Date.now();
  const id = runId();
  const caller = createCallerRules(principal, request);
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
      onCall: ({ method, path, status }) => onProgress?.(`${method} ${path} → ${status}`),
    });
  } catch (error) {
    if (error instanceof MissingSecret || error instanceof BadBaseUrl)
      return toAnswer({ kind: "refused", message: error.message }, code);
    throw error;
  }
  try {
    const outcome = await runProgram({
      loader: env.LOADER,
      program,
      ...documentOf(program),
      request: gateway.request,
      limits,
      signal,
      ...(onProgress && { onLog: onProgress }),
    });
    return caller.withChallenge(
      toAnswer(outcome, code, {
        id,
        milliseconds: Date.now() - started,
        calls: gateway.ledger.slice(),
      }),
    );
  } finally {
    gateway.close();
  }
}

function documentOf(program: CompiledProgram): { document?: ProgramDocument } {
  return program.usesDocument ? { document: { index, bodies, ...(program.usesFind && { findIndex }) } } : {};
}

function runId(): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return `r_${[...crypto.getRandomValues(new Uint8Array(10))].map((byte) => alphabet[byte % 32]).join("")}`;
}
