import { buildApi } from "../spec/build-api.ts";
import { artifactState } from "../spec/built-from.ts";
import { type Say, step } from "../start/steps.ts";
import { agrees } from "./agrees.ts";
import type { DeployOptions } from "./options.ts";

/** Rules that were changed since the build would not be those that are served. */
export async function requireFresh({ api, dryRun, yes }: DeployOptions, say: Say): Promise<void> {
  const state = await artifactState(api);
  if (state === "fresh") return;
  const why = `spec/${api} has changed since it was built`;
  // Where nothing was built, such as in CI, there is nothing old to take for new.
  if (state === "stale" && (dryRun || !(yes || (await agrees(`${why}. Build it now?`)))))
    throw new Error(
      `${why}, and a deployment serves what was built. Build it with: npm run spec -- build ${api}`,
    );
  await step(
    say,
    "Artifact",
    () => buildApi(api),
    ({ artifact }) => `built, ${artifact.operations} operations`,
  );
}
