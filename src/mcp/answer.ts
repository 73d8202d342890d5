// Outcome → what the model reads. The result stands alone in the first block, so that nothing of ours mixes with it.

import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Outcome, Position } from "../sandbox/outcome.ts";

/** What a run did, for the answer's last line; `search` has none. */
type RunReport = {
  id: string;
  milliseconds: number;
  calls: {
    method: string;
    path: string;
    effect: "read" | "write" | "delete";
    status: number | string;
    attempts?: number;
  }[];
  /** Days the whole result can be read again, when it is more than was shown. */
  keptDays?: number;
  /** Whether that is more than a program should hold at once. */
  keptLarge?: boolean;
  /** Lists of which one page was read and no more, a line each. */
  unread?: string[];
};

export function toAnswer(outcome: Outcome, code: unknown, run?: RunReport): CallToolResult {
  const failed = outcome.kind !== "ok";
  const notes = [
    ...(outcome.kind === "refused" || outcome.logs.length === 0 ? [] : ["Console:", ...outcome.logs, ""]),
    ...(outcome.kind === "ok" && outcome.note !== undefined ? [outcome.note] : []),
    ...(run?.keptDays === undefined
      ? []
      : [
          `The whole value is kept for ${run.keptDays} days: ${run.keptLarge === true ? `for await (const item of results.items("${run.id}"))` : `await results.get("${run.id}")`} in execute, and nothing is called again.`,
        ]),
    ...(run !== undefined &&
    run.calls.length > 0 &&
    (failed || run.calls.some(({ status }) => status === "in flight"))
      ? ["Calls made, in order:", ...callLines(run.calls)]
      : []),
    ...(failed && run?.calls.some(mayHaveChanged) === true
      ? ["What these calls changed stays changed: before running it again, leave out what is done."]
      : []),
    ...(run === undefined ? [] : [...(failed ? [] : (run.unread ?? [])), runLine(run)]),
  ];
  const content: CallToolResult["content"] = [{ type: "text", text: mainText(outcome, code) }];
  if (outcome.kind === "ok" && outcome.image !== undefined)
    content.unshift({ type: "image", ...outcome.image });
  if (notes.length > 0) content.push({ type: "text", text: notes.join("\n") });
  return failed ? { content, isError: true } : { content };
}

function mainText(outcome: Outcome, code: unknown): string {
  switch (outcome.kind) {
    case "ok":
      return outcome.text;
    case "program-error":
      return `${outcome.name}: ${outcome.message}${excerpt(code, outcome.position)}`;
    case "refused":
      return `The program was not run. ${outcome.message}${excerpt(code, outcome.position)}`;
    case "limit":
      return limitText(outcome) + excerpt(code, outcome.position);
    default:
      return outcome satisfies never;
  }
}

function limitText({ limit, maximum }: Extract<Outcome, { kind: "limit" }>): string {
  switch (limit) {
    case "outcome":
      return `The result is larger than ${maximum} characters. Return less.`;
    case "time":
      return `The program ran longer than ${maximum / 1000} s and was ended. Do less in one run; what it called is listed below.`;
    case "busy":
      return `The program kept the processor busy for ${maximum / 1000} s and was ended. It looks like an endless loop: give each loop an end.`;
    case "stopped":
      return "Somebody stopped the run. What it called until then is listed below; nothing more was sent. Do not run it again unless you are asked to.";
    case "cancelled":
      return "The client ended the run. What it called until then is listed below.";
    case "memory":
      return `The program used more than ${maximum} MB of memory and was ended. Keep only the fields you need.`;
    default:
      return limit satisfies never;
  }
}

/** Three lines of the program around a place, with a caret under it. */
function excerpt(code: unknown, position: Position | undefined): string {
  if (position === undefined || typeof code !== "string") return "";
  const lines = code.split(/\r?\n/);
  // A caret may stand behind the last line; nothing else is shown there.
  while (lines.length > position.line && lines.at(-1)?.trim() === "") lines.pop();
  const first = Math.max(1, position.line - 1);
  const shown: string[] = [];
  for (let number = first; number <= Math.min(lines.length, position.line + 1); number += 1) {
    const text = (lines[number - 1] ?? "").replaceAll("\t", " ");
    const cut = Math.max(0, number === position.line ? position.column - 80 : 0);
    const gutter = `${String(number).padStart(4)} | `;
    shown.push(gutter + text.slice(cut, cut + 120));
    if (number === position.line) shown.push(`${" ".repeat(gutter.length + position.column - 1 - cut)}^`);
  }
  return `\nat line ${position.line}, column ${position.column}:\n${shown.join("\n")}`;
}

/** Whether running the program again could do something twice. A client's error (4xx) was carried out by nobody. */
function mayHaveChanged({ effect, status }: RunReport["calls"][number]): boolean {
  const isRefused = status === "not sent" || (typeof status === "number" && status >= 400 && status < 500);
  return effect !== "read" && !isRefused;
}

/** One line a call; equal calls in a row share theirs. */
function callLines(calls: RunReport["calls"]): string[] {
  const lines: { text: string; times: number }[] = [];
  for (const { method, path, status, attempts = 1 } of calls) {
    const text = `  ${method} ${path} → ${status}${attempts === 1 ? "" : ` (${attempts} attempts)`}`;
    const last = lines.at(-1);
    if (last?.text === text) last.times += 1;
    else lines.push({ text, times: 1 });
  }
  return lines.map(({ text, times }) => (times === 1 ? text : `${text} × ${times}`));
}

function runLine({ id, milliseconds, calls }: RunReport): string {
  const methods = counted(calls.map(({ method }) => method)).map(([method, count]) => `${count} ${method}`);
  const failed = counted(calls.map(({ status }) => status).filter((status) => Number(status) >= 400)).map(
    ([status, count]) => (count === 1 ? `one answered ${status}` : `${count} answered ${status}`),
  );
  const detail = [methods.join(", "), ...failed].join("; ");
  return `run ${id} · ${calls.length} ${calls.length === 1 ? "call" : "calls"}${detail === "" ? "" : ` (${detail})`} · ${milliseconds} ms`;
}

function counted<T>(values: T[]): [T, number][] {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts];
}
