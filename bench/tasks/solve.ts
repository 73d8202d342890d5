// A task, done: by its programs over MCP, and by its single calls over HTTP. Each leaves what entered the model's context.

import { McpClient } from "../mcp-client.ts";
import { callText, type Exchange } from "./context.ts";
import { operationCaller } from "./operation-caller.ts";
import { undescribed } from "./programs.ts";
import type { TaskApi } from "./task-api.ts";
import type { CallAnswer, Task } from "./task.ts";

interface Solved {
  turns: Exchange[][];
  answer: string;
  /** What was wrong on the way, whatever came out. */
  wrong: string[];
}

/** Twofold's endpoint for a task, and one call of a tool as a client hands its answer to a model. */
export function mcpOf<State>(api: TaskApi<State>, { readOnly }: Task<State>) {
  const client = new McpClient(readOnly === true ? `${api.mcp}?readonly` : api.mcp);
  return {
    call: async (tool: string, code: string) => (await client.answerOf(tool, code)).texts,
    close: () => client.close(),
  };
}

export async function solveWithPrograms<State>(api: TaskApi<State>, task: Task<State>): Promise<Solved> {
  const mcp = mcpOf(api, task);
  const turns: Exchange[][] = [];
  let answer = "";
  try {
    for (const { tool, code } of task.programs) {
      const texts = await mcp.call(tool, code);
      turns.push([{ call: callText(tool, { code }), answer: texts.join("\n") }]);
      // The result alone: the line on the run has numbers too.
      answer = texts[0] ?? "";
    }
  } finally {
    mcp.close();
  }
  const unknown = undescribed(
    task.programs,
    turns.flat().map((exchange) => exchange.answer),
  );
  return {
    turns,
    answer,
    wrong: unknown.map((path) => `a program calls ${path}, which no search described`),
  };
}

/** Which operations are no tools of a server of one tool an operation that lets through what Twofold does. */
export function withheld<State>(api: TaskApi<State>, { readOnly }: Task<State>) {
  return (method: string, path: string) =>
    (readOnly === true && method !== "get") || api.isDenied(method, path);
}

export async function solveWithCalls<State>(api: TaskApi<State>, task: Task<State>): Promise<Solved> {
  const call = operationCaller({ ...api, without: withheld(api, task) });
  const turns: Exchange[][] = [];
  const together = async (calls: readonly (readonly [string, Record<string, unknown>])[]) => {
    const answers: CallAnswer[] = [];
    for (const [operation, args] of calls) answers.push(await call(operation, args));
    turns.push(
      calls.map(([operation, args], n) => ({
        call: callText(operation, args),
        answer: answers[n]?.text ?? "",
      })),
    );
    return answers;
  };
  const one = async (operation: string, args: Record<string, unknown> = {}) =>
    (await together([[operation, args]]))[0] as CallAnswer;
  const answer = await task.calls({ one, together });
  return { turns, answer, wrong: [] };
}
