// One MCP client over kept-alive connections, one if not told otherwise, as thin as can be: what is timed is the server.

import { Agent, request } from "node:http";

const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };

export class McpClient {
  #agent: Agent;
  #url: string;

  #headers: Record<string, string>;

  constructor(url: string, { connections = 1, token = "" } = {}) {
    this.#url = url;
    this.#headers = token === "" ? headers : { ...headers, authorization: `Bearer ${token}` };
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** The first text of a tool's answer. Rejects when the tool answered with an error. */
  async callTool(name: string, code: string): Promise<string> {
    const { isError, texts } = await this.answerOf(name, code);
    if (isError) throw new Error(`${name} failed: ${texts[0]}`);
    return texts[0] ?? "";
  }

  /** All texts of a tool's answer, an error or not. */
  async answerOf(name: string, code: string): Promise<{ isError: boolean; texts: string[] }> {
    const { result, error } = await this.ask<{ isError?: boolean; content: { text?: string }[] }>(
      "tools/call",
      { name, arguments: { code } },
    );
    if (result === undefined) return { isError: true, texts: [error?.message ?? "no result"] };
    return { isError: result.isError === true, texts: result.content.map(({ text = "" }) => text) };
  }

  /** Any other request of the protocol. */
  async ask<Result>(
    method: string,
    params: object = {},
  ): Promise<{ result?: Result; error?: { message: string } }> {
    const answer = await this.#post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    // The last: notes of progress come before it.
    const data = [...answer.matchAll(/^data: ([^\r\n]*)/gm)].at(-1)?.[1] ?? answer;
    return JSON.parse(data) as { result?: Result; error?: { message: string } };
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = {
        method: "POST",
        agent: this.#agent,
        headers: { ...this.#headers, "content-length": Buffer.byteLength(body) },
        signal: AbortSignal.timeout(60_000),
      };
      const sent = request(this.#url, options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve(text));
        response.on("error", reject);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }
}
