/** As much of a JSON-RPC request as an answer to it needs. */
export interface Message {
  id: string | number | null;
  method: string;
  /** The tool's name, when the method is tools/call. */
  tool?: string;
  /** The program, when it is a text. */
  code?: string;
}

/** Reads a request body; undefined when it is no single JSON-RPC message. */
export function readMessage(body: Uint8Array): Message | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  if (!isRecord(value) || typeof value["method"] !== "string") return undefined;
  const { id, method, params } = value;
  const called = isRecord(params) && method === "tools/call" ? params : {};
  const { name, arguments: given } = called;
  const code = isRecord(given) ? given["code"] : undefined;
  return {
    id: typeof id === "string" || typeof id === "number" ? id : null,
    method,
    ...(typeof name === "string" && { tool: name }),
    ...(typeof code === "string" && { code }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
