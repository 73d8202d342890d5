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

type RunOptions = {
  loader: WorkerLoader;
  program: CompiledProgram;
  /** Present only when the program uses the document. */
  document?: ProgramDocument;
  /** Present only in `execute`. Called with one JSON text, answers one. */
  request?: RequestHandler;
  /** What `context` holds in the program, and what is said of each value that it does not. */
  context?: { values: Record<string, string>; missing: Record<string, string> };
  limits: Limits;
  /** Ends the run when the client has gone. */
  signal?: AbortSignal;
  /** Called with each line the program logs, while it runs; only where it is handed `request`. */
  onLog?: (line: string) => void;
  /** Keeps a part of the program's whole value. */
  keep?: (text: string, isLarge: boolean) => Promise<void>;
  /** Whether values that are too large for a journal are kept, too. */
  keepsLarge?: boolean;
  /** A part of an earlier run's kept value, as JSON. */
  readKept?: (run: unknown, part: unknown) => Promise<string>;
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
  if (document === undefined || program.usesDescribe || program.namesBodies) return runProgram(options);
  const { bodies: _, ...indexOnly } = document;
  let wanted = false;
  const started = Date.now();
  const outcome = await runProgram({
    ...options,
    document: indexOnly,
    onBodiesWanted: () => (wanted = true),
  });
  if (!wanted) return outcome;
  // Both runs together have the time of one.
  const wallMs = Math.max(1, options.limits.wallMs - (Date.now() - started));
  return runProgram({ ...options, limits: { ...options.limits, wallMs } });
}

export async function runProgram({
  loader,
  program,
  document,
  request,
  context = { values: {}, missing: {} },
  limits,
  signal,
  onLog,
  keep,
  keepsLarge = false,
  readKept,
  onBodiesWanted,
}: RunOptions): Promise<Outcome> {
  // A new isolate every run. A kept one (`get`) would keep one run's globals for the next, and hundreds of them, each
  // with its copy of the document, made new searches two to three times slower than the isolates saved.
  const worker = loader.load(workerCode(program, document, request !== undefined, limits));
  const options = JSON.stringify({
    resultChars: limits.resultChars,
    imageBytes: limits.imageBytes,
    logChars: limits.logChars,
    busyMs: limits.busyMs,
    concurrentCalls: limits.concurrentCalls,
    reportsLogs: onLog !== undefined,
    context,
    ...(keep !== undefined && {
      keptChars: keepsLarge ? limits.keptLargeChars : limits.keptChars,
      keptHeldChars: limits.keptChars,
      keptPartChars: limits.keptPartChars,
    }),
  });

  let closed = false;
  const capability =
    request === undefined
      ? undefined
      : new Capability(async (call) => {
          // Nobody hears it; and a program that ignores errors would ask again at once, and for ever.
          if (closed) return new Promise<string>(() => undefined);
          const kept = keep === undefined ? undefined : keptPart(call);
          if (kept !== undefined) {
            await keep?.(kept.text, kept.isLarge);
            return "";
          }
          const wanted = readKept === undefined ? undefined : wantedResult(call);
          if (wanted !== undefined) return readKept?.(wanted.result, wanted.part) ?? "";
          const line = onLog === undefined ? undefined : loggedLine(call, limits);
          if (line === undefined) return request(call);
          onLog?.(line);
          return "";
        });
  const entrypoint = worker.getEntrypoint() as unknown as GuestEntrypoint;
  const { promise: timeout, cancel } = timer(limits.wallMs);
  const running = entrypoint.run(options, capability);
  try {
    const answer = running.then(
      (value) => {
        if (value === '{"kind":"bodies"}') onBodiesWanted?.();
        return readOutcome(value, program, limits);
      },
      (error: unknown) => isolateFailure(error, limits),
    );
    return await Promise.race([
      answer,
      timeout.then((): Outcome => ({ kind: "limit", limit: "time", maximum: limits.wallMs, logs: [] })),
      aborted(signal).then((): Outcome => ({ kind: "limit", limit: "cancelled", maximum: 0, logs: [] })),
    ]);
  } finally {
    closed = true;
    cancel();
    // Lets go of the isolate: a call that nobody waits for any more is ended by the runtime.
    dispose(running);
    dispose(entrypoint);
  }
}

/** A part of a value that is to be kept: no call begins so, being JSON, and the part needs no escaping. */
function keptPart(text: string): { text: string; isLarge: boolean } | undefined {
  for (const [prefix, isLarge] of [
    ["keep ", false],
    ["keep-large ", true],
  ] as const)
    if (text.startsWith(prefix)) return { text: text.slice(prefix.length), isLarge };
  return undefined;
}

/** A program reads an earlier run's value; undefined for what is a call. */
function wantedResult(text: string): { result: unknown; part: unknown } | undefined {
  if (!text.startsWith('{"result":') || text.length > 1_000) return undefined;
  try {
    return JSON.parse(text) as { result: unknown; part: unknown };
  } catch {
    return undefined;
  }
}

/** A line of the program's console, sent through the one method there is; undefined for what is a call. */
function loggedLine(text: string, limits: Limits): string | undefined {
  if (!text.startsWith('{"log":') || text.length > 2 * limits.logChars) return undefined;
  try {
    const { log } = JSON.parse(text) as { log?: unknown };
    return typeof log === "string" ? log : undefined;
  } catch {
    return undefined;
  }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Stubs and pending calls of RPC are disposable; the types of a hand-written entrypoint do not say so. */
function dispose(value: object): void {
  (value as Partial<Disposable>)[Symbol.dispose]?.();
}

/** The isolate itself failed: it could not start, or the runtime ended it. */
function isolateFailure(error: unknown, limits: Limits): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  // Thrown where the guest could not catch it, with the words of the program or of the engine: no limit of the platform.
  if (error instanceof RangeError || message.startsWith("Maximum call stack")) {
    const said = "The program nested too deeply: a recursion without end, or data many thousand levels deep.";
    return { kind: "program-error", name: "RangeError", message: said, logs: [] };
  }
  if (/exceeded its memory limit|out of memory/i.test(message))
    return { kind: "limit", limit: "memory", maximum: 128, logs: [] };
  if (/exceeded (its )?(cpu|time)|cpu (time )?limit|time limit/i.test(message))
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
