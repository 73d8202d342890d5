// The real Worker, and beside it what it is measured against, behind the same MCP handler in the same process.

import type { CallToolResult } from "@modelcontextprotocol/server";
import { RpcTarget } from "cloudflare:workers";
import { compileProgram } from "../../src/compile/compile-program.ts";
import twofold from "../../src/index.ts";
import { limits } from "../../src/limits.ts";
import { handleMcp } from "../../src/mcp/handle-mcp.ts";
import type { Env } from "../../src/run-tool.ts";
import { guestCompatibilityDate, guestCompatibilityFlags } from "../../src/sandbox/worker-code.ts";

export * from "../../src/index.ts";

/** Each is given the text of the call's `code`. */
const subjects: Record<string, (env: Env, code: string) => Promise<string>> = {
  "/bench/plain": async () => "1",
  "/bench/empty": ({ LOADER }) => emptyIsolate(LOADER),
  // What `execute` with one call cannot be cheaper than.
  "/bench/direct": async (env, path) => `${await emptyIsolate(env.LOADER)}${await get(env, path)}`,
  "/bench/fetches": async (env, code) => {
    const { path, times } = JSON.parse(code) as { path: string; times: number };
    for (let n = 0; n < times; n += 1) await get(env, path);
    return String(times);
  },
  "/bench/hops": async (env, code) => {
    const { path, times } = JSON.parse(code) as { path: string; times: number };
    const entrypoint = isolate(env.LOADER, hopsModule) as { run(hop: Hop, times: number): Promise<string> };
    return entrypoint.run(new Hop(() => get(env, path)), times);
  },
  "/bench/compile": async (_, code) => {
    const { program, times } = JSON.parse(code) as { program: string; times: number };
    for (let n = 0; n < times; n += 1) {
      const compiled = compileProgram(`// ${n}\n${program}`, "execute");
      if (!compiled.ok) throw new Error(compiled.message);
    }
    return String(times);
  },
};

export default {
  async fetch(request, env, context) {
    const subject = subjects[new URL(request.url).pathname];
    if (subject === undefined) {
      const answered = (twofold as ExportedHandler<Env>).fetch?.(request, env, context);
      return answered ?? new Response(null, { status: 404 });
    }
    return handleMcp(request, {
      title: "Bench",
      runTool: async (_, code) => answer(await subject(env, String(code))),
      admit: async () => undefined,
      readOnly: false,
      context: [],
      limits,
    });
  },
} satisfies ExportedHandler<Env>;

function answer(text: string): CallToolResult {
  return { content: [{ type: "text", text }] };
}

/** The API's answer to a path, read to its end. */
async function get(env: Env, path: string): Promise<string> {
  const response = await fetch(`${env.API_BASE_URL}${path}`, { redirect: "manual" });
  return response.text();
}

const emptyModule = `import { WorkerEntrypoint } from "cloudflare:workers";
export default class extends WorkerEntrypoint { run() { return "1"; } }`;

/** The least a new isolate can cost: no document, no guest, one call into it. */
function emptyIsolate(loader: WorkerLoader): Promise<string> {
  return (isolate(loader, emptyModule) as { run(): Promise<string> }).run();
}

const hopsModule = `import { WorkerEntrypoint } from "cloudflare:workers";
export default class extends WorkerEntrypoint {
  async run(hop, times) {
    for (let n = 0; n < times; n += 1) await hop.request("{}");
    return String(times);
  }
}`;

/** The capability without a gateway behind it. */
class Hop extends RpcTarget {
  #get: () => Promise<string>;

  constructor(request: () => Promise<string>) {
    super();
    this.#get = request;
  }

  request(): Promise<string> {
    return this.#get();
  }
}

function isolate(loader: WorkerLoader, js: string): unknown {
  const worker = loader.load({
    compatibilityDate: guestCompatibilityDate,
    compatibilityFlags: guestCompatibilityFlags,
    mainModule: "main.js",
    modules: { "main.js": { js } },
    env: {},
    globalOutbound: null,
  });
  return worker.getEntrypoint();
}
