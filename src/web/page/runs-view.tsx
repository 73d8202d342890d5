import { useState } from "preact/hooks";
import type { RunSummary } from "../../journal/run.ts";
import { useShared } from "./context.ts";
import { count, duration, moment, outcomes, outcomeWords } from "./format.ts";
import { isLookUp } from "./programs.ts";
import { runHref } from "./route.ts";
import { RunDetailView } from "./run-detail.tsx";
import { pauseRuns, resumeRuns, type RunsQuery } from "./runs-client.ts";
import { sayError } from "./session.ts";
import { useSettled } from "./use-asked.ts";
import { useRuns } from "./use-runs.ts";

const settleMs = 300;

export function RunsView({ chosen }: { chosen?: string }) {
  const { send } = useShared();
  const [query, setQuery] = useState<RunsQuery>({ outcome: "", operation: "", text: "" });
  const [lookUps, setLookUps] = useState(false);
  const [failed, setFailed] = useState<string>();
  const asked = useSettled(query, settleMs);
  const { page, older, error, more } = useRuns(send, asked);
  const all = [...(page?.runs ?? []), ...older];
  const shown = lookUps ? all : all.filter((run) => !isLookUp(run));
  const set = (change: Partial<RunsQuery>) => setQuery({ ...query, ...change });
  const attempt = (work: Promise<unknown>) => {
    setFailed(undefined);
    work.catch((problem: unknown) => setFailed(sayError(problem)));
  };
  const paused = page?.pausedBy.includes("self") === true;
  const pausedByOperator = page?.pausedBy.some((by) => by !== "self") === true;
  return (
    <div class={chosen === undefined ? "split" : "split chosen"}>
      <section aria-labelledby="runs-heading" class="side">
        <div class="heading">
          <h1 id="runs-heading">Runs</h1>
          <button
            type="button"
            class={paused ? "main" : "stop"}
            disabled={page === undefined}
            onClick={() => attempt(paused ? resumeRuns(send) : pauseRuns(send))}
          >
            {paused ? "Resume" : "Pause all"}
          </button>
        </div>
        {paused && (
          <p class="error" role="status">
            Paused: nothing is sent to the API for you, and new runs are refused, until you resume.
          </p>
        )}
        {pausedByOperator && (
          <p class="error" role="status">
            Paused by whoever operates this server: nothing is sent to the API for you until they resume.
          </p>
        )}
        <div class="filters">
          <input
            type="search"
            aria-label="Text in a run"
            placeholder="Text in program, client, message or id"
            value={query.text}
            onInput={({ currentTarget }) => set({ text: currentTarget.value })}
          />
          <input
            type="search"
            aria-label="Operation"
            placeholder="Operation"
            title="An operationId, or GET /path"
            value={query.operation}
            onInput={({ currentTarget }) => set({ operation: currentTarget.value })}
          />
          <select
            aria-label="Outcome"
            value={query.outcome}
            onChange={({ currentTarget }) => set({ outcome: currentTarget.value })}
          >
            <option value="">Any outcome</option>
            {Object.entries(outcomes).map(([key, name]) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </select>
          <label class="check">
            <input
              type="checkbox"
              checked={lookUps}
              onChange={({ currentTarget }) => setLookUps(currentTarget.checked)}
            />{" "}
            This page's look-ups
          </label>
        </div>
        {(failed ?? error) !== undefined && (
          <p class="error" role="alert">
            {failed ?? error}
          </p>
        )}
        <p role="status" class="soft">
          {page === undefined ? "Asking…" : shown.length === 0 ? "No such run." : count(shown.length, "run")}
        </p>
        <ol class="runs">
          {shown.map((run) => (
            <RunLine key={run.id} run={run} chosen={run.id === chosen} />
          ))}
        </ol>
        {more !== undefined && (
          <button type="button" onClick={() => attempt(more())}>
            Older runs
          </button>
        )}
      </section>
      <section class="detail" aria-label="One run">
        {chosen === undefined ? (
          <p class="soft empty">Choose a run to see its program, its calls and its result.</p>
        ) : (
          <RunDetailView key={chosen} id={chosen} version={page?.version ?? 0} />
        )}
      </section>
    </div>
  );
}

function RunLine({ run, chosen }: { run: RunSummary; chosen: boolean }) {
  const { id, tool, outcome, started, ended, excerpt, calls, writes, stopped } = run;
  const facts = [
    tool,
    tool === "execute" && count(calls, "call"),
    writes > 0 && count(writes, "write"),
    ended !== null && duration(ended - started),
    moment(started, Date.now()),
  ].filter((fact) => fact !== false);
  return (
    <li>
      <a href={runHref(id)} aria-current={chosen ? "true" : undefined}>
        <span class={`outcome ${outcome}`}>
          {stopped !== null && outcome === "running" ? "stopping" : outcomeWords(outcome)}
        </span>
        <bdi class="excerpt">{excerpt.replace(/\s+/g, " ").trim()}</bdi>
        <span class="soft facts-line">{facts.join(" · ")}</span>
      </a>
    </li>
  );
}
