import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

export interface Asked {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
  /** The body as JSON; undefined when it is none. */
  json: unknown;
}

/** Milliseconds one step may take. */
const patience = 15_000;

/** One request with exactly these headers, no redirect followed: fetch would not let a caller set Host or Origin. */
export function ask(
  url: URL,
  {
    method = "GET",
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Asked> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = send(url.href, { method, headers, timeout: patience }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (text.length > 1_000_000) sent.destroy(new Error("the answer is larger than 1 MB"));
      });
      response.on("end", () => {
        const flat = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(flat) as Record<string, string>,
          text,
          json: parse(text),
        });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${patience / 1000} s`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A JSON-RPC call, answered as JSON or as the one event of a stream. */
export function askMcp(
  url: URL,
  method: string,
  params: object,
  headers: Record<string, string> = {},
): Promise<Asked> {
  return ask(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text);
  } catch {
    return undefined;
  }
}
