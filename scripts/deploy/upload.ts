// The deploy itself: code, settings and secrets in one upload, so that no moment has the one without the other.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretValues } from "./collect-secrets.ts";
import { deployEntry, wrangler } from "./wrangler.ts";

/** @returns the hosts where it is reached now, without or with their scheme */
export async function upload(
  config: string,
  rest: readonly string[],
  secrets: SecretValues,
): Promise<string[]> {
  const args = ["deploy", "--config", config, ...rest];
  // Ctrl-C reaches wrangler too; what it was given is to go before we do.
  const wait = () => {};
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, wait);
  // A folder for this user alone. As JSON: in the other form wrangler would put values of the environment into it.
  const directory = await mkdtemp(join(tmpdir(), "twofold-deploy-"));
  try {
    const file = join(directory, "secrets.json");
    const some = Object.keys(secrets).length > 0;
    if (some) await writeFile(file, JSON.stringify(secrets), { mode: 0o600, flag: "wx" });
    const ran = await wrangler([...args, ...(some ? ["--secrets-file", file] : [])], "show");
    const targets = deployEntry(ran)?.["targets"];
    if (ran.code !== 0 || !Array.isArray(targets))
      throw new Error(
        "wrangler did not finish; its own words are above. Unless they are about a step after the upload, the Worker is as it was. A missing permission: the token needs those of the template “Edit Cloudflare Workers”. Worker Loaders: the account needs the Workers Paid plan. No workers.dev subdomain: the dashboard makes one, under Workers.",
      );
    return targets.map(String);
  } finally {
    await rm(directory, { recursive: true, force: true });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, wait);
  }
}
