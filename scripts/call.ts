import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { callTool, isTool } from "./call/call-tool.ts";
import { printFailure } from "./print-failure.ts";
import { printableJson } from "./printable-json.ts";
import { readFlags } from "./read-flags.ts";

const usage = `Usage: npm run -s call -- search|execute CODE|@FILE|- [--url URL] [--token TOKEN]

Runs one program and prints its result. CODE is the program itself, @FILE a file with it, - the standard
input. The result goes to stdout, everything else to stderr; -s keeps npm's own lines out of it.
Exit code: 0 done, 1 the tool or the connection failed, 2 these arguments are wrong.
The token may also be in the environment variable TWOFOLD_TOKEN, where other users cannot see it.`;

class UsageError extends Error {}

try {
  const call = await readArguments(process.argv.slice(2));
  if (call === "help") console.log(usage);
  else {
    const onSlow = (sentence: string) => process.stderr.write(endLine(sentence));
    const { result, notes, failed } = await callTool({ ...call, onSlow });
    process[failed ? "stderr" : "stdout"].write(endLine(result));
    for (const note of notes) process.stderr.write(endLine(note));
    process.exitCode = failed ? 1 : 0;
  }
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exitCode = 2;
  } else {
    printFailure(error);
    process.exitCode = 1;
  }
}

async function readArguments(args: string[]) {
  const { values, positionals } = parse(args);
  if (values.help) return "help";
  const [tool, source, ...rest] = positionals;
  if (tool === undefined) throw new UsageError("Say which tool: search or execute.");
  if (!isTool(tool)) {
    throw new UsageError(`There is no tool "${tool}"; the two are search and execute.`);
  }
  if (source === undefined) throw new UsageError(`Say what ${tool} should run.`);
  if (rest.length > 0) {
    throw new UsageError(`The program must be one argument; quote it. Left over: ${rest.join(" ")}`);
  }
  if (!URL.canParse(values.url) || !/^https?:/.test(values.url)) {
    throw new UsageError(`--url takes an http(s) URL, not "${values.url}".`);
  }
  // An empty token is an unset variable in someone's command line.
  const token = values.token || process.env["TWOFOLD_TOKEN"] || undefined;
  return { tool, code: await readProgram(source), url: new URL(values.url), token };
}

function parse(args: string[]) {
  try {
    return readFlags({
      args,
      allowPositionals: true,
      options: {
        url: { type: "string", default: "http://localhost:8787/mcp" },
        token: { type: "string" },
        help: { type: "boolean", default: false, short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function readProgram(source: string): Promise<string> {
  if (source === "-") return text(process.stdin);
  if (!source.startsWith("@")) return source;
  return readFile(source.slice(1), "utf8").catch(() => {
    throw new UsageError(`The file ${source.slice(1)} cannot be read.`);
  });
}

function endLine(value: string): string {
  return printableJson(value.endsWith("\n") ? value : `${value}\n`);
}
