// The journal's endpoints, as any client of them. Never asks for what a person did not look at.

import type { Pauser, RunDetail, RunSummary } from "../../journal/run.ts";
import type { Send } from "./mcp-client.ts";
import { refusedBy } from "./refused.ts";

export type RunsQuery = { outcome: string; operation: string; text: string };
export type RunsPage = {
  version: number;
  paused: boolean;
  pausedBy: Pauser[];
  runs: RunSummary[];
  next?: string;
};

/** @param at `live`: answers when there is something newer than that version; `next`: the page after */
export async function listRuns(
  send: Send,
  query: RunsQuery,
  at: { live?: number; next?: string },
  signal?: AbortSignal,
): Promise<RunsPage> {
  const given = Object.entries({ ...query, ...at }).filter(
    ([, value]) => value !== "" && value !== undefined,
  );
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return json(await send(`/runs?${search}`, signal && { signal }));
}

export const readRun = async (send: Send, id: string, signal?: AbortSignal): Promise<RunDetail> =>
  json(await send(`/runs/${id}`, signal && { signal }));

export async function readResult(send: Send, id: string): Promise<{ type: string; bytes: Blob }> {
  const response = await send(`/runs/${id}/result`);
  if (!response.ok) throw await refusedBy(response);
  return { type: response.headers.get("content-type") ?? "", bytes: await response.blob() };
}

export const stopRun = (send: Send, id: string): Promise<{ stopped: boolean }> =>
  post(send, `/runs/${id}/stop`);
export const pauseRuns = (send: Send): Promise<unknown> => post(send, "/pause");
export const resumeRuns = (send: Send): Promise<unknown> => post(send, "/resume");

async function post<T>(send: Send, path: string): Promise<T> {
  return json(
    await send(path, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }),
  );
}

async function json<T>(response: Response): Promise<T> {
  if (!response.ok) throw await refusedBy(response);
  return (await response.json()) as T;
}
