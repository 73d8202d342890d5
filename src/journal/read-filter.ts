// The query of a list of runs → what to look for. Pure.

import type { Limits } from "../limits.ts";
import type { RunFilter } from "./run.ts";

export class WrongQuery extends Error {}

const outcomes = new Set(
  "ok program-error refused running interrupted stopped cancelled time busy outcome memory".split(" "),
);

/** @throws WrongQuery that says what is taken */
export function readFilter(query: URLSearchParams, limits: Limits): { filter: RunFilter; live?: number } {
  const [outcome, operation, text, next, live] = ["outcome", "operation", "text", "next", "live"].map(
    (name) => query.get(name) || undefined,
  );
  if (outcome !== undefined && !outcomes.has(outcome))
    throw new WrongQuery(`outcome takes ${[...outcomes].join(", ")}.`);
  const count = Number(query.get("count") ?? limits.runsPage);
  if (!Number.isInteger(count) || count < 1 || count > limits.runsPageMost)
    throw new WrongQuery(`count takes a whole number from 1 to ${limits.runsPageMost}.`);
  const [, started, id] = /^(\d{1,16})-(r_\w{1,40})$/.exec(next ?? "") ?? [];
  if (next !== undefined && id === undefined)
    throw new WrongQuery("next takes what the page before said as next.");
  const version = Number(live ?? 0);
  if (!Number.isSafeInteger(version))
    throw new WrongQuery(
      "live takes the version of the last answer, and waits until there is another; 1 does not wait.",
    );
  return {
    filter: {
      count,
      ...(outcome !== undefined && { outcome }),
      ...(operation !== undefined && { operation: operation.slice(0, 500) }),
      ...(text !== undefined && { text: text.slice(0, 200) }),
      ...(started !== undefined && id !== undefined && { before: { started: Number(started), id } }),
    },
    ...(live !== undefined && { live: version }),
  };
}
