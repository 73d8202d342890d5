// A run's calls in their order, each where it lies on the run's clock.

import type { RunDetail } from "../../journal/run.ts";
import { CallBodies } from "./call-bodies.tsx";
import { bytes, count, duration } from "./format.ts";
import { calledPath, timeline } from "./timeline.ts";

export function CallsView({ run }: { run: RunDetail }) {
  const { marks, ms } = timeline(run, Date.now());
  if (marks.length === 0) return <p class="soft">It called nothing.</p>;
  return (
    <ol class="calls" aria-label={`${count(marks.length, "call")} in ${duration(ms)}`}>
      {marks.map(({ call, from, width }) => (
        <li key={call.sequence}>
          <span class={`method ${call.method.toLowerCase()}`}>{call.method}</span>
          <bdi class="path" title={call.operation || call.template}>
            {calledPath(call)}
          </bdi>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" x="0" y="4.5" width="100" height="1" />
            <rect class={`bar ${kindOf(call)}`} x={from} y="1" width={width} height="8" />
          </svg>
          <span class={`status ${kindOf(call)}`}>{call.status ?? call.state}</span>
          <span class="number soft">{call.ms === null ? "" : duration(call.ms)}</span>
          <span class="number soft size">{call.bytes === 0 ? "" : bytes(call.bytes)}</span>
          {(call.note !== undefined || call.attempts > 1) && (
            <span class="note soft">
              {[call.note, call.attempts > 1 && count(call.attempts, "attempt")].filter(Boolean).join(" · ")}
            </span>
          )}
          <CallBodies call={call} />
        </li>
      ))}
    </ol>
  );
}

function kindOf({ status, state }: RunDetail["requests"][number]): string {
  if (state === "in flight") return "open";
  return state !== "done" || (status ?? 0) >= 400 ? "bad" : "good";
}
