import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { printFailure } from "./print-failure.ts";
import { repositoryRoot } from "./repository-root.ts";
import { bringUp, type Running } from "./start/bring-up.ts";
import { playgroundName } from "./start/options.ts";
import { firstFree } from "./start/port.ts";

// The scenarios every server must pass. The others call tools, prompts and resources of the suite's own
// reference server, which a server with two fixed tools does not have.
const scenarios = ["server-initialize", "ping", "tools-list", "dns-rebinding-protection"];

/** Milliseconds for one scenario; each takes less than a second. */
const timeout = 60_000;

const suite = join(repositoryRoot, "node_modules/@modelcontextprotocol/conformance/dist/index.js");
// A state folder and a port of its own: npm start may be running.
const state = await mkdtemp(join(tmpdir(), "twofold-conformance-"));
const running: Running[] = [];
try {
  const options = { api: playgroundName, port: await firstFree(8887), state, fresh: false, help: false };
  const { url } = await bringUp(options, console.log, (worker) => running.push(worker));
  const failed: string[] = [];
  for (const scenario of scenarios) {
    const { passed, output } = await runScenario(url, scenario);
    // "Passed: 2/2, 0 failed, 0 warnings"; a suite that says nothing of the kind has not checked anything.
    const [, checks = "0"] = /Passed: (\d+)\/\d+/.exec(output) ?? [];
    if (passed && checks !== "0")
      console.log(`${scenario} … passed (${checks} ${checks === "1" ? "check" : "checks"})`);
    else {
      failed.push(scenario);
      console.log(`${scenario} … failed\n${output}`);
    }
  }
  if (failed.length > 0)
    throw new Error(`${failed.length} of ${scenarios.length} scenarios failed: ${failed.join(", ")}.`);
  console.log(`All ${scenarios.length} scenarios passed.`);
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
} finally {
  await Promise.all(running.map((worker) => worker.stop()));
  await rm(state, { recursive: true, force: true });
}

async function runScenario(url: string, scenario: string): Promise<{ passed: boolean; output: string }> {
  const args = [suite, "server", "--url", url, "--scenario", scenario];
  const text = (streams: { stdout: string; stderr: string }) =>
    stripVTControlCharacters(streams.stdout + streams.stderr).trim();
  try {
    return { passed: true, output: text(await promisify(execFile)(process.execPath, args, { timeout })) };
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    return { passed: false, output: text({ stdout, stderr }) || message };
  }
}
