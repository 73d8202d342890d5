import { useEffect, useState } from "preact/hooks";
import type { RunDetail } from "../../journal/run.ts";
import { CallsView } from "./calls-view.tsx";
import { useShared } from "./context.ts";
import { CopyButton } from "./copy-button.tsx";
import { bytes, clientWords, count, duration, moment, outcomeWords } from "./format.ts";
import { KeptResult } from "./kept-result.tsx";
import { readRun, stopRun } from "./runs-client.ts";
import { sayError } from "./session.ts";
import { useFocusOnPhone } from "./use-focus-on-phone.ts";

/** @param version changes when something of some run did */
export function RunDetailView({ id, version }: { id: string; version: number }) {
  const { send } = useShared();
  const [run, setRun] = useState<RunDetail>();
  const [failed, setFailed] = useState<string>();
  const back = useFocusOnPhone<HTMLAnchorElement>();
  const over = run !== undefined && run.outcome !== "running";
  useEffect(() => {
    // What is over does not change.
    if (over) return undefined;
    const controller = new AbortController();
    const read = async () => {
      try {
        setRun(await readRun(send, id, controller.signal));
        setFailed(undefined);
      } catch (error) {
        if (!controller.signal.aborted) setFailed(sayError(error));
      }
    };
    void read();
    return () => controller.abort();
  }, [send, id, version, over]);
  return (
    <>
      <a href="#/runs" class="back" ref={back}>
        ← All runs
      </a>
      {failed !== undefined && (
        <p class="error" role="alert">
          {failed}
        </p>
      )}
      {run === undefined ? <h2>{id}</h2> : <Whole run={run} fail={setFailed} />}
    </>
  );
}

function Whole({ run, fail }: { run: RunDetail; fail: (text: string) => void }) {
  const { send, drafts } = useShared();
  const { id, tool, program, outcome, message, started, ended, client, scopes, writes, logs } = run;
  const isRunning = outcome === "running";
  // It ran without a write once; that it does so again is the server's to see to.
  const onlyReads = tool === "search" || (writes === 0 && !isRunning);
  return (
    <article aria-labelledby="run-heading">
      <div class="heading">
        <h2 id="run-heading">
          <code>{id}</code> <span class={`outcome ${outcome}`}>{outcomeWords(outcome)}</span>
        </h2>
        <div class="actions">
          {isRunning && (
            <button
              type="button"
              class="stop"
              disabled={run.stopped !== null}
              onClick={() => stopRun(send, id).catch((error: unknown) => fail(sayError(error)))}
            >
              {run.stopped === null ? "Stop" : "Stopping…"}
            </button>
          )}
          {!isRunning && onlyReads && (
            <button type="button" onClick={() => drafts.open(tool, program, "run, reading only")}>
              Run again
            </button>
          )}
          <button type="button" onClick={() => drafts.open(tool, program)}>
            Open in Try
          </button>
        </div>
      </div>
      <p class="soft wrap">
        {[
          tool,
          `started ${moment(started, Date.now())}`,
          ended !== null && `took ${duration(ended - started)}`,
          tool === "execute" &&
            `${count(run.calls, "call")}${writes > 0 ? ` (${count(writes, "write")})` : ""}`,
          run.bytes > 0 && `${bytes(run.bytes)} answered`,
          scopes.length > 0 && `scopes ${scopes.join(" ")}`,
        ]
          .filter((fact) => fact !== false)
          .join(" · ")}
        {client !== "" && (
          <>
            {" · asked by "}
            <bdi title={client}>{clientWords(client)}</bdi>
          </>
        )}
      </p>
      {message !== "" && (
        <p class={outcome === "ok" ? "notes" : "error"}>
          <bdi>{message}</bdi>
        </p>
      )}
      <h3>Program</h3>
      <div class="snippet">
        <pre class="code" tabIndex={0} aria-label="Program">
          {program}
        </pre>
        <CopyButton text={program} label="Copy the program" />
      </div>
      {tool === "execute" && (
        <>
          <h3>Calls</h3>
          <CallsView run={run} />
        </>
      )}
      {logs.length > 0 && (
        <>
          <h3>Console</h3>
          <pre class="code" tabIndex={0} aria-label="Console">
            {logs.join("\n")}
          </pre>
        </>
      )}
      {outcome === "ok" && (
        <>
          <h3>Result</h3>
          <KeptResult run={run} />
        </>
      )}
    </article>
  );
}
