// A run's result as it was shown, and all of it where it was kept: read again, and nothing called again.

import { useState } from "preact/hooks";
import type { RunDetail } from "../../journal/run.ts";
import { useShared } from "./context.ts";
import { bytes } from "./format.ts";
import { ResultView } from "./result-view.tsx";
import { readResult } from "./runs-client.ts";
import { sayError } from "./session.ts";

export function KeptResult({ run }: { run: RunDetail }) {
  const { send } = useShared();
  const { format, shown, whole, readable } = run.result;
  const [full, setFull] = useState<string>();
  const [said, say] = useState<string>();
  if (format === "nothing" || shown === null) return <p class="soft">It returned nothing.</p>;
  const read = async () => {
    say("Reading…");
    try {
      const { type, bytes: blob } = await readResult(send, run.id);
      if (type.startsWith("application/json")) setFull(await blob.text());
      else save(blob, `${run.id}.bin`);
      say(`All of it: ${bytes(blob.size)}.`);
    } catch (error) {
      say(sayError(error));
    }
  };
  return (
    <>
      {!whole && full === undefined && (
        <p class="tools">
          <span class="soft">This is what was shown; the whole was larger.</span>
          {readable ? (
            <button type="button" onClick={() => void read()}>
              {format === "bytes" ? "Save the bytes" : "Show all of it"}
            </button>
          ) : (
            <span class="soft">The whole is no longer kept.</span>
          )}
        </p>
      )}
      <p role="status" class="soft">
        {said}
      </p>
      <ResultView text={full ?? shown} isText={full === undefined && format === "text"} />
    </>
  );
}

function save(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
