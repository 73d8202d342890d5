// A run's calls on its clock. Pure: rows of the journal in, percentages out.

import type { RunDetail } from "../../journal/run.ts";

type Mark = { call: RunDetail["requests"][number]; from: number; width: number };

/** @param now where a run that still goes on has got to */
export function timeline(
  { started, ended, requests }: RunDetail,
  now: number,
): { marks: Mark[]; ms: number } {
  const ends = requests.map((call) => call.started + (call.ms ?? 0));
  const end = Math.max(ended ?? now, ...ends, started + 1);
  const ms = end - started;
  const percent = (time: number) => Math.min(100, Math.max(0, (time / ms) * 100));
  const marks = requests.map((call) => {
    const from = percent(call.started - started);
    const until = call.ms === null && call.state === "in flight" ? end : call.started + (call.ms ?? 0);
    return { call, from, width: Math.max(0.5, percent(until - started) - from) };
  });
  return { marks, ms };
}

/** What was called, without the base path that all calls of an API share: as many segments as the document's path has. */
export function calledPath({ template, path }: { template: string; path: string }): string {
  const [place = "", ...query] = path.split("?");
  const segments = template.split("/").length - 1;
  const own = place.split("/").slice(1).slice(-segments);
  return [segments === 0 || own.length < segments ? place : `/${own.join("/")}`, ...query].join("?");
}
