// `openApiMcpServer` of @cloudflare/codemode over the same document, as its README wires it.

import { DynamicWorkerExecutor } from "@cloudflare/codemode";
import { openApiMcpServer } from "@cloudflare/codemode/mcp";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { document } from "bench-document";

let spec: Record<string, unknown> | undefined;

export default {
  async fetch(request, env) {
    if (request.method !== "POST") return new Response("peer");
    // Parsed once: the peer is handed an object, and where it came from is not its cost.
    spec ??= JSON.parse(new TextDecoder().decode(document)) as Record<string, unknown>;
    const server = openApiMcpServer({
      spec,
      executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
      request: async () => ({}),
    });
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    return transport.handleRequest(request);
  },
} satisfies ExportedHandler<{ LOADER: WorkerLoader }>;
