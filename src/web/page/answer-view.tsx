// What a tool answered: the result, then what the run did, as the answer's own last lines and the journal say it.

import { CallsView } from "./calls-view.tsx";
import { useShared } from "./context.ts";
import { runIdOf, type ToolAnswer } from "./mcp-client.ts";
import { ResultView } from "./result-view.tsx";
import { runHref } from "./route.ts";
import { readRun } from "./runs-client.ts";
import { useAsked } from "./use-asked.ts";

export function AnswerView({ answer }: { answer: ToolAnswer }) {
  const { send } = useShared();
  const { isError, text, notes, image } = answer;
  const id = runIdOf(notes);
  const { value: run } = useAsked(id ?? "none", async () =>
    id === undefined ? undefined : readEnded(() => readRun(send, id)),
  );
  return (
    <section aria-label="Answer" class="answer">
      {isError ? (
        <pre class="code error" tabIndex={0} aria-label="Error">
          {text}
        </pre>
      ) : (
        <ResultView text={text} />
      )}
      {image !== undefined && (
        <img src={`data:${image.mimeType};base64,${image.data}`} alt="The image the program answered with" />
      )}
      {notes !== "" && (
        <>
          <h2>Notes</h2>
          <pre class="notes" tabIndex={0} aria-label="Notes">
            {notes}
          </pre>
        </>
      )}
      {run !== undefined && run.requests.length > 0 && (
        <>
          <h2>Calls</h2>
          <CallsView run={run} />
        </>
      )}
      {id !== undefined && (
        <p>
          <a href={runHref(id)}>This run in the journal</a>
        </p>
      )}
    </section>
  );
}

/** The end of a run is stored just after its answer has left. */
async function readEnded<T extends { ended: number | null }>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const run = await read();
    if (run.ended !== null || attempt === 5) return run;
    await new Promise((resolve) => setTimeout(resolve, 150 * attempt));
  }
}
