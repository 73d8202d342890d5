// `npm run -s runs`: a server's journal from the shell, through the same addresses as anybody uses.

import { printFailure } from "./print-failure.ts";
import { printableJson } from "./printable-json.ts";
import { readFlags } from "./read-flags.ts";

const usage = `Usage: npm run -s runs -- [ID | stop ID | pause | resume | principals] [options]

Without a command: all runs of the journal as NDJSON, a run a line, the newest first. With an ID: that run, with
its program and its calls. stop ends a run; pause ends all of yours that run, and lets none call the API until resume.

Whoever operates the server sees and stops what others run, by its secret OPERATOR_TOKEN: principals lists who has run
anything and what runs now, a line each; with --principal the other commands are about that principal's runs.

  --principal P    as the operator, of P
  --everybody      as the operator, pause or resume everybody

  --outcome O      only runs that ended so: ok, program-error, stopped, interrupted, …
  --operation O    only runs that called it: an operationId, or "GET /path"
  --text T         only runs with T in their id, program, client or message
  --url URL        the server (default http://localhost:8787)
  --token TOKEN    the bearer token, where one is needed; also the environment variable TWOFOLD_TOKEN,
                   or TWOFOLD_OPERATOR_TOKEN for the operator's
Exit code: 0 done, 1 the server said no or did not answer, 2 these arguments are wrong.`;

class UsageError extends Error {}

process.stdout.on("error", () => process.exit(0));
try {
  const asked = readArguments(process.argv.slice(2));
  if (asked === "help") console.log(usage);
  else await printPages(new URL(asked.path, asked.base), asked.method, asked.token);
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exitCode = 2;
  } else {
    printFailure(error);
    process.exitCode = 1;
  }
}

function readArguments(args: string[]) {
  const { values, positionals } = parse(args);
  if (values.help) return "help";
  if (!URL.canParse(values.url) || !/^https?:/.test(values.url))
    throw new UsageError(`--url takes an http(s) URL, not "${values.url}".`);
  const { principal, everybody } = values;
  const operates = principal !== undefined || everybody || positionals[0] === "principals";
  const variable = operates ? "TWOFOLD_OPERATOR_TOKEN" : "TWOFOLD_TOKEN";
  const token = values.token || process.env[variable] || undefined;
  const filters = { outcome: values.outcome, operation: values.operation, text: values.text };
  const query = new URLSearchParams(
    Object.entries(filters).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const asked = route(positionals, query);
  if (everybody && (principal !== undefined || !/^(pause|resume)$/.test(positionals[0] ?? "")))
    throw new UsageError("--everybody is for pause and resume alone.");
  if (principal !== undefined && positionals[0] === "principals")
    throw new UsageError("principals lists all of them; --principal names one for the other commands.");
  const prefix = everybody
    ? "/operator"
    : principal && `/operator/principals/${encodeURIComponent(principal)}`;
  return { ...asked, path: `${prefix ?? ""}${asked.path}`, base: values.url, token };
}

function route(
  [command, id, ...rest]: string[],
  query: URLSearchParams,
): { path: string; method: "GET" | "POST" } {
  const isId = (text: string | undefined) => /^r_\w+$/.test(text ?? "");
  if (command === undefined) return { path: `/runs.ndjson?${query}`, method: "GET" };
  if (isId(command) && id === undefined) return { path: `/runs/${command}`, method: "GET" };
  if (command === "stop" && isId(id) && rest.length === 0)
    return { path: `/runs/${id}/stop`, method: "POST" };
  if ((command === "pause" || command === "resume") && id === undefined)
    return { path: `/${command}`, method: "POST" };
  if (command === "principals" && id === undefined) return { path: "/operator/principals", method: "GET" };
  const said = [command, id, ...rest].join(" ").trim();
  if (command === "stop")
    throw new UsageError(`Say which run to stop, by its ID, as in: stop r_e5yk4ny8n7. Not "${said}".`);
  throw new UsageError(`"${said}" is neither a command nor the ID of a run, such as r_e5yk4ny8n7.`);
}

/** What an operator asks of many comes in pages. */
async function printPages(url: URL, method: "GET" | "POST", token: string | undefined): Promise<void> {
  for (let next: string | undefined = ""; next !== undefined;) {
    if (next !== "") url.searchParams.set("next", next);
    next = await print(url, method, token);
  }
}

/** @returns where the next page begins, where an operator's answer has one */
async function print(
  url: URL,
  method: "GET" | "POST",
  token: string | undefined,
): Promise<string | undefined> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(method === "POST" && { "content-type": "application/json" }),
    },
    ...(method === "POST" && { body: "{}" }),
    signal: AbortSignal.timeout(60_000),
  }).catch((error: Error) => {
    throw new Error(
      `Nothing answers at ${url.origin}. Start Twofold first: npm start. Or name another server with --url.`,
      { cause: error },
    );
  });
  if (!response.ok) throw new Error(`${url.origin} answered ${response.status}: ${await reason(response)}`);
  if (url.pathname.endsWith(".ndjson")) {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? [])
      process.stdout.write(printableJson(decoder.decode(chunk, { stream: true })));
    return undefined;
  }
  const answer = (await response.json()) as { principals?: object[]; unreachable?: string[]; next?: string };
  if (url.pathname === "/operator/principals")
    for (const one of answer.principals ?? [])
      process.stdout.write(`${printableJson(JSON.stringify(one))}\n`);
  else process.stdout.write(`${printableJson(JSON.stringify(answer, null, 2))}\n`);
  // Half a stop must not look like a whole one.
  if (answer.unreachable !== undefined) process.exitCode = 1;
  return url.pathname.startsWith("/operator/") ? answer.next : undefined;
}

/** The journal's own refusals are {error: "…"}, those before it JSON-RPC errors. */
async function reason(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error?: string | { message?: string } };
    return (typeof error === "string" ? error : error?.message) ?? text;
  } catch {
    return text.slice(0, 500);
  }
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  try {
    return readFlags({
      args,
      allowPositionals: true,
      options: {
        outcome: text,
        operation: text,
        text,
        principal: text,
        everybody: { type: "boolean", default: false },
        token: text,
        help: { type: "boolean", default: false, short: "h" },
        url: { ...text, default: "http://localhost:8787" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
