// Composition root: environment in, parts wired, response out. Holds no logic of its own.

import { checkRequest } from "./auth/check-request.ts";
import { limits } from "./limits.ts";
import { handleMcp } from "./mcp/handle-mcp.ts";
import { createToolRunner } from "./run-tool.ts";
import type { Env } from "./run-tool.ts";
import { settings } from "./spec/load-artifact.ts";

export default {
  async fetch(request, env) {
    const principal = await checkRequest(request, env);
    if ("status" in principal) return refusal(principal.status, principal.message, principal.challenge);
    const { pathname } = new URL(request.url);
    if (request.method === "GET" && (pathname === "/" || pathname === "/mcp"))
      return hint(request.url, pathname);
    if (pathname === "/" || pathname === "/mcp") {
      return handleMcp(request, { title: settings.title, runTool: createToolRunner(env), limits });
    }
    return refusal(404, "Nothing is here. The MCP endpoint is /mcp.");
  },
} satisfies ExportedHandler<Env>;

/** For people who open the address in a browser. MCP clients that try GET /mcp for a stream read the 405. */
function hint(url: string, pathname: string): Response {
  const text = `Twofold serves ${settings.title} as an MCP server: add ${new URL("/mcp", url).href} to your MCP client.\n`;
  return pathname === "/"
    ? new Response(text)
    : new Response(text, { status: 405, headers: { allow: "POST" } });
}

function refusal(status: number, message: string, challenge?: string): Response {
  const headers = challenge === undefined ? {} : { "www-authenticate": challenge };
  return Response.json({ jsonrpc: "2.0", error: { code: -32_000, message }, id: null }, { status, headers });
}
