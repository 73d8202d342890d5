import { setTimeout as sleep } from "node:timers/promises";
import type { RunningWorker } from "../../dev-server.ts";
import { probe } from "./probe.ts";
import type { Watchdog } from "./watchdog.ts";

/** Milliseconds between two looks. */
const everyMs = 1_000;

/** Milliseconds without an answer after which a query counts as endless; those of the shop take a few. */
const wedgedMs = 7_000;

/**
 * The API can be wedged too: one SQL query without end blocks it for everybody. Ending its runtime fails the call under
 * way, so the program that made it hears of it by itself; Miniflare starts another, on the same storage.
 */
export async function watchPlayground(
  playground: RunningWorker,
  twofold: Watchdog,
  say: (line: string) => void,
): Promise<never> {
  for (;;) {
    await sleep(everyMs, undefined, { ref: false });
    const asked = performance.now();
    if (!twofold.busy || (await probe(playground.port, wedgedMs))) continue;
    // A refused connection, while the runtime is restarted, comes at once.
    if (performance.now() - asked < wedgedMs) continue;
    playground.runtime.kill();
    const line = `The playground stopped answering for ${wedgedMs / 1_000} s and was restarted; the calls under way failed. No state is lost.`;
    say(line);
    playground.log(`[twofold] ${line}`);
  }
}
