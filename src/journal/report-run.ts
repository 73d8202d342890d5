// News of a run that ended, for whoever operates this server: one line of log, and what is configured beside it.
// Never says what a program was, what it answered, or in plain words who sent it.

import type { Limits } from "../limits.ts";
import { behind } from "./behind.ts";

export type ReportEnv = {
  /** Is sent a POST with the same JSON as the log has, for each run that ended. */
  RUNS_WEBHOOK?: string;
  /** Secret: signs it, as HMAC SHA-256 of the body in the header x-twofold-signature. */
  RUNS_WEBHOOK_SECRET?: string;
  /** An Analytics Engine dataset. */
  RUNS_DATASET?: AnalyticsEngineDataset;
};

type RunReport = {
  id: string;
  tool: string;
  principal: string;
  client: string;
  outcome: string;
  calls: number;
  writes: number;
  ms: number;
};

export function reportRun(env: ReportEnv, report: RunReport, limits: Limits): void {
  behind("runs webhook:", () => send(env, report, limits));
}

async function send(
  env: ReportEnv,
  { principal, client, ...rest }: RunReport,
  limits: Limits,
): Promise<void> {
  const { id, ...more } = rest;
  const said = { run: id, ...more, principal: await nameless(principal), client: oneLine(client) };
  const line = JSON.stringify(said);
  console.log(line);
  env.RUNS_DATASET?.writeDataPoint({
    indexes: [said.principal],
    blobs: [id, said.tool, said.outcome, said.principal, said.client],
    doubles: [said.calls, said.writes, said.ms],
  });
  if (env.RUNS_WEBHOOK === undefined || env.RUNS_WEBHOOK === "") return;
  const secret = env.RUNS_WEBHOOK_SECRET ?? "";
  const response = await fetch(env.RUNS_WEBHOOK, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(secret !== "" && { "x-twofold-signature": `sha256=${await signature(secret, line)}` }),
    },
    body: line,
    redirect: "manual",
    signal: AbortSignal.timeout(limits.webhookMs),
  });
  await response.body?.cancel();
}

/** A kind of principal as it is; whatever could be a name, an address or a token, as a digest that is the same each time. */
export async function nameless(principal: string): Promise<string> {
  if (/^[a-z]{1,12}$/.test(principal)) return principal;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(principal));
  return new Uint8Array(digest).toHex().slice(0, 16);
}

/** A client names itself: what it says must not end the line, nor move the cursor of who reads it. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").slice(0, 100);
}

async function signature(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))).toHex();
}
