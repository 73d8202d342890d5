// `npm run -s runs`: a server's journal from the shell, through the same addresses as anybody uses.

import { parseArgs } from "node:util";
import { printFailure } from "./print-failure.ts";

const usage = `Usage: npm run -s runs -- [ID | stop ID | pause | resume] [options]

Without a command: all runs of the journal as NDJSON, a run a line, the newest first. With an ID: that run, with
its program and its calls. stop ends a run; pause ends all of yours that run and lets none begin until resume.

  --outcome O      only runs that ended so: ok, program-error, stopped, interrupted, …
  --operation O    only runs that called it: an operationId, or "GET /path"
  --text T         only runs with T in their id, program, client or message
  --url URL        the server (default http://localhost:8787)
  --token TOKEN    the bearer token, where one is needed; also the environment variable TWOFOLD_TOKEN
Exit code: 0 done, 1 the server said no or did not answer, 2 these arguments are wrong.`;

class UsageError extends Error {}

process.stdout.on("error", () => process.exit(0));
try {
  const { path, method, base, token } = readArguments(process.argv.slice(2));
  await print(new URL(path, base), method, token);
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
  if (!URL.canParse(values.url) || !/^https?:/.test(values.url))
    throw new UsageError(`--url takes an http(s) URL, not "${values.url}".`);
  const token = values.token || process.env["TWOFOLD_TOKEN"] || undefined;
  const filters = { outcome: values.outcome, operation: values.operation, text: values.text };
  const query = new URLSearchParams(
    Object.entries(filters).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  return { ...route(positionals, query), base: values.url, token };
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
  throw new UsageError(`"${[command, id, ...rest].join(" ").trim()}" is not a command.`);
}

async function print(url: URL, method: "GET" | "POST", token: string | undefined): Promise<void> {
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
    for await (const chunk of response.body ?? []) process.stdout.write(chunk);
  } else process.stdout.write(`${JSON.stringify(await response.json(), null, 2)}\n`);
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
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        outcome: text,
        operation: text,
        text,
        token: text,
        url: { ...text, default: "http://localhost:8787" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
