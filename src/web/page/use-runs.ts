// The live list: the server holds a question open until there is something newer, so nothing is asked in vain.

import { useEffect, useRef, useState } from "preact/hooks";
import type { RunSummary } from "../../journal/run.ts";
import type { Send } from "./mcp-client.ts";
import { pushOff } from "./merge-pages.ts";
import { listRuns, type RunsPage, type RunsQuery } from "./runs-client.ts";
import { sayError } from "./session.ts";

/** Milliseconds before a question that failed is asked again. */
const againMs = 3_000;
/** Milliseconds between two questions at least: a run in full swing changes many times a second. */
const paceMs = 300;

type LiveRuns = {
  page?: RunsPage;
  older: RunSummary[];
  error?: string;
  /** Absent when there are no older ones. */
  more?: () => Promise<void>;
};

const nothing: Omit<LiveRuns, "more"> & { next?: string } = { older: [] };

export function useRuns(send: Send, query: RunsQuery): LiveRuns {
  const [live, setLive] = useState(nothing);
  const key = JSON.stringify(query);
  const asking = useRef(key);
  useEffect(() => {
    asking.current = key;
    const controller = new AbortController();
    // What was found before stays in sight until the answer comes; where it went on does not.
    setLive(({ page }) => ({ ...(page && { page }), older: [] }));
    const show = (page: RunsPage) => {
      setLive((before) => {
        // Older pages, once there are any, have the place to go on from.
        const next = before.older.length > 0 ? before.next : page.next;
        const older = pushOff(before.page?.runs ?? [], page.runs, before.older);
        return { page, older, ...(next !== undefined && { next }) };
      });
    };
    const fail = (error: string) => setLive((before) => ({ ...before, error }));
    void follow(send, query, controller.signal, show, fail);
    return () => controller.abort();
  }, [send, key]);
  const { next, ...rest } = live;
  if (next === undefined) return rest;
  return {
    ...rest,
    more: async () => {
      const page = await listRuns(send, query, { next });
      if (asking.current !== key) return;
      setLive((before) => ({
        ...(before.page && { page: before.page }),
        older: [...before.older, ...page.runs],
        ...(page.next !== undefined && { next: page.next }),
      }));
    },
  };
}

async function follow(
  send: Send,
  query: RunsQuery,
  signal: AbortSignal,
  show: (page: RunsPage) => void,
  fail: (error: string) => void,
): Promise<void> {
  // The first answer comes at once, whatever the version is.
  let live: number | undefined;
  while (!signal.aborted) {
    try {
      const page = await listRuns(send, query, live === undefined ? {} : { live }, signal);
      if (signal.aborted) return;
      show(page);
      live = page.version;
      await pause(paceMs);
    } catch (error) {
      if (signal.aborted) return;
      fail(sayError(error));
      live = undefined;
      await pause(againMs);
    }
    // A page nobody sees asks nothing.
    if (document.hidden) await until("visibilitychange");
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const until = (event: string) =>
  new Promise<void>((resolve) => document.addEventListener(event, () => resolve(), { once: true }));
