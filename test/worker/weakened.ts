// A Worker for tests alone: the real one, and at /run its sandbox with other limits or with one guard taken away, so that a
// test can show what the guard holds back. Never part of a deployment.

import { compileProgram } from "../../src/compile/compile-program.ts";
import { readBaseUrl } from "../../src/gateway/base-url.ts";
import { systemClock } from "../../src/gateway/clock.ts";
import { createGateway } from "../../src/gateway/gateway.ts";
import twofold from "../../src/index.ts";
import { limits as ownLimits } from "../../src/limits.ts";
import type { Limits } from "../../src/limits.ts";
import { toAnswer } from "../../src/mcp/answer.ts";
import type { Env } from "../../src/run-tool.ts";
import { Capability } from "../../src/sandbox/capability.ts";
import type { RequestHandler } from "../../src/sandbox/capability.ts";
import { runProgram } from "../../src/sandbox/run-program.ts";
import { loadOperations, settings } from "../../src/spec/load-artifact.ts";

export * from "../../src/index.ts";

/** What a test asks /run for. */
export interface WeakenedRun {
  code: string;
  limits?: Partial<Limits>;
  /** The guard to take away. */
  without?: "closed network" | "new isolate" | "closing";
  /** Modules in place of the guest's own, by name. */
  modules?: Record<string, string>;
  /** Text put before main.guest.js. */
  prelude?: string;
  /** Milliseconds the request goes on after its run has ended, and the isolate with it: it waits, and keeps the capability. */
  holdMs?: number;
}

export interface WeakenedAnswer {
  isError?: boolean;
  content: { type: string; text: string }[];
  /** Calls the host was asked for, and those it sent to the API, when the run ended and after `holdMs`. */
  asked: { atEnd: number; later: number };
  sent: { atEnd: number; later: number };
  /** The most calls that had crossed to the host and were not answered. */
  crossed: number;
  loaded: Pick<WorkerLoaderWorkerCode, "globalOutbound" | "env" | "limits" | "compatibilityFlags">[];
}

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname === "/run") return Response.json(await run(await request.json(), env));
    return (
      (twofold as ExportedHandler<Env>).fetch?.(request, env, context) ?? new Response(null, { status: 404 })
    );
  },
} satisfies ExportedHandler<Env>;

async function run(wanted: WeakenedRun, env: Env): Promise<WeakenedAnswer> {
  const limits = { ...ownLimits, ...wanted.limits } as typeof ownLimits;
  const compiled = compileProgram(wanted.code, "execute", limits);
  if (!compiled.ok) throw new Error(compiled.message);
  const { program } = compiled;
  const loaded: WorkerLoaderWorkerCode[] = [];
  let asked = 0;
  let sent = 0;
  let under = 0;
  let crossed = 0;
  const gateway = createGateway({
    operations: loadOperations(),
    baseUrl: readBaseUrl(settings.baseUrl),
    credential: { kind: "none" },
    fetch: (...call) => {
      sent += 1;
      return fetch(...call);
    },
    limits,
    runId: "r_test",
    access: "write",
    redact: [],
    clock: systemClock,
    deadline: Date.now() + limits.wallMs,
  });
  const request = async (call: string) => {
    asked += 1;
    crossed = Math.max(crossed, (under += 1));
    return gateway.request(call).finally(() => (under -= 1));
  };
  const loader = weakened(env.LOADER, wanted, { loaded, request });
  const outcome = await runProgram({ loader, program, request, limits });
  const report = { id: "r_test", milliseconds: 0, calls: gateway.ledger.slice() };
  const answer = toAnswer(outcome, wanted.code, report) as Pick<WeakenedAnswer, "isError" | "content">;
  if (wanted.without !== "closing") gateway.close();
  const atEnd = { asked, sent };
  await new Promise((resolve) => setTimeout(resolve, wanted.holdMs ?? 0));
  return {
    ...answer,
    asked: { atEnd: atEnd.asked, later: asked },
    sent: { atEnd: atEnd.sent, later: sent },
    crossed,
    loaded,
  };
}

/** The loader, which changes what it is asked to load before it does so, and what is called of it. */
function weakened(
  loader: WorkerLoader,
  { without, modules = {}, prelude = "", holdMs }: WeakenedRun,
  { loaded, request }: { loaded: WorkerLoaderWorkerCode[]; request: RequestHandler },
): WorkerLoader {
  const change = (code: WorkerLoaderWorkerCode): WorkerLoaderWorkerCode => {
    const { globalOutbound, compatibilityFlags = [], env, limits } = code;
    loaded.push({ globalOutbound, compatibilityFlags, env, limits } as WorkerLoaderWorkerCode);
    const changed: WorkerLoaderWorkerCode["modules"] = { ...code.modules };
    for (const [name, js] of Object.entries(modules)) changed[name] = { js };
    const main = changed["main.guest.js"] as { js: string };
    const [start = "", capability] = /async run\(\w+,(\w+)\)\{/.exec(main.js) ?? [];
    if (holdMs !== undefined && start === "") throw new Error("main.guest.js begins otherwise");
    const lasting = `${start} ${capability} = ${capability}.dup(); this.ctx.waitUntil(new Promise((done) => setTimeout(done, ${holdMs})));`;
    const js = prelude + (holdMs === undefined ? main.js : main.js.replace(start, lasting));
    changed["main.guest.js"] = { js };
    const { globalOutbound: _, ...open } = code;
    return { ...(without === "closed network" ? open : code), modules: changed };
  };
  const load = (code: WorkerLoaderWorkerCode) =>
    without === "new isolate" ? loader.get("kept", () => change(code)) : loader.load(change(code));
  if (without !== "closing") return { load } as WorkerLoader;
  const unclosed = (code: WorkerLoaderWorkerCode) => {
    const entrypoint = load(code).getEntrypoint() as unknown as GuestEntrypoint;
    return {
      getEntrypoint: () => ({ run: (options: string) => entrypoint.run(options, new Capability(request)) }),
    };
  };
  return { load: unclosed } as unknown as WorkerLoader;
}

type GuestEntrypoint = { run(options: string, capability: Capability): Promise<unknown> };
