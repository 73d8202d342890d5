// What came back from an isolate → an outcome. Never trusts it: a program can have patched whatever made it.

import type { CompiledProgram } from "../compile/compile-program.ts";
import type { Limits } from "../limits.ts";
import type { Outcome } from "./outcome.ts";

export function readOutcome(answer: unknown, program: CompiledProgram, limits: Limits): Outcome {
  if (typeof answer !== "string") return malformed("the isolate did not answer with one string", limits);
  if (answer.length > limits.outcomeChars) {
    return { kind: "limit", limit: "outcome", maximum: limits.outcomeChars, actual: answer.length, logs: [] };
  }
  let parsed: Record<string, unknown>;
  try {
    const value: unknown = JSON.parse(answer);
    if (typeof value !== "object" || value === null) return malformed("the outcome is no object", limits);
    parsed = value as Record<string, unknown>;
  } catch {
    return malformed("the outcome is no JSON", limits);
  }
  const logs = [...readLogs(parsed["logs"], limits), ...readUnfinished(parsed["unfinished"], limits)];
  // Well formed, since half of a surrogate pair is what many JSON readers refuse a whole message for; a cut can make one.
  const text = (key: string, maximum: number) =>
    typeof parsed[key] === "string" ? parsed[key].slice(0, maximum).toWellFormed() : "";
  if (parsed["kind"] === "ok") {
    const result = text("text", limits.resultChars);
    const note = text("note", limits.errorChars);
    const image = readImage(parsed["image"], limits);
    const value = readValue(parsed);
    return { kind: "ok", text: result, ...(note !== "" && { note }), ...(image && { image }), logs, value };
  }
  // Its end: the places stand behind the message, which may be long.
  const stack = typeof parsed["stack"] === "string" ? parsed["stack"].slice(-8 * limits.errorChars) : "";
  const position = program.positionInStack(stack);
  if (parsed["kind"] === "busy") {
    return { kind: "limit", limit: "busy", maximum: limits.busyMs, ...(position && { position }), logs };
  }
  if (parsed["kind"] === "error") {
    return {
      kind: "program-error",
      name: text("name", 100) || "Error",
      message: text("message", limits.errorChars),
      ...(position === undefined ? {} : { position }),
      logs,
    };
  }
  return malformed("the outcome has no kind we know", limits);
}

/** What the value was, whether the text is all of it, and in how many parts the isolate says it sent the whole. */
function readValue({ format, part, parts }: Record<string, unknown>) {
  const known = ["text", "bytes", "nothing"] as const;
  return {
    format: known.find((each) => each === format) ?? ("json" as const),
    whole: part !== true,
    parts: typeof parts === "number" ? parts : 0,
  };
}

/** Calls the program started and did not wait for: they end with the run, done or not. */
function readUnfinished(value: unknown, limits: Limits): string[] {
  const calls = readLogs(value, limits);
  if (calls.length === 0) return [];
  return [
    `Not awaited, and ended with the run, done or not: ${calls.join(", ")}. Write await before each api.request; forEach, map and filter do not wait: use for…of, or await Promise.all(list.map(…)).`,
  ];
}

function readImage(value: unknown, { imageBytes }: Limits): { data: string; mimeType: string } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { data, mimeType } = value as Record<string, unknown>;
  if (
    typeof data !== "string" ||
    data.length > 4 * Math.ceil(imageBytes / 3) ||
    !/^[A-Za-z0-9+/]*={0,2}$/.test(data)
  )
    return undefined;
  return typeof mimeType === "string" && /^image\/(png|jpeg|gif|webp)$/.test(mimeType)
    ? { data, mimeType }
    : undefined;
}

/** Characters beyond the logs for the guest's own line on what it left out. */
const leftOutChars = 100;

function readLogs(value: unknown, limits: Limits): string[] {
  if (!Array.isArray(value)) return [];
  const lines: string[] = [];
  const maximum = limits.logChars + leftOutChars;
  let used = 0;
  for (const line of value) {
    if (typeof line !== "string" || used > maximum) continue;
    lines.push(line.slice(0, maximum - used).toWellFormed());
    used += line.length + 1;
  }
  return lines;
}

function malformed(message: string, limits: Limits): Outcome {
  return {
    kind: "program-error",
    name: "Error",
    message:
      `The result could not be read: ${message}. Return plain data and leave built-in objects as they are.`.slice(
        0,
        limits.errorChars,
      ),
    logs: [],
  };
}
