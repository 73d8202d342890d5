// The real Worker, and beside it the two calls it is measured against, behind the same MCP handler in the same process.

import type { CallToolResult } from "@modelcontextprotocol/server";
import twofold from "../../src/index.ts";
import type { Env } from "../../src/run-tool.ts";
import { limits } from "../../src/limits.ts";
import { handleMcp } from "../../src/mcp/handle-mcp.ts";
import { guestCompatibilityDate, guestCompatibilityFlags } from "../../src/sandbox/worker-code.ts";

export * from "../../src/index.ts";

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/bench/plain") return handleMcp(request, { title: "Bench", runTool: plain, limits });
    if (pathname === "/bench/empty") {
      return handleMcp(request, { title: "Bench", runTool: () => emptyIsolate(env.LOADER), limits });
    }
    return (
      (twofold as ExportedHandler<Env>).fetch?.(request, env, context) ?? new Response(null, { status: 404 })
    );
  },
} satisfies ExportedHandler<Env>;

async function plain(): Promise<CallToolResult> {
  return { content: [{ type: "text", text: "1" }] };
}

const emptyModule = `import { WorkerEntrypoint } from "cloudflare:workers";
export default class extends WorkerEntrypoint { run() { return "1"; } }`;

/** The least a new isolate can cost: no document, no guest, one call into it. */
async function emptyIsolate(loader: WorkerLoader): Promise<CallToolResult> {
  const worker = loader.load({
    compatibilityDate: guestCompatibilityDate,
    compatibilityFlags: guestCompatibilityFlags,
    mainModule: "main.js",
    modules: { "main.js": { js: emptyModule } },
    env: {},
    globalOutbound: null,
  });
  const entrypoint = worker.getEntrypoint() as unknown as { run(): Promise<string> };
  return { content: [{ type: "text", text: await entrypoint.run() }] };
}
