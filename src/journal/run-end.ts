// An outcome → how the journal words the end of a run. Pure.

import type { Outcome } from "../sandbox/outcome.ts";
import type { RunEnd } from "./run.ts";

/** @param parts in how many the whole result was kept, when it was not shown whole */
export function runEnd(outcome: Outcome, ended: number, parts: number): RunEnd {
  const none = { shown: null, format: "nothing", whole: false, parts: 0 } as const;
  const logs = outcome.kind === "refused" ? [] : outcome.logs;
  switch (outcome.kind) {
    case "ok": {
      const { format, whole } = outcome.value ?? { format: "json", whole: true };
      const message = outcome.note ?? "";
      return {
        ended,
        outcome: "ok",
        message,
        logs,
        shown: outcome.text,
        format,
        whole,
        parts: whole ? 0 : parts,
      };
    }
    case "program-error":
      return {
        ended,
        outcome: "program-error",
        message: `${outcome.name}: ${outcome.message}`,
        logs,
        ...none,
      };
    case "refused":
      return { ended, outcome: "refused", message: outcome.message, logs, ...none };
    case "limit":
      return { ended, outcome: outcome.limit, message: "", logs, ...none };
    default:
      return outcome satisfies never;
  }
}
