// One task, each way from the same beginning, judged by what the API holds in the end.

import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { instructions, tools } from "../../src/mcp/tools.ts";
import { type ToolStyle, operationTools } from "../operation-tools.ts";
import type { Model } from "./chat-completions.ts";
import { type Exchange, type Measured, measure, oneAtATime } from "./context.ts";
import { judge } from "./judge.ts";
import { mcpOf, solveWithCalls, solveWithPrograms, withheld } from "./solve.ts";
import { solveWithModel } from "./solve-with-model.ts";
import type { TaskApi } from "./task-api.ts";
import type { Kind, Task } from "./task.ts";

interface Way {
  /** Nothing when it came out right. */
  wrong: string[];
  answer: string;
  measured: Measured;
  /** Tokens of each call and its answer, reply by reply. */
  exchanges: { tool: string; call: number; answer: number }[][];
}

export interface TaskResult {
  api: string;
  id: string;
  kind: Kind;
  asks: string;
  /** Tokens of the tools' definitions, with Twofold's instructions. */
  definitions: { twofold: number; calls: number; required: number };
  twofold: Way;
  /** With the definitions in full, and calls that do not need each other in one reply. */
  calls: Way;
  /** The same with one call a reply, and with required inputs only. */
  callsOneAtATime: Measured;
  callsRequired: Measured;
  beyondCalls?: string;
  model?: Way & { usage: { input: number; output: number } };
}

/** Definitions are long and the same for every task of an API. */
const counted = new Map<string, number>();
const count = (text: string): number => {
  if (text.length < 2_000) return countTokens(text);
  const known = counted.get(text) ?? countTokens(text);
  counted.set(text, known);
  return known;
};

/** As clients put them before a model. */
const listed = tools.map(({ name, description = "", inputSchema }) => ({ name, description, inputSchema }));

function wayOf(
  opening: readonly string[],
  { turns, answer }: { turns: Exchange[][]; answer: string },
  wrong: string[],
): Way {
  const exchanges = turns.map((turn) =>
    turn.map(({ call, answer: text }) => ({
      tool: (JSON.parse(call) as { name: string }).name,
      call: count(call),
      answer: count(text),
    })),
  );
  return { wrong, answer, measured: measure(opening, turns, count), exchanges };
}

export async function runTask<State>(
  api: TaskApi<State>,
  task: Task<State>,
  model?: Model,
): Promise<TaskResult> {
  const title = (api.document["info"] as { title?: string } | undefined)?.title ?? "API";
  const system = instructions(title);
  const ours = [JSON.stringify(listed), system];
  const full = JSON.stringify(toolsOf(api, task, "full"));
  const required = JSON.stringify(toolsOf(api, task, "required"));

  const judged = async <T extends { turns: Exchange[][]; answer: string }>(solve: () => Promise<T>) => {
    const beginning = structuredClone(api.base);
    task.begins?.(beginning);
    await api.write(beginning);
    const before = await api.read();
    const solved = await solve();
    return { solved, wrong: judge(task, { before, after: await api.read(), answer: solved.answer }) };
  };

  const programs = await judged(() => solveWithPrograms(api, task));
  const calls = await judged(() => solveWithCalls(api, task));
  const result: TaskResult = {
    api: api.name,
    id: task.id,
    kind: task.kind,
    asks: task.asks,
    definitions: {
      twofold: ours.reduce((sum, text) => sum + count(text), 0),
      calls: count(full),
      required: count(required),
    },
    twofold: wayOf([...ours, task.asks], programs.solved, [...programs.solved.wrong, ...programs.wrong]),
    calls: wayOf([full, task.asks], calls.solved, calls.wrong),
    callsOneAtATime: measure([full, task.asks], oneAtATime(calls.solved.turns), count),
    callsRequired: measure([required, task.asks], calls.solved.turns, count),
    ...(task.beyondCalls !== undefined && { beyondCalls: task.beyondCalls }),
  };
  if (model === undefined) return result;
  const mcp = mcpOf(api, task);
  try {
    const callTool = async (name: string, code: string) => (await mcp.call(name, code)).join("\n");
    const { solved, wrong } = await judged(() =>
      solveWithModel(model, { system, question: task.asks, tools: listed, callTool }),
    );
    const { usage, cut } = solved;
    const way = wayOf([...ours, task.asks], solved, cut === undefined ? wrong : [cut]);
    return { ...result, model: { ...way, usage } };
  } finally {
    mcp.close();
  }
}

/** Of the operations that a server like this one would offer as tools. */
function toolsOf<State>(api: TaskApi<State>, task: Task<State>, style: ToolStyle): object[] {
  const without = withheld(api, task);
  const paths = Object.entries(api.document["paths"] as Record<string, Record<string, unknown>>).map(
    ([path, item]) => [
      path,
      Object.fromEntries(Object.entries(item).filter(([method]) => !without(method, path))),
    ],
  );
  const document = { ...api.document, paths: Object.fromEntries(paths) as object };
  return operationTools(document, style).map((make) => make());
}
