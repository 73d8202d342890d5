// A task, done by a model with the two tools: it calls until it answers, or until it has had its share.

import { callText, type Exchange } from "./context.ts";
import { complete, type Message, type Model, type ModelLimits, type ToolCall } from "./chat-completions.ts";

interface Conversation {
  answer: string;
  turns: Exchange[][];
  usage: { input: number; output: number };
  /** Why it ended before the model answered. */
  cut?: string;
}

interface Asked {
  system: string;
  question: string;
  tools: readonly { name: string; description?: string; inputSchema: object }[];
  callTool(name: string, code: string): Promise<string>;
  limits?: ModelLimits;
}

/** Replies of the model to one question: the references need five at most. */
const mostReplies = 16;
/** Calls of one reply: no task needs several at once. */
const mostCalls = 8;

export async function solveWithModel(model: Model, asked: Asked): Promise<Conversation> {
  const messages: Message[] = [
    { role: "system", content: asked.system },
    { role: "user", content: asked.question },
  ];
  const tools = asked.tools.map(({ name, description, inputSchema }) => ({
    type: "function",
    function: { name, description, parameters: inputSchema },
  }));
  const turns: Exchange[][] = [];
  const usage = { input: 0, output: 0 };
  while (turns.length < mostReplies) {
    let reply;
    try {
      reply = await complete(model, { messages, tools }, asked.limits);
    } catch (error) {
      return { answer: "", turns, usage, cut: (error as Error).message };
    }
    usage.input += reply.usage.input;
    usage.output += reply.usage.output;
    const { content, toolCalls } = reply;
    if (toolCalls.length === 0) return { answer: content, turns, usage };
    messages.push({ role: "assistant", content: content === "" ? null : content, tool_calls: toolCalls });
    const turn: Exchange[] = [];
    for (const [n, call] of toolCalls.entries()) {
      const answer =
        n < mostCalls ? await carryOut(call, asked) : `Not carried out: at most ${mostCalls} calls at once.`;
      messages.push({ role: "tool", tool_call_id: call.id, content: answer });
      turn.push({ call: callText(call.function.name, call.function.arguments), answer });
    }
    turns.push(turn);
  }
  return { answer: "", turns, usage, cut: `no answer after ${mostReplies} replies` };
}

/** What is wrong with a call is for the model to read, as any server would answer it. */
async function carryOut({ function: { name, arguments: text } }: ToolCall, asked: Asked): Promise<string> {
  const names = asked.tools.map((tool) => tool.name);
  if (!names.includes(name))
    return `There is no tool called ${name.slice(0, 80)}. The tools are ${names.join(" and ")}.`;
  let code: unknown;
  try {
    ({ code } = JSON.parse(text) as { code?: unknown });
  } catch {
    return "The arguments are no JSON. They must be an object with code, a text.";
  }
  if (typeof code !== "string") return "The arguments must be an object with code, a text.";
  return asked.callTool(name, code).catch((error: Error) => `The tool did not answer: ${error.message}`);
}
