// A tool call, from text to answer: compile, run in an isolate, report. Wires the rooms that must not know each other.

import type { CallToolResult } from "@modelcontextprotocol/server";
import type { AuthEnv } from "./auth/check-request.ts";
import { MissingSecret, readCredential } from "./auth/credential.ts";
import type { CredentialSecrets } from "./auth/credential.ts";
import { compileProgram } from "./compile/compile-program.ts";
import { BadBaseUrl, readBaseUrl } from "./gateway/base-url.ts";
import { checkLiteralCall } from "./gateway/check-literal-call.ts";
import { createGateway } from "./gateway/gateway.ts";
import { limits } from "./limits.ts";
import { toAnswer } from "./mcp/answer.ts";
import type { ToolName } from "./mcp/tools.ts";
import { OutcomeCache } from "./sandbox/outcome-cache.ts";
import { runProgram, runSearch } from "./sandbox/run-program.ts";
import { bodies, findIndex, index, loadOperations, settings } from "./spec/load-artifact.ts";

export type Env = AuthEnv &
  CredentialSecrets & {
    LOADER: WorkerLoader;
    /** Overrides the built base URL, e.g. for a staging API. */ API_BASE_URL?: string;
  };

const searches = new OutcomeCache(limits);

export function createToolRunner(env: Env): (tool: ToolName, code: unknown) => Promise<CallToolResult> {
  return async (tool, code) => {
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
    const document = program.usesDocument
      ? { document: { index, bodies, ...(program.usesFind && { findIndex }) } }
      : {};
    if (tool === "search") {
      const outcome = await runSearch({ loader: env.LOADER, program, ...document, limits });
      if (program.repeatable) searches.set(String(code), outcome);
      return toAnswer(outcome, code);
    }

    const started = Date.now();
    const id = runId();
    let gateway;
    try {
      gateway = createGateway({
        operations: loadOperations(),
        baseUrl: readBaseUrl(env.API_BASE_URL ?? settings.baseUrl),
        credential: readCredential(settings.auth, env),
        fetch: (...call) => fetch(...call),
        limits,
        runId: id,
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
        ...document,
        request: gateway.request,
        limits,
      });
      return toAnswer(outcome, code, {
        id,
        milliseconds: Date.now() - started,
        calls: gateway.ledger.slice(),
      });
    } finally {
      gateway.close();
    }
  };
}

function runId(): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return `r_${[...crypto.getRandomValues(new Uint8Array(10))].map((byte) => alphabet[byte % 32]).join("")}`;
}
