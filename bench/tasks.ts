// Thirty tasks over two real APIs, by programs with Twofold's two tools and by single calls with one tool an operation:
// replies, bytes and tokens of each, and whether it came out right. No model takes part, unless MODEL_URL names one.

import { findPowerdns, howToInstall } from "../scripts/powerdns/find-powerdns.ts";
import type { BenchOptions } from "./options.ts";
import type { Row, Section } from "./row.ts";
import { type Model, readModel } from "./tasks/chat-completions.ts";
import type { Measured } from "./tasks/context.ts";
import { d1Tasks } from "./tasks/playground-d1.ts";
import { kvTasks } from "./tasks/playground-kv.ts";
import { r2Tasks } from "./tasks/playground-r2.ts";
import type { PlaygroundState } from "./tasks/playground-state.ts";
import { valueTasks } from "./tasks/playground-values.ts";
import { dnsCreates } from "./tasks/powerdns-creates.ts";
import { dnsFixes } from "./tasks/powerdns-fixes.ts";
import { dnsReads } from "./tasks/powerdns-reads.ts";
import type { DnsState } from "./tasks/powerdns-state.ts";
import { runTask, type TaskResult } from "./tasks/run-task.ts";
import { startPlayground } from "./tasks/start-playground.ts";
import type { TaskApi } from "./tasks/task-api.ts";
import type { Task } from "./tasks/task.ts";

export const playgroundTasks: readonly Task<PlaygroundState>[] = [
  ...kvTasks,
  ...valueTasks,
  ...d1Tasks,
  ...r2Tasks,
];
export const powerdnsTasks: readonly Task<DnsState>[] = [...dnsReads, ...dnsCreates, ...dnsFixes];

export async function tasksSection({ progress, model: isAsked }: BenchOptions): Promise<Section> {
  const model = readModel(process.env);
  if (isAsked && model === undefined)
    throw new Error(
      "--model needs MODEL_URL, the address of an OpenAI-compatible API, with MODEL_NAME and, where it asks for one, MODEL_KEY.",
    );
  if (model !== undefined) progress(`${model.name} at ${new URL(model.url).host} does each task as well`);
  const options = { progress, ...(model !== undefined && { model }) };
  const results = await over(() => startPlayground(), playgroundTasks, options);
  const installed = findPowerdns();
  if (installed === undefined) progress(`${powerdnsTasks.length} tasks are left out. ${howToInstall}`);
  else {
    // Its SQLite makes Node warn where nobody asked for it.
    const { startPowerdns } = await import("./tasks/start-powerdns.ts");
    results.push(...(await over(() => startPowerdns(installed), powerdnsTasks, options)));
  }
  return report(results, { isWhole: installed !== undefined, model });
}

async function over<State>(
  start: () => Promise<TaskApi<State>>,
  tasks: readonly Task<State>[],
  { progress, model }: { progress: (message: string) => void; model?: Model },
): Promise<TaskResult[]> {
  const api = await start();
  const results: TaskResult[] = [];
  try {
    for (const task of tasks) {
      const result = await runTask(api, task, model);
      results.push(result);
      const said = [...result.twofold.wrong, ...(result.model?.wrong ?? []).map((why) => `model: ${why}`)];
      progress(`${task.id}${said.length === 0 ? "" : `: ${said.join("; ")}`}`);
    }
  } finally {
    await api.stop();
  }
  return results;
}

function report(
  results: readonly TaskResult[],
  { isWhole, model }: { isWhole: boolean; model: Model | undefined },
): Section {
  const rows = results.map(rowOf);
  const sum = (of: (result: TaskResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const pair = (what: string, ours: number, theirs: number): Row => ({
    what: `all: ${what}`,
    got: `${grouped(ours)} : ${grouped(theirs)}  ${quotient(theirs, ours)}`,
    value: theirs / ours,
  });
  const both = (what: string, key: keyof Measured): Row =>
    pair(
      what,
      sum(({ twofold }) => twofold.measured[key]),
      sum(({ calls }) => calls.measured[key]),
    );
  const right = (ways: readonly ({ wrong: string[] } | undefined)[]) =>
    ways.filter((way) => way?.wrong.length === 0).length;
  const tokens = sum(({ twofold }) => twofold.measured.tokens);
  const alone = {
    twofold: sum((one) => besides(one, "twofold")),
    calls: sum((one) => besides(one, "calls")),
  };
  // Those of a server that withholds nothing.
  const once = (whose: "twofold" | "calls") =>
    [...Map.groupBy(results, ({ api }) => api).values()]
      .map((ofApi) => Math.max(...ofApi.map(({ definitions }) => definitions[whose])))
      .reduce((total, most) => total + most, alone[whose]);
  const searched = sum(({ twofold: { exchanges } }) =>
    exchanges.flat().reduce((total, { tool, answer }) => total + (tool === "search" ? answer : 0), 0),
  );
  rows.push(
    {
      what: "all: right, by what the API holds and the answer says",
      got: `${right(results.map(({ twofold }) => twofold))} : ${right(results.map(({ calls }) => calls))} of ${results.length}`,
    },
    both("replies of the model", "replies"),
    both("calls of a tool", "calls"),
    both("bytes in the context, each once", "bytes"),
    both("tokens in the context, each once", "tokens"),
    pair(
      "the same, tools with required inputs only",
      tokens,
      sum(({ callsRequired }) => callsRequired.tokens),
    ),
    pair("the same, one conversation for all tasks of an API", once("twofold"), once("calls")),
    pair("the same without the tools' definitions", alone.twofold, alone.calls),
    { what: "all: of that, answers of search", got: `${grouped(searched)} : 0` },
    both("tokens the model writes", "written"),
    both("tokens read, all replies together", "read"),
    pair(
      "the same, one call a reply",
      sum(({ twofold }) => twofold.measured.read),
      sum(({ callsOneAtATime }) => callsOneAtATime.read),
    ),
  );
  if (model !== undefined) {
    const ways = results.map((result) => result.model);
    rows.push({ what: `${model.name}: right`, got: `${right(ways)} of ${results.length}` });
    rows.push({
      what: `${model.name}: replies; tokens in and out, as its endpoint counts`,
      got: `${sum((result) => result.model?.measured.replies ?? 0)}; ${grouped(sum((result) => result.model?.usage.input ?? 0))} and ${grouped(sum((result) => result.model?.usage.output ?? 0))}`,
    });
  }
  const won = results.filter((result) => besides(result, "calls") < besides(result, "twofold"));
  const fewer = results.filter(({ twofold, calls }) => calls.measured.replies < twofold.measured.replies);
  const mistaken = results.filter(({ twofold }) => twofold.wrong.length > 0);
  return {
    title: "tasks: twofold : a tool an operation",
    rows,
    notes: [
      "A row: replies, tokens in the context each once, and the same without the tools' definitions.",
      "Replies count the last one, which answers the person. Calls that do not need each other's answers are one reply of the single calls.",
      "Each task is a conversation of its own, which reads the definitions; in a long one they enter once.",
      "Read: each reply reads all before it, definitions included; a provider that caches prompts bills most of it at a lower price.",
      "The single calls are those of a model that reads, counts and writes without a mistake; the programs are a model's that looks things up first.",
      `Fewer replies by single calls: ${names(fewer)}.`,
      `Fewer tokens by single calls, definitions aside: ${names(won)}.`,
      ...results.flatMap(({ id, calls, beyondCalls }) =>
        calls.wrong.length === 0 ? [] : [`Single calls, ${id}: ${beyondCalls ?? calls.wrong.join("; ")}.`],
      ),
      ...(isWhole
        ? []
        : [`${powerdnsTasks.length} tasks over PowerDNS were left out: it is not on this machine.`]),
    ],
    ...(mistaken.length > 0 && {
      fault: mistaken
        .map(({ id, twofold }) => `${id} came out wrong: ${twofold.wrong.join("; ")}`)
        .join("\n"),
    }),
    data: results,
  };
}

/** All but the tools' definitions: the question, the calls and their answers. */
function besides(result: TaskResult, whose: "twofold" | "calls"): number {
  return result[whose].measured.tokens - result.definitions[whose];
}

function rowOf(result: TaskResult): Row {
  const { id, kind, twofold, calls } = result;
  const replies = `${twofold.measured.replies} : ${calls.measured.replies}`;
  const [ours, theirs] = [twofold.measured.tokens, calls.measured.tokens];
  const alone = `${grouped(besides(result, "twofold"))} : ${grouped(besides(result, "calls"))}`;
  const sign = (way: { wrong: string[] }) => (way.wrong.length === 0 ? "" : " WRONG");
  return {
    what: `${kind}: ${id}`,
    got: `${replies.padStart(7)}  ${`${grouped(ours)} : ${grouped(theirs)}${sign(twofold)}`.padStart(15)}  ${alone.padStart(15)}`,
    value: theirs / ours,
  };
}

const names = (results: readonly TaskResult[]) => results.map(({ id }) => id).join(", ") || "none";
const grouped = (value: number) => Math.round(value).toLocaleString("en-US");
const quotient = (theirs: number, ours: number) => `${(theirs / ours).toFixed(1)}×`;
