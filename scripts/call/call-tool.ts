import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

type ToolName = "search" | "execute";

interface Call {
  url: URL;
  token: string | undefined;
  tool: ToolName;
  code: string;
}

interface Answer {
  /** The first content block: the result alone, or the error. */
  result: string;
  /** Logs, what was left out, the run line. */
  notes: string[];
  failed: boolean;
}

export const isTool = (name: string): name is ToolName => name === "search" || name === "execute";

/** Calls one tool of a Twofold server. Throws one clear sentence when the server cannot be talked to. */
export async function callTool({ url, token, tool, code }: Call): Promise<Answer> {
  const client = new Client({ name: "twofold-call", version: "1.0.0" });
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
    const answer = await client.callTool({ name: tool, arguments: { code } });
    const [result = "", ...notes] = answer.content.map((block) =>
      block.type === "text" ? block.text : JSON.stringify(block),
    );
    return { result, notes, failed: answer.isError === true };
  } catch (error) {
    throw new Error(explain(error, url), { cause: error });
  } finally {
    await client.close().catch(() => {});
  }
}

function explain(error: unknown, url: URL): string {
  if (codesOf(error).some((code) => code === "ECONNREFUSED")) {
    return `Nothing listens at ${url.href}. Start Twofold first: npm start`;
  }
  if (codesOf(error).some((code) => code === "ENOTFOUND" || code === "EAI_AGAIN")) {
    return `The host ${url.hostname} is not known. Check --url.`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return `${url.href} did not answer as an MCP server: ${message}. Check --url, and --token where it needs one.`;
}

/** The system error codes in a chain of causes; fetch wraps them once or twice. */
function codesOf(error: unknown): unknown[] {
  if (typeof error !== "object" || error === null) return [];
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  return [code, ...codesOf(cause), ...(errors ?? []).flatMap(codesOf)];
}
