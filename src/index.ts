// Composition root: environment in, parts wired, response out. Holds no logic of its own.

import { checkRequest } from "./auth/check-request.ts";
import type { AuthEnv } from "./auth/check-request.ts";
import type { CredentialSecrets } from "./auth/credential.ts";
import { limits } from "./limits.ts";
import { handleMcp } from "./mcp/handle-mcp.ts";
import { createToolRunner } from "./run-tool.ts";
import { settings } from "./spec/load-artifact.ts";

export type Env = AuthEnv &
  CredentialSecrets & {
    LOADER: WorkerLoader;
    /** Overrides the built base URL, e.g. for a staging API. */ API_BASE_URL?: string;
  };

export default {
  async fetch(request, env) {
    const principal = await checkRequest(request, env);
    if ("status" in principal) return refusal(principal.status, principal.message, principal.challenge);
    const { pathname } = new URL(request.url);
    if (pathname === "/mcp" || (pathname === "/" && request.method === "POST")) {
      return handleMcp(request, { title: settings.title, runTool: createToolRunner(env), limits });
    }
    if (pathname === "/")
      return new Response(
        `Twofold serves ${settings.title} as an MCP server: add ${request.url}mcp to your client.\n`,
      );
    return refusal(404, "Nothing is here. The MCP endpoint is /mcp.");
  },
} satisfies ExportedHandler<Env>;

function refusal(status: number, message: string, challenge?: string): Response {
  const headers = challenge === undefined ? {} : { "www-authenticate": challenge };
  return Response.json({ jsonrpc: "2.0", error: { code: -32_000, message }, id: null }, { status, headers });
}
