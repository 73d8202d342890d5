// Runs wrangler. Never hands it a secret as an argument or in the environment.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { repositoryRoot } from "../repository-root.ts";
import { secretNames } from "../environment-names.ts";

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  /** What wrangler wrote of itself, an entry for each thing done. */
  entries: { type: string; [key: string]: unknown }[];
}

/** @param show its output goes to the terminal as it comes, and it may ask there */
export async function wrangler(args: readonly string[], show: "show" | "keep" = "keep"): Promise<Ran> {
  const cli = join(repositoryRoot, "node_modules", "wrangler", "wrangler-dist", "cli.js");
  const directory = await mkdtemp(join(tmpdir(), "twofold-wrangler-"));
  const notes = join(directory, "output.ndjson");
  try {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: repositoryRoot,
      env: environment(notes, show),
      stdio: show === "show" ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (ended) => resolve(ended ?? 1));
    });
    const written = await readFile(notes, "utf8").catch(() => "");
    const entries = written
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Ran["entries"][number]);
    return {
      code,
      stdout: stripVTControlCharacters(stdout),
      stderr: stripVTControlCharacters(stderr),
      entries,
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The code of Cloudflare's API a command ended with. */
export function apiCode({ entries }: Ran): unknown {
  return entries.find(({ type }) => type === "command-failed")?.["code"];
}

/** What wrangler said was wrong, without its frame. */
export function complaint({ stdout, stderr }: Ran): string {
  const lines = `${stderr}\n${stdout}`
    .split("\n")
    .map((line) => line.replace(/^\s*✘ \[ERROR\] ?/, "").trim())
    .filter((line) => line !== "" && !/please open an issue|Logs were written/.test(line));
  return lines.slice(0, 6).join(" ") || "it said nothing";
}

/** What a deploy, or its dry run, said of itself. */
export function deployEntry({ entries }: Ran): Ran["entries"][number] | undefined {
  return entries.find(({ type }) => type === "deploy");
}

function environment(notes: string, show: "show" | "keep"): NodeJS.ProcessEnv {
  const given = { ...process.env };
  for (const name of secretNames) delete given[name];
  // Would choose another part of the configuration than the one that was checked.
  delete given["CLOUDFLARE_ENV"];
  // What is read is to hold nothing else.
  if (show === "keep") delete given["WRANGLER_LOG"];
  // Would write what is uploaded, secrets included, into its log.
  delete given["WRANGLER_LOG_SANITIZE"];
  return {
    ...given,
    WRANGLER_OUTPUT_FILE_PATH: notes,
    WRANGLER_HIDE_BANNER: "true", // also skips the look-up of newer versions
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_WRITE_LOGS: "false",
  };
}
