// Runs a compiled program in an isolate and answers one outcome. Never imports gateway or auth:
// what a program may do arrives as one function, and ends when the run does.

import type { CompiledProgram } from "../compile/compile-program.ts";
import type { Limits } from "../limits.ts";
import { Capability } from "./capability.ts";
import type { RequestHandler } from "./capability.ts";
import type { Outcome } from "./outcome.ts";
import { readOutcome } from "./read-outcome.ts";
import { workerCode } from "./worker-code.ts";
import type { ProgramDocument } from "./worker-code.ts";

export type RunOptions = {
  loader: WorkerLoader;
  program: CompiledProgram;
  /** Present only when the program uses the document. */
  document?: ProgramDocument;
  /** Present only in `execute`. Called with one JSON text, answers one. */
  request?: RequestHandler;
  limits: Limits;
  /** Called when the program touched bodies it was not given; the outcome then means nothing. */
  onBodiesWanted?: () => void;
};

type GuestEntrypoint = { run(options: string, capability?: Capability): Promise<unknown> };

/**
 * Runs a search without the bodies where it seems to need only the index, and again with them where that was wrong: a
 * search has no effect, so a run more changes nothing, and passing the bodies costs more than most searches.
 */
export async function runSearch(options: RunOptions): Promise<Outcome> {
  const { document, program } = options;
  if (document === undefined || document.findIndex !== undefined || program.namesBodies)
    return runProgram(options);
  const { bodies: _, ...indexOnly } = document;
  let wanted = false;
  const outcome = await runProgram({
    ...options,
    document: indexOnly,
    onBodiesWanted: () => (wanted = true),
  });
  return wanted ? runProgram(options) : outcome;
}

export async function runProgram({
  loader,
  program,
  document,
  request,
  limits,
  onBodiesWanted,
}: RunOptions): Promise<Outcome> {
  // A new isolate every run. A kept one (`get`) would keep one run's globals for the next, and hundreds of them, each
  // with its copy of the document, made new searches two to three times slower than the isolates saved.
  const worker = loader.load(workerCode(program.module, document, limits));
  const options = JSON.stringify({
    resultChars: limits.resultChars,
    imageBytes: limits.imageBytes,
    logChars: limits.logChars,
    busyMs: limits.busyMs,
  });

  let closed = false;
  const capability =
    request === undefined
      ? undefined
      : new Capability(async (call) => (closed ? closedAnswer : request(call)));
  const entrypoint = worker.getEntrypoint() as unknown as GuestEntrypoint;
  const { promise: timeout, cancel } = timer(limits.wallMs);
  try {
    const answer = entrypoint.run(options, capability).then(
      (value) => {
        if (value === '{"kind":"bodies"}') onBodiesWanted?.();
        return readOutcome(value, program, limits);
      },
      (error: unknown) => isolateFailure(error, limits),
    );
    return await Promise.race([
      answer,
      timeout.then((): Outcome => ({ kind: "limit", limit: "time", maximum: limits.wallMs, logs: [] })),
    ]);
  } finally {
    closed = true;
    cancel();
  }
}

const closedAnswer = JSON.stringify({
  error: {
    kind: "closed",
    message: "The run has ended; its calls are no longer answered. Await every api.request before returning.",
  },
});

/** The isolate itself failed: it could not start, or the runtime ended it. */
function isolateFailure(error: unknown, limits: Limits): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  if (/memory/i.test(message)) return { kind: "limit", limit: "memory", maximum: 128, logs: [] };
  if (/cpu|time limit|exceeded/i.test(message))
    return { kind: "limit", limit: "time", maximum: limits.cpuMs, logs: [] };
  if (/never (generate|resolve)|hung|waiting for/i.test(message)) {
    return {
      kind: "program-error",
      name: "Error",
      message:
        "The program waits for something that never happens: a promise that nothing resolves. Await only calls and timers.",
      logs: [],
    };
  }
  return { kind: "program-error", name: "Error", message: message.slice(0, limits.errorChars), logs: [] };
}

function timer(milliseconds: number): { promise: Promise<void>; cancel: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const id = setTimeout(resolve, milliseconds);
  return { promise, cancel: () => clearTimeout(id) };
}
