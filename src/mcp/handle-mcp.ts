// One MCP request → its response. Never sees a credential, the loader or the API's address: tools are run by a function it is given.

import { Server } from "@modelcontextprotocol/server";
import type { CallToolResult, ServerContext } from "@modelcontextprotocol/server";
import { createMcpHandler } from "agents/mcp/server";
import type { Limits } from "../limits.ts";
import { readJsonRpc } from "./read-json-rpc.ts";
import { instructions, shortTitle, toolsFor } from "./tools.ts";
import type { ToolName } from "./tools.ts";

export type RunTool = (tool: ToolName, code: unknown, run: RunContext) => Promise<CallToolResult>;

export type RunContext = {
  /** Aborted when the client cancels or is gone. */
  signal: AbortSignal;
  /** Tells the client how far the run is; absent when it did not ask. */
  onProgress?: (message: string) => void;
};

type McpOptions = {
  title: string;
  runTool: RunTool;
  /** Asked before a tool call is begun; a response is given as it is. */
  admit: (tool: string, code: unknown) => Promise<Response | undefined>;
  /** `execute` only reads, and says so. */
  readOnly: boolean;
  /** Names of the values programs get as `context`. */
  context: readonly string[];
  limits: Limits;
};

export async function handleMcp(request: Request, options: McpOptions): Promise<Response> {
  const body = await readJsonRpc(request, options.limits);
  if (body instanceof Response) return body;
  const call = toolCallOf(body);
  const refused = call === undefined ? undefined : await options.admit(call.tool, call.code);
  if (refused !== undefined) return refused;
  const handler = createMcpHandler(() => createServer(options), {
    route: new URL(request.url).pathname,
    // Host and Origin were checked before this room was entered, ports and schemes included.
    allowedHostnames: [new URL(request.url).hostname],
    allowedOriginHostnames: "*",
    corsOptions: false,
    // On a stream, that the client has gone is noticed only when something is written to it.
    keepAliveMs: options.limits.keepAliveMs,
    onerror: (error) => console.error("mcp", inOneLine(error.message)),
  });
  return handler.fetch(request, body === undefined ? {} : { parsedBody: body });
}

/** A client's words stand in it: their control characters must not reach the operator's terminal. */
function inOneLine(text: string): string {
  return JSON.stringify(text.slice(0, 500)).replaceAll(/[\u007f-\u009f]/g, "?");
}

function toolCallOf(body: unknown): { tool: string; code: unknown } | undefined {
  const { method, params } = (body ?? {}) as { method?: unknown; params?: unknown };
  if (method !== "tools/call") return undefined;
  const { name, arguments: given } = (params ?? {}) as { name?: unknown; arguments?: unknown };
  return { tool: typeof name === "string" ? name : "", code: ((given ?? {}) as { code?: unknown }).code };
}

function createServer({ title, runTool, readOnly, context, limits }: McpOptions): Server {
  const tools = toolsFor(readOnly, context);
  const server = new Server(
    { name: "twofold", version: "0.1.0", title: `${shortTitle(title)} (Twofold)` },
    { capabilities: { tools: {} }, instructions: instructions(title) },
  );
  server.setRequestHandler("tools/list", () => ({ tools }));
  server.setRequestHandler("tools/call", async ({ params }, { mcpReq }) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (tool === undefined) {
      return {
        isError: true,
        content: [
          {
            type: "text",
            text: `There is no tool ${JSON.stringify(params.name)}. The tools are search and execute.`,
          },
        ],
      };
    }
    try {
      const onProgress = progressReporter(mcpReq, limits);
      return await runTool(tool.name as ToolName, params.arguments?.["code"], {
        signal: mcpReq.signal,
        ...(onProgress && { onProgress }),
      });
    } catch (error) {
      // What went wrong here is for the operator's log: an error of the host may know what no model should.
      console.error("tool failed", error);
      return {
        isError: true,
        content: [
          {
            type: "text",
            text: "Twofold itself failed on this program; it is a fault of the server. A retry may help once.",
          },
        ],
      };
    }
  });
  return server;
}

/** A progress note is a glance at what happens; the answer has it whole. */
const noteChars = 200;

function progressReporter(
  { _meta, notify }: ServerContext["mcpReq"],
  limits: Limits,
): ((message: string) => void) | undefined {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let progress = 0;
  return (text) => {
    progress += 1;
    if (progress > limits.progressNotes) return;
    const message = text.length > noteChars ? `${text.slice(0, noteChars)}…` : text;
    const params = { progressToken, progress, message };
    // A note that cannot be delivered changes nothing: the client has gone, and the signal says so.
    notify({ method: "notifications/progress", params }).catch(() => undefined);
  };
}
