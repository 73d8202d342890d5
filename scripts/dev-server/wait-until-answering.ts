import type { ChildProcess } from "node:child_process";
import { relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Exit, describeExit } from "./exit.ts";
import type { RecentOutput } from "./recent-output.ts";

interface Waiting {
  url: string;
  headers: Record<string, string>;
  /** What the child is, for messages. */
  program: string;
  child: ChildProcess;
  exited: Promise<Exit>;
  output: RecentOutput;
  /** Milliseconds. */
  timeout: number;
  /** Where its secrets and variables are. */
  envFile: string | undefined;
}

/**
 * Undefined when the Worker answers, else what kept it from it. Wrangler announces DEV_SERVER_READY also
 * when the build failed, and then holds every request back, so the announcement alone proves nothing.
 */
export async function waitUntilAnswering(waiting: Waiting): Promise<string | undefined> {
  const { url, headers, program, child, exited, output, timeout } = waiting;
  const deadline = Date.now() + timeout;
  let announced = false;
  let ended: Exit | undefined;
  let lastAnswer = "no answer";
  child.on("message", (message) => {
    if (String(message).includes('"DEV_SERVER_READY"')) announced = true;
  });
  void exited.then((exit) => (ended = exit));

  while (Date.now() < deadline) {
    if (ended !== undefined) {
      return output.firstError() ?? `${program} ended with ${describeExit(ended)}.${quote(output)}`;
    }
    const error = output.firstError();
    if (error !== undefined) return error;
    // Until the announcement the port could be another process's.
    if (announced) {
      const answer = await probe(url, headers);
      if (answer.up) return undefined;
      if (answer.refuses !== undefined) return `${answer.refuses}${where(waiting.envFile)}`;
      lastAnswer = answer.seen;
    }
    await sleep(50);
  }
  return `it did not answer within ${timeout / 1_000} s (last: ${lastAnswer}).${quote(output)}`;
}

interface Down {
  up: false;
  seen: string;
  /** Why the Worker itself serves nobody. It will not think better of it. */
  refuses?: string;
}

async function probe(url: string, headers: Record<string, string>): Promise<{ up: true } | Down> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(2_000), redirect: "manual" });
    if (response.status < 500) {
      await response.body?.cancel();
      return { up: true };
    }
    const text = await response.text();
    const [firstLine = ""] = text.split("\n");
    const refuses = response.status === 503 ? refusalIn(text) : undefined;
    return {
      up: false,
      seen: `HTTP ${response.status} ${firstLine.slice(0, 200)}`,
      ...(refuses !== undefined && { refuses }),
    };
  } catch (error) {
    return { up: false, seen: error instanceof Error ? error.message : String(error) };
  }
}

/** A Worker that lacks a setting says so as a JSON-RPC error; wrangler's own 503 is a page. */
function refusalIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    return typeof error?.message === "string" ? error.message : undefined;
  } catch {
    return undefined;
  }
}

function where(envFile: string | undefined): string {
  return envFile === undefined
    ? ""
    : ` Here variables and secrets are in ${relative(process.cwd(), envFile)}.`;
}

function quote(output: RecentOutput): string {
  const tail = output.tail(6);
  return tail === "" ? "" : ` Its last lines:\n${tail}\n`;
}
