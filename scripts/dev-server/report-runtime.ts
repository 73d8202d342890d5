// Preloaded by start-server.ts into what it starts: tells over the IPC channel which workerd processes that starts, and how
// they end. Neither wrangler nor Miniflare tells its parent of them, and both restart a dead one without a word to us.
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import type { RuntimeReport } from "./runtime.ts";

subscribe("child_process", (message) => {
  const child = (message as { process: ChildProcess }).process;
  child.once("spawn", () => {
    const { pid, spawnargs } = child;
    const socket = spawnargs.find((argument) => argument.startsWith("--socket-addr=entry="));
    if (pid === undefined || socket === undefined) return;
    const port = Number(socket.slice(socket.lastIndexOf(":") + 1));
    tell({ workerd: "started", pid, port });
    child.once("exit", (code, signal) =>
      // `killed` is wrangler's own kill: it replaces the runtime when the Worker was rebuilt.
      tell({ workerd: "ended", pid, exit: { code, signal }, replaced: child.killed }),
    );
  });
});

function tell(report: RuntimeReport): void {
  if (process.connected) process.send?.(report);
}
