import {
  Client,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";

type ToolName = "search" | "execute";

interface Call {
  url: URL;
  token: string | undefined;
  tool: ToolName;
  code: string;
  /** Told once, with a sentence for the person who waits, when the answer takes longer than a program usually does. */
  onSlow: (sentence: string) => void;
}

/** Milliseconds. Most runs take well under one second; one may take 50. */
const slowAfter = 5_000;

const wayOut =
  "look at its runs with npm run runs, where one can be stopped; if that is silent too, end npm start with Ctrl-C and start it again";

interface Answer {
  /** The first content block: the result alone, or the error. */
  result: string;
  /** Logs, what was left out, the run line. */
  notes: string[];
  failed: boolean;
}

export const isTool = (name: string): name is ToolName => name === "search" || name === "execute";

/** Calls one tool of a Twofold server. Throws one clear sentence when the server cannot be talked to. */
export async function callTool({ url, token, tool, code, onSlow }: Call): Promise<Answer> {
  const client = new Client({ name: "twofold-call", version: "1.0.0" });
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const slow = setTimeout(
    () => onSlow(`No answer yet; a program may take 50 s. To see what goes on, ${wayOut}.`),
    slowAfter,
  );
  const broken = Promise.withResolvers<never>();
  // The client itself would wait for the rest of an answer that cannot come until its time is over.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it is no EventTarget
  client.onerror = (error) => {
    if (error.message.startsWith("SSE stream disconnected")) broken.reject(new ConnectionLost());
  };
  broken.promise.catch(() => {});
  try {
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
    const called = client.callTool({ name: tool, arguments: { code } });
    const answer = await Promise.race([called, broken.promise]);
    const [result = "", ...notes] = answer.content.map((block) =>
      block.type === "text" ? block.text : JSON.stringify(block),
    );
    return { result, notes, failed: answer.isError === true };
  } catch (error) {
    throw new Error(explain(error, url, token), { cause: error });
  } finally {
    clearTimeout(slow);
    await client.close().catch(() => {});
  }
}

class ConnectionLost extends Error {}

function explain(error: unknown, url: URL, token: string | undefined): string {
  if (error instanceof ConnectionLost)
    return `The connection to ${url.href} broke before the answer came. What the program had called by then stands: npm run runs shows it.`;
  if (codesOf(error).some((code) => code === "ECONNREFUSED")) {
    return `Nothing listens at ${url.href}. Start Twofold first: npm start. Or name another server with --url.`;
  }
  if (codesOf(error).some((code) => code === "ENOTFOUND" || code === "EAI_AGAIN")) {
    return `The host ${url.hostname} is not known. Check --url.`;
  }
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) {
    return `${url.href} did not answer in time. To see what goes on, ${wayOut}.`;
  }
  if (error instanceof SdkHttpError && error.status === 401) {
    return token === undefined
      ? `${url.href} needs a token: --token or TWOFOLD_TOKEN.`
      : `${url.href} needs another token: the one given with --token or TWOFOLD_TOKEN is not its MCP_TOKEN.`;
  }
  const refusal = error instanceof SdkHttpError ? refusalIn(error.data.text) : undefined;
  if (refusal !== undefined) return `${url.href} refused the call: ${refusal}`;
  const message = error instanceof Error ? error.message : String(error);
  return `${url.href} did not answer as an MCP server: ${message}. Check --url, and --token where it needs one.`;
}

/** The sentence in a refusal of Twofold, which is a JSON-RPC error. */
function refusalIn(body: unknown): string | undefined {
  try {
    const { error } = JSON.parse(String(body)) as { error?: { message?: unknown } };
    return typeof error?.message === "string" ? error.message : undefined;
  } catch {
    return undefined;
  }
}

/** The system error codes in a chain of causes; fetch wraps them once or twice. */
function codesOf(error: unknown): unknown[] {
  if (typeof error !== "object" || error === null) return [];
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  return [code, ...codesOf(cause), ...(errors ?? []).flatMap(codesOf)];
}
