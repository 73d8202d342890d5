import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningWorker } from "./dev-server.ts";
import { printFailure } from "./print-failure.ts";
import { repositoryRoot } from "./repository-root.ts";
import { bringUp } from "./start/bring-up.ts";
import { playgroundName } from "./start/options.ts";
import { firstFree } from "./start/port.ts";

// The scenarios every server must pass. The others call tools, prompts and resources of the suite's own
// reference server, which a server with two fixed tools does not have.
const scenarios = ["server-initialize", "ping", "tools-list", "dns-rebinding-protection"];

const tool = join(repositoryRoot, "node_modules/@modelcontextprotocol/conformance/dist/index.js");
const state = await mkdtemp(join(tmpdir(), "twofold-conformance-"));
const running: RunningWorker[] = [];
try {
  // Above the ports of npm start, which may be running.
  const port = await firstFree(8887);
  const options = { api: playgroundName, port, state, fresh: false, help: false };
  const { url } = await bringUp(options, console.log, (worker) => running.push(worker));
  const failed = scenarios.filter((scenario) => {
    const args = [
      tool,
      "server",
      "--url",
      url,
      "--scenario",
      scenario,
      "--output-dir",
      join(state, "results"),
    ];
    return spawnSync(process.execPath, args, { stdio: "inherit", timeout: 120_000 }).status !== 0;
  });
  if (failed.length > 0)
    throw new Error(`Conformance failed: ${failed.join(", ")}. The output above says where.`);
  console.log(`Conformance: ${scenarios.length} scenarios passed.`);
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
} finally {
  await Promise.all(running.map((worker) => worker.stop()));
  await rm(state, { recursive: true, force: true });
}
