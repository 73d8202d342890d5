import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../scripts/run-script.ts";
import { type NpmStart, npmStart, untilReady } from "./npm-start.ts";

const readme = await readFile(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, text = ""]) => text);

/** Each call of the README by its tool, with the answer shown below it. */
const examples = blocks.flatMap((command, index) => {
  const [, tool] = /^npm run -s call -- (\w+) /.exec(command) ?? [];
  return tool === undefined ? [] : [{ tool, command, answer: blocks[index + 1] ?? "" }];
});
const printed = blocks.find((text) => text.includes("Twofold is ready")) ?? "";

/** The same text with what differs from run to run made equal: seconds, run ids, ports. */
function settled(text: string, port = 8787): string {
  return text
    .replaceAll(`localhost:${port}`, "localhost:8787")
    .replaceAll(" --url http://localhost:8787/mcp", "")
    .replaceAll(/\(\d+\.\d s\)/g, "(… s)")
    .replaceAll(/\brun r_[0-9a-z]{10} /g, "run r_… ")
    .replaceAll(/ \d+ ms$/gm, " … ms");
}

// The README's lines are for a POSIX shell.
describe.skipIf(process.platform === "win32")("the README, against a running npm start", () => {
  let state: string;
  let started: NpmStart | undefined;
  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), "twofold-readme-"));
    started = await npmStart(state);
    await untilReady(started);
  });
  afterAll(async () => {
    if (started !== undefined && started.npm.exitCode === null) process.kill(-started.npm.pid, "SIGINT");
    await started?.exited;
    await rm(state, { recursive: true, force: true });
  });

  test("shows exactly what npm start prints, the lines for the clients included", () => {
    const output = started?.output() ?? "";
    const actual = output.slice(output.indexOf("Playground …"));
    expect(settled(actual, started?.port).trimEnd()).toBe(settled(printed).trimEnd());
  });

  test("shows lines for clients that hold valid JSON", () => {
    const [, cursor = ""] = /^ +Cursor .*?(\{.*\})$/m.exec(printed) ?? [];
    const [, code = ""] = /^ +VS Code .*?'(\{.*\})'$/m.exec(printed) ?? [];
    const url = "http://localhost:8787/mcp";
    expect(JSON.parse(cursor)).toEqual({ mcpServers: { twofold: { url } } });
    expect(JSON.parse(code)).toEqual({ name: "twofold", type: "http", url });
  });

  test("calls both tools", () => {
    expect(examples.map(({ tool }) => tool)).toEqual(["search", "execute"]);
  });

  test.each(examples)("shows the answer of its $tool", async ({ command, answer }) => {
    const line = `${command.trimEnd()} --url http://localhost:${started?.port}/mcp`;
    const { stdout, stderr } = await promisify(execFile)("sh", ["-c", line], { cwd: root });
    const [result, ...notes] = settled(answer).trimEnd().split("\n");
    expect(stdout.trimEnd()).toBe(result);
    expect(settled(stderr).trimEnd()).toBe(notes.join("\n"));
  });
});
