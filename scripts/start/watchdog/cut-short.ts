// What a client is told of a tool call that ended with the runtime. Pure: it never knows what the programs were.
import { type Exit, describeExit } from "../../dev-server/exit.ts";

/** How the runtime ended, and how many tool calls it took with it. */
export type Cut = { calls: number } & (
  | { kind: "wedged"; silentMs: number }
  | { kind: "crashed"; exit?: Exit }
  | { kind: "rebuilt" }
  /** The connection broke, and nothing is known of why. */
  | { kind: "lost" }
);

/**
 * For the model: what happened, what of it stands, and what to do before a retry.
 * @param made the calls it is known to have made; undefined when that could not be told
 */
export function cutText(tool: string, cut: Cut, made?: readonly string[]): string {
  return [happened(cut), culprit(cut), standing(tool, made), next(tool, cut)].filter(Boolean).join("\n");
}

/** For the person at the terminal, in one line. */
export function cutLine(cut: Cut): string {
  const many = cut.calls === 1 ? "1 tool call was" : `${cut.calls} tool calls were`;
  const calls = cut.calls === 0 ? "nobody was waiting" : `${many} cut short and told so`;
  switch (cut.kind) {
    case "wedged":
      return `Twofold's runtime stopped answering for ${seconds(cut.silentMs)} and was ended; ${calls}.`;
    case "crashed":
      return `Twofold's runtime ended by itself${because(cut.exit)}; ${calls}.`;
    case "rebuilt":
      return `Twofold was rebuilt and its runtime replaced; ${calls}.`;
    case "lost":
      return `Twofold's runtime broke a connection; ${calls}.`;
    default:
      return cut satisfies never;
  }
}

function happened(cut: Cut): string {
  switch (cut.kind) {
    case "wedged":
      return `The program was cut short: Twofold's local runtime stopped answering for ${seconds(cut.silentMs)} and is being restarted.`;
    case "crashed":
      return `The program was cut short: Twofold's local runtime ended by itself${because(cut.exit)} and is being restarted. Most likely it ran out of memory.`;
    case "rebuilt":
      return "The program was cut short: Twofold was rebuilt while it ran, because its code or the API's document changed.";
    case "lost":
      return "The program was cut short: the connection to Twofold's local runtime broke.";
    default:
      return cut satisfies never;
  }
}

function culprit(cut: Cut): string {
  if (cut.kind === "rebuilt") return "The program did nothing wrong.";
  if (cut.kind === "lost") return "Whether the program did this is not known.";
  const likely =
    cut.kind === "wedged"
      ? "a regular expression that backtracks without end, such as /(a+)+$/ on a long text; one huge step, such as Array(1e9).fill(); or a program that fills all memory"
      : "a loop that keeps adding to an array or a string, or one huge allocation";
  if (cut.calls === 1)
    return `It was the only program under way, so it most likely did this. Look for ${likely}.`;
  const several = cut.kind === "wedged" ? "; or endless loops in several programs at once" : "";
  return `${cut.calls} programs were under way and one of them did this, this one or another. Look for ${likely}${several}.`;
}

/** Calls shown: the last ones are those whose end is in doubt. */
const shown = 30;

function standing(tool: string, made: readonly string[] | undefined): string {
  if (tool === "search") return "Nothing was changed: search makes no API calls.";
  if (made === undefined)
    return "Which API calls it had made is not known; those it made stand. Read the API's state before you write again.";
  const late = "Calls that only read may be missing here; none that writes is.";
  if (made.length === 0) return `It had written nothing. ${late}`;
  const earlier = made.length > shown ? [`(${made.length - shown} earlier ones)`] : [];
  return [`What it called stands, and is not undone:`, ...earlier, ...made.slice(-shown), late].join("\n");
}

function next(tool: string, cut: Cut): string {
  if (cut.kind === "rebuilt" || cut.kind === "lost")
    return tool === "search" ? "Send it again as it is." : "If it only reads, send it again as it is.";
  if (cut.calls === 1) return "Change that step first: sent again as it is, the program ends the same way.";
  return `If it has such a step, change that first.${tool === "search" ? " If it has none, send it again as it is." : " If it has none and only reads, send it again as it is."}`;
}

const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1_000)} s`;

const because = (exit: Exit | undefined) => (exit === undefined ? "" : ` (${describeExit(exit)})`);
