// MCP as this page needs it: one stateless POST a message, answered as JSON or as a stream. Never keeps anything between two.

import { readEvents } from "./read-events.ts";
import { Refused, refusedBy, scopesAsked } from "./refused.ts";

/** Sends a request to this origin, with whatever shows who asks. */
export type Send = (path: string, init?: RequestInit) => Promise<Response>;
export type Tool = "search" | "execute";

export type ToolAnswer = {
  isError: boolean;
  /** The result or the error alone; what is said about it; an image, where the result is one. */
  text: string;
  notes: string;
  image?: { data: string; mimeType: string };
  /** Scopes that signing in again would have to ask for, when the run lacked one. */
  scopes: readonly string[];
};

export type ServerFacts = {
  /** The API's name, as the server words it. */
  title: string;
  /** No program can change anything here. */
  readOnly: boolean;
};

type CallOptions = {
  signal?: AbortSignal;
  onProgress?: (message: string) => void;
  /** Has the server refuse every call that is not a reading one. */
  readOnly?: boolean;
};

let lastId = 0;

export async function callTool(
  send: Send,
  tool: Tool,
  code: string,
  { signal, onProgress, readOnly }: CallOptions = {},
): Promise<ToolAnswer> {
  const params = {
    name: tool,
    arguments: { code },
    ...(onProgress && { _meta: { progressToken: `console-${lastId + 1}` } }),
  };
  const path = readOnly ? "/mcp?readonly" : "/mcp";
  const result = await ask(send, path, "tools/call", params, signal, (notice) => {
    const { message } = notice as { message?: unknown };
    if (typeof message === "string") onProgress?.(message);
  });
  return readAnswer(result);
}

export async function readServer(send: Send): Promise<ServerFacts> {
  const { serverInfo } = (await ask(send, "/mcp", "initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "twofold-console", title: "Twofold console", version: "1" },
  })) as { serverInfo?: { title?: string } };
  const { tools = [] } = (await ask(send, "/mcp", "tools/list", {})) as {
    tools?: { name: string; annotations?: { readOnlyHint?: boolean } }[];
  };
  const execute = tools.find(({ name }) => name === "execute");
  return {
    title: (serverInfo?.title ?? "Twofold").replace(/ \(Twofold\)$/, ""),
    readOnly: execute?.annotations?.readOnlyHint === true,
  };
}

async function ask(
  send: Send,
  path: string,
  method: string,
  params: object,
  signal?: AbortSignal,
  onNotice?: (params: unknown) => void,
): Promise<unknown> {
  lastId += 1;
  const id = lastId;
  const response = await send(path, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
    ...(signal && { signal }),
  });
  if (!response.ok || response.body === null) throw await refusedBy(response);
  if ((response.headers.get("content-type") ?? "").startsWith("application/json"))
    return resultOf(await response.json());
  for await (const data of readEvents(response.body)) {
    const message = JSON.parse(data) as { id?: unknown; method?: unknown; params?: unknown };
    if (message.id === id && message.method === undefined) return resultOf(message);
    if (message.method === "notifications/progress") onNotice?.(message.params);
  }
  throw new Refused(0, "The connection ended before the answer came. The run may be found under Runs.");
}

function resultOf(message: unknown): unknown {
  const { result, error } = message as { result?: unknown; error?: { message?: unknown } };
  if (error !== undefined) throw new Refused(200, String(error.message));
  return result;
}

export function readAnswer(result: unknown): ToolAnswer {
  const {
    isError = false,
    content = [],
    _meta: meta = {},
  } = (result ?? {}) as {
    isError?: boolean;
    _meta?: { "mcp/www_authenticate"?: string[] };
    content?: ({ type: "text"; text: string } | { type: "image"; data: string; mimeType: string })[];
  };
  const [text = "", notes = ""] = content.flatMap((block) => (block.type === "text" ? [block.text] : []));
  const image = content.find((block) => block.type === "image");
  const scopes = (meta["mcp/www_authenticate"] ?? []).flatMap(scopesAsked);
  return {
    isError,
    text,
    notes,
    scopes,
    ...(image && { image: { data: image.data, mimeType: image.mimeType } }),
  };
}

/** The run an answer is of, from its last line. */
export function runIdOf(notes: string): string | undefined {
  return /^run (r_\w{1,40}) · /m.exec(notes.split("\n").at(-1) ?? "")?.[1];
}
