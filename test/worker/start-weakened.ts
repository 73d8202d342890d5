import { join } from "node:path";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import type { WeakenedAnswer, WeakenedRun } from "./weakened.ts";

export interface WeakenedTwofold extends TestTwofold {
  /** Runs a program in the sandbox with what `how` takes away or replaces. */
  weakened(how: WeakenedRun): Promise<WeakenedAnswer>;
}

/** The real Worker, and beside it /run (weakened.ts). */
export async function startWeakenedTwofold(
  options: Parameters<typeof startTestTwofold>[0],
): Promise<WeakenedTwofold> {
  const main = join(import.meta.dirname, "weakened.ts");
  const twofold = await startTestTwofold({ ...options, main });
  return {
    ...twofold,
    async weakened(how) {
      const response = await fetch(`${twofold.url}/run`, {
        method: "POST",
        body: JSON.stringify(how),
        signal: AbortSignal.timeout(50_000),
      });
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()) as WeakenedAnswer;
    },
  };
}
