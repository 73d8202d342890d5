// One MCP request → its response. Never sees a credential, the loader or the API's address: tools are run by a function it is given.

import { Server } from "@modelcontextprotocol/server";
import type { CallToolResult } from "@modelcontextprotocol/server";
import { createMcpHandler } from "agents/mcp/server";
import type { Limits } from "../limits.ts";
import { readJsonRpc } from "./read-json-rpc.ts";
import { instructions, shortTitle, tools } from "./tools.ts";
import type { ToolName } from "./tools.ts";

export type RunTool = (tool: ToolName, code: unknown) => Promise<CallToolResult>;

export async function handleMcp(
  request: Request,
  options: { title: string; runTool: RunTool; limits: Limits },
): Promise<Response> {
  const body = await readJsonRpc(request, options.limits);
  if (body instanceof Response) return body;
  const handler = createMcpHandler(() => createServer(options), {
    route: new URL(request.url).pathname,
    // Host and Origin were checked before this room was entered, ports and schemes included.
    allowedHostnames: [new URL(request.url).hostname],
    allowedOriginHostnames: "*",
    corsOptions: false,
    onerror: (error) => console.error("mcp", error.message),
  });
  return handler.fetch(request, body === undefined ? {} : { parsedBody: body });
}

function createServer({ title, runTool }: { title: string; runTool: RunTool }): Server {
  const server = new Server(
    { name: "twofold", version: "0.1.0", title: `${shortTitle(title)} (Twofold)` },
    { capabilities: { tools: {} }, instructions: instructions(title) },
  );
  server.setRequestHandler("tools/list", () => ({ tools }));
  server.setRequestHandler("tools/call", async ({ params }) => {
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
      return await runTool(tool.name as ToolName, params.arguments?.["code"]);
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
