// For whoever operates the deployment: who runs what, and the means to end it, for everybody. Never starts a run, and shows no
// result and no log: those are for who ran it alone. The request was checked before.

import type { Limits } from "../limits.ts";
import { handleRuns, json, misfit, say } from "./handle-runs.ts";
import { principalsOf } from "./principals.ts";
import type { Everybody, Seen } from "./principals.ts";
import { nameless } from "./report-run.ts";
import { journalOf } from "./run-journal.ts";
import type { JournalEnv } from "./run-journal.ts";

export const operatorPath = "/operator/";

export async function handleOperator(request: Request, env: JournalEnv, limits: Limits): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.slice(operatorPath.length - 1);
  try {
    const [, name, rest = ""] = /^\/principals\/([^/]{1,400})(\/.+)$/.exec(path) ?? [];
    if (name !== undefined) return await ofOne(request, decode(name), rest, env, limits);
    const [paths, method] = path === "/principals" ? ["/principals", "GET"] : ["/pause, /resume", "POST"];
    if (!paths.split(", ").includes(path)) return nothing();
    const wrong = misfit(request, method as "GET" | "POST");
    if (wrong !== undefined) return wrong;
    if (path === "/principals") return await list(url, env, limits);
    return await tellEverybody(path === "/pause", url, env, limits);
  } catch (error) {
    console.error("operator:", error instanceof Error ? error.message : "failed");
    return say(503, "The journals cannot be reached now. A retry in a minute may help.");
  }
}

/** A principal's own addresses, under its name. */
async function ofOne(
  request: Request,
  principal: string,
  path: string,
  env: JournalEnv,
  limits: Limits,
): Promise<Response> {
  if (!(await principalsOf(env).has(principal)))
    return say(404, `Nobody of the name ${JSON.stringify(principal.slice(0, 100))} has run anything here.`);
  const own = new URL(request.url);
  // Not resolved: a path may begin as another host does.
  own.pathname = path;
  const asked = new Request(own, request);
  const answered = await handleRuns(asked, principal, env, limits, "operator");
  if (request.method === "POST" && answered?.ok === true) await log(path, principal);
  return answered ?? nothing();
}

async function list(url: URL, env: JournalEnv, limits: Limits): Promise<Response> {
  const [, seen, after = ""] = /^(\d{1,16})-(.+)$/s.exec(url.searchParams.get("next") ?? "") ?? [];
  const before = seen === undefined ? undefined : { seen: Number(seen), principal: after };
  const directory = principalsOf(env);
  const [{ paused }, found] = await Promise.all([
    directory.everybody(),
    directory.list(before, limits.principalsPage),
  ]);
  const principals = await inGroups(found, limits.principalsAtOnce, async (one: Seen) => ({
    ...one,
    // What the logs call it.
    logged: await nameless(one.principal),
    ...(await journalOf(env, one.principal)
      .status()
      .catch(() => ({ unreachable: true }))),
  }));
  const last = found.at(-1);
  const more = found.length === limits.principalsPage && last !== undefined;
  return json({ paused, principals, ...(more && { next: `${last.seen}-${last.principal}` }) });
}

/** One page of them a request; who asks goes on with `next`. Those who come meanwhile are told by the directory. */
async function tellEverybody(pause: boolean, url: URL, env: JournalEnv, limits: Limits): Promise<Response> {
  const after = url.searchParams.get("next") ?? "";
  const directory = principalsOf(env);
  const word: Everybody = after === "" ? await directory.pauseEverybody(pause) : await directory.everybody();
  if (word.paused !== pause)
    return say(409, `Somebody else has ${pause ? "resumed" : "paused"} everybody meanwhile. Begin again.`);
  const names = await directory.names(after, limits.principalsPage);
  const stopped = await inGroups(names, limits.principalsAtOnce, (name) =>
    journalOf(env, name)
      .hear(word)
      .catch(() => undefined),
  );
  await log(pause ? "/pause" : "/resume", "everybody");
  const unreachable = names.filter((_, n) => stopped[n] === undefined);
  return json({
    paused: pause,
    told: names.length - unreachable.length,
    stopped: stopped.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    ...(unreachable.length > 0 && { unreachable }),
    ...(names.length === limits.principalsPage && { next: names.at(-1) }),
  });
}

async function inGroups<T, R>(
  items: readonly T[],
  size: number,
  each: (item: T) => Promise<R>,
): Promise<R[]> {
  const done: R[] = [];
  for (let n = 0; n < items.length; n += size)
    done.push(...(await Promise.all(items.slice(n, n + size).map(each))));
  return done;
}

/** Who operates is to be seen doing so. */
async function log(path: string, principal: string): Promise<void> {
  console.log(JSON.stringify({ operator: path, principal: await nameless(principal) }));
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function nothing(): Response {
  return say(404, "Nothing is here. See docs/operations.md.");
}
