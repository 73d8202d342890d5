import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Message, ToolCall } from "../../bench/tasks/chat-completions.ts";
import type { Program } from "../../bench/tasks/task.ts";

interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  body: { model: string; messages: Message[]; tools: { function: { name: string; parameters: object } }[] };
}

/** An endpoint on loopback that speaks chat completions; what it says is the test's. */
export async function startChatEndpoint(answer: (asked: Asked, response: ServerResponse, n: number) => void) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked["body"];
      const one = { path: request.url ?? "", headers: request.headers, body };
      asked.push(one);
      answer(one, response, asked.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function say(response: ServerResponse, content: string | null, calls: [string, string][] = []): void {
  const tool_calls: ToolCall[] = calls.map(([name, text], n) => ({
    id: `call_${n}`,
    type: "function",
    function: { name, arguments: text },
  }));
  const message = { role: "assistant", content, ...(calls.length > 0 && { tool_calls }) };
  const usage = { prompt_tokens: 100, completion_tokens: 10 };
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ choices: [{ message }], usage }));
}

/** A model that knows the tasks: it sends their programs one after the other, then says what the last one returned. */
export function replay(tasks: readonly { asks: string; programs: readonly Program[] }[]) {
  return ({ body: { messages } }: Asked, response: ServerResponse): void => {
    const question = messages.find(({ role }) => role === "user")?.content;
    const task = tasks.find(({ asks }) => asks === question);
    const program = task?.programs[messages.filter(({ role }) => role === "assistant").length];
    if (program === undefined)
      return say(response, `It is: ${messages.at(-1)?.content?.split("\nrun r_")[0]}`);
    return say(response, null, [[program.tool, JSON.stringify({ code: program.code })]]);
  };
}
