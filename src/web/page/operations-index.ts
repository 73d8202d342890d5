// What the search tool answers about the document, asked once. Never reads the document by another way.

import { callTool, type Send } from "./mcp-client.ts";
import { parseResult } from "./parse-result.ts";
import { completionProgram, type OperationRow } from "./programs.ts";
import { Refused } from "./refused.ts";

const asked = new WeakMap<Send, Map<string, Promise<unknown>>>();

/** The answer of a search, kept as long as the page is open; one that failed is asked again. */
export function lookUp<T>(send: Send, program: string): Promise<T> {
  const known = asked.get(send) ?? new Map<string, Promise<unknown>>();
  asked.set(send, known);
  const answer = known.get(program) ?? search(send, program);
  known.set(program, answer);
  answer.catch(() => known.delete(program));
  return answer as Promise<T>;
}

async function search(send: Send, program: string): Promise<unknown> {
  const { isError, text } = await callTool(send, "search", program);
  if (isError) throw new Refused(200, text);
  return parseResult(text)?.value ?? text;
}

/** For completion, where nothing is better than an error. */
export async function operationsForCompletion(send: Send): Promise<OperationRow[]> {
  const rows = await lookUp<unknown>(send, completionProgram).catch(() => []);
  return Array.isArray(rows) ? rows.filter((row): row is OperationRow => Array.isArray(row)) : [];
}
