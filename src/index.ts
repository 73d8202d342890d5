// Composition root: environment in, parts wired, response out. Holds no logic of its own.

import { checkOperator } from "./auth/check-operator.ts";
import type { Refusal } from "./auth/check-origin.ts";
import { checkPlace, identify } from "./auth/check-request.ts";
import { answerOAuth } from "./auth/oauth-routes.ts";
import { shareWithOrigin } from "./auth/share-with-origin.ts";
import { readSignIn } from "./auth/sign-in-settings.ts";
import { createAuthWiring } from "./auth-wiring.ts";
import { createAdmission } from "./admit-call.ts";
import { handleOperator, operatorPath } from "./journal/handle-operator.ts";
import { handleRuns } from "./journal/handle-runs.ts";
import { limits } from "./limits.ts";
import { handleMcp } from "./mcp/handle-mcp.ts";
import { createToolRunner } from "./run-tool.ts";
import type { Env } from "./run-tool.ts";
import { settings } from "./spec/load-artifact.ts";
import { serveConsole } from "./web/serve-console.ts";
import type { ConsoleEnv } from "./web/serve-console.ts";

export { Quotas } from "./auth/quotas.ts";
export { UpstreamRefresh } from "./auth/upstream-refresh.ts";
export { Journal } from "./journal/journal.ts";
export { Principals } from "./journal/principals.ts";

export default {
  async fetch(request, env, context) {
    try {
      const misplaced = checkPlace(request, env);
      if (misplaced !== undefined) return refusal(misplaced);
      return await shareWithOrigin(request, env, () => answer(request, env, context));
    } catch (error) {
      // Where an error page is shown, it shows the code and the request's headers.
      console.error("request failed", error instanceof Error ? error.stack : String(error));
      return refusal({
        status: 500,
        message: "Twofold failed on this request; it is a fault of the server.",
      });
    }
  },
} satisfies ExportedHandler<Env & ConsoleEnv>;

async function answer(request: Request, env: Env & ConsoleEnv, context: ExecutionContext): Promise<Response> {
  const page = await serveConsole(request, env);
  if (page !== undefined) return page;
  const { pathname } = new URL(request.url);
  // Before sign-in, whose settings may be what is wrong.
  if (pathname.startsWith(operatorPath)) {
    const unknown = await checkOperator(request, env);
    return unknown === undefined ? handleOperator(request, env, limits) : refusal(unknown);
  }
  const signIn = readSignIn(env, settings.signIn, settings.auth.type);
  if ("problem" in signIn) return refusal({ status: 503, message: signIn.problem });
  const wiring = createAuthWiring(env);
  const answered = await answerOAuth(request, env, context, { signIn, wiring });
  if (answered !== undefined) return answered;
  const principal = await identify(request, env, { signIn, wiring });
  if ("status" in principal) return refusal(principal);
  if (request.method === "GET" && (pathname === "/" || pathname === "/mcp"))
    return hint(request.url, pathname);
  if (pathname === "/" || pathname === "/mcp") {
    return handleMcp(request, {
      title: settings.title,
      runTool: createToolRunner(env, principal, request),
      admit: createAdmission(env, principal, request, refusal),
      readOnly: principal.readOnly,
      context: Object.keys(settings.context ?? {}),
      limits,
    });
  }
  const runs = await handleRuns(request, principal.id, env, limits);
  if (runs !== undefined) return runs;
  return Response.json(
    {
      jsonrpc: "2.0",
      error: { code: -32_000, message: "Nothing is here. The MCP endpoint is /mcp." },
      id: null,
    },
    { status: 404 },
  );
}

/** For people who open the address in a browser. MCP clients that try GET /mcp for a stream read the 405. */
function hint(url: string, pathname: string): Response {
  const text = `Twofold serves ${settings.title} as an MCP server: add ${new URL("/mcp", url).href} to your MCP client.\n`;
  return pathname === "/"
    ? new Response(text)
    : new Response(text, { status: 405, headers: { allow: "POST" } });
}

function refusal({ status, message, challenge, retryAfter }: Refusal): Response {
  const headers = {
    ...(challenge !== undefined && { "www-authenticate": challenge }),
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
  };
  return Response.json({ jsonrpc: "2.0", error: { code: -32_000, message }, id: null }, { status, headers });
}
