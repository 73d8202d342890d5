// The journal over HTTP: a principal's own runs, as JSON. Never shows a run to anyone but who ran it, and never says
// whether somebody else's exists.

import type { Limits } from "../limits.ts";
import type { Journal } from "./journal.ts";
import { readFilter, WrongQuery } from "./read-filter.ts";
import { journalOf } from "./run-journal.ts";
import type { JournalEnv } from "./run-journal.ts";
import type { RunDetail, RunFilter } from "./run.ts";

/** Undefined when the path is none of the journal's. The principal's id must come from a request that was checked. */
export async function handleRuns(
  request: Request,
  principal: string,
  env: JournalEnv,
  limits: Limits,
  by: "self" | "operator" = "self",
): Promise<Response | undefined> {
  const url = new URL(request.url);
  const route = routes.find(({ path }) => path.test(url.pathname));
  if (route === undefined) return undefined;
  const { path, method, answer } = route;
  const wrong = misfit(request, method);
  if (wrong !== undefined) return wrong;
  const [, id = ""] = path.exec(url.pathname) ?? [];
  try {
    return await answer({ journal: journalOf(env, principal), id, url, limits, by });
  } catch (error) {
    if (error instanceof WrongQuery) return say(400, error.message);
    console.error("journal:", error instanceof Error ? error.message : "failed");
    return say(503, "The journal cannot be read now. A retry in a minute may help.");
  }
}

/** The answer to a request that is not made as this route takes it. */
export function misfit(request: Request, method: "GET" | "POST"): Response | undefined {
  if (request.method !== method)
    return say(405, `${new URL(request.url).pathname} takes ${method}.`, { allow: method });
  // A form of another site can send a POST, but not this type, and no other site is told that it may.
  if (method === "POST" && !/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? ""))
    return say(415, "Send Content-Type: application/json; the body may be {}.");
  return undefined;
}

type Asked = {
  journal: DurableObjectStub<Journal>;
  id: string;
  url: URL;
  limits: Limits;
  /** An operator sees what was run and sent, and neither what came back nor what was logged. */
  by: "self" | "operator";
};
type Route = { method: "GET" | "POST"; path: RegExp; answer: (asked: Asked) => Promise<Response> };

const routes: readonly Route[] = [
  { method: "GET", path: /^\/runs$/, answer: list },
  { method: "GET", path: /^\/runs\.ndjson$/, answer: exportAll },
  { method: "GET", path: /^\/runs\/(r_\w{1,40})$/, answer: readOne },
  { method: "GET", path: /^\/runs\/(r_\w{1,40})\/result$/, answer: readResult },
  { method: "POST", path: /^\/runs\/(r_\w{1,40})\/stop$/, answer: stop },
  {
    method: "POST",
    path: /^\/pause$/,
    answer: async ({ journal, by }) => json({ paused: true, stopped: await journal.pause(by) }),
  },
  {
    method: "POST",
    path: /^\/resume$/,
    answer: async ({ journal, by }) => {
      const pausedBy = await journal.resume(by);
      return json(pausedBy.length === 0 ? { paused: false } : { paused: true, pausedBy });
    },
  },
];

async function list({ journal, url, limits, by }: Asked): Promise<Response> {
  const { filter, live } = filterFor(by, url, limits);
  const { version, pausedBy, runs } = await journal.list(filter, live);
  return json({
    version,
    paused: pausedBy.length > 0,
    pausedBy,
    runs: runs.map((run) => ({ ...run, ...lessFor(by, run) })),
    ...(runs.length === filter.count && { next: cursorOf(runs.at(-1)) }),
  });
}

async function readOne({ journal, id, by }: Asked): Promise<Response> {
  const run = await journal.read(id);
  if (run === undefined) return unknown(id);
  if (by === "self") return json(run);
  const requests = run.requests.map((call) => ({ ...call, responseBody: undefined }));
  return json({ ...run, requests, ...lessFor(by, run), logs: undefined, result: undefined });
}

/** A refusal is in our words; whatever else a run ends with may hold what the API answered, as the text of an error does. */
function lessFor(by: Asked["by"], { outcome }: { outcome: string }): { message?: undefined } {
  return by === "operator" && outcome !== "refused" ? { message: undefined } : {};
}

/** What is not shown is not searched either: that something is found would tell of it. */
function filterFor(by: Asked["by"], url: URL, limits: Limits): ReturnType<typeof readFilter> {
  const { filter, ...rest } = readFilter(url.searchParams, limits);
  return { ...rest, filter: { ...filter, ...(by === "operator" && { hidesMessages: true }) } };
}

async function stop({ journal, id }: Asked): Promise<Response> {
  const was = await journal.stop(id);
  return was === undefined ? unknown(id) : json({ id, stopped: was === "stopped" });
}

/** The whole value a program returned: its JSON, or its bytes. */
async function readResult({ journal, id, by }: Asked): Promise<Response> {
  if (by === "operator") return say(403, "A result is for who ran it alone.");
  const first = await journal.result(id, 0);
  if (!first.ok) return say(404, first.message);
  const { format, parts } = first;
  if (format === "nothing") return new Response(null, { status: 204, headers: safe });
  const texts = inTurn(parts, async (part) => {
    const next = part === 0 ? first : await journal.result(id, part);
    if (!next.ok) throw new Error("the result went while it was read");
    return format === "bytes" ? Uint8Array.fromBase64(next.text) : new TextEncoder().encode(next.text);
  });
  const type = format === "bytes" ? "application/octet-stream" : "application/json";
  const extra: Record<string, string> =
    format === "bytes" ? { "content-disposition": `attachment; filename="${id}.bin"` } : {};
  return new Response(texts, { headers: { ...safe, "content-type": type, ...extra } });
}

/** Runs a line, the newest first, each with its program and calls, and without its result and the bodies of its calls. */
async function exportAll({ journal, url, limits, by }: Asked): Promise<Response> {
  const { filter } = filterFor(by, url, limits);
  let next: RunFilter | undefined = filter;
  const lines = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const runs: RunDetail[] = next === undefined ? [] : await journal.page(next);
      const last = runs.at(-1);
      if (last === undefined) return controller.close();
      const less = { result: undefined, excerpt: undefined, ...(by === "operator" && { logs: undefined }) };
      const text = runs
        .map((run) => `${JSON.stringify({ ...run, ...less, ...lessFor(by, run) })}\n`)
        .join("");
      controller.enqueue(new TextEncoder().encode(text));
      next = { ...filter, before: { started: last.started, id: last.id } };
    },
  });
  return new Response(lines, { headers: { ...safe, "content-type": "application/x-ndjson" } });
}

function inTurn(count: number, read: (n: number) => Promise<Uint8Array>): ReadableStream<Uint8Array> {
  let n = 0;
  return new ReadableStream({
    async pull(controller) {
      if (n < count) controller.enqueue(await read(n++));
      else controller.close();
    },
  });
}

function cursorOf(run: { started: number; id: string } | undefined): string | undefined {
  return run && `${run.started}-${run.id}`;
}

/** What a program answered is data: no page may run it, frame it, or have another origin read it. */
const safe = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; sandbox",
};

export function json(value: unknown): Response {
  return Response.json(value, { headers: safe });
}

export function say(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: message }, { status, headers: { ...safe, ...headers } });
}

function unknown(id: string): Response {
  return say(404, `There is no run ${id} here: one is kept for a time, and for who ran it alone.`);
}
