import { request } from "node:http";

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** One POST with exactly these headers: Node's fetch would not let a test set Host. */
export function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Answered> {
  const defaults = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: "POST", headers: { ...defaults, ...headers }, timeout: 60_000 },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("no answer within 60 s")));
    sent.on("error", reject);
    sent.end(body);
  });
}

export interface ToolAnswer {
  isError: boolean;
  /** The first block: the result or the error alone. */
  text: string;
  /** The second block: logs, calls and the run line; empty when there is none. */
  notes: string;
  raw: string;
}

/** Calls a tool by plain JSON-RPC, without a client library between the test and the wire. */
export async function callTool(
  base: string,
  tool: string,
  args: unknown,
  headers: Record<string, string> = {},
): Promise<ToolAnswer> {
  const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tool, arguments: args } };
  const answered = await post(`${base}/mcp`, JSON.stringify(message), headers);
  const data = /^data: ([^\r\n]*)/m.exec(answered.text)?.[1] ?? answered.text;
  const { result } = JSON.parse(data) as {
    result?: { isError?: boolean; content: { type: string; text: string }[] };
  };
  if (result === undefined) throw new Error(`no result: ${answered.status} ${answered.text}`);
  return {
    isError: result.isError === true,
    text: result.content[0]?.text ?? "",
    notes: result.content[1]?.text ?? "",
    raw: answered.text,
  };
}

/** The result of a program, parsed; fails when the tool answered with an error. */
export async function run(base: string, tool: "search" | "execute", code: string): Promise<unknown> {
  const answer = await callTool(base, tool, { code });
  if (answer.isError) throw new Error(`${answer.text}\n${answer.notes}`);
  return JSON.parse(answer.text);
}
