import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { frontHeader } from "../../src/auth/check-front.ts";

/** How the front shows the Worker that it is the front. */
export interface FrontToken {
  headers: Record<string, string>;
  /** A file of variables for wrangler: arguments are for every user of the machine to read. */
  envFile: string;
}

/** A new one for each start. @param state is there */
export async function makeFrontToken(state: string): Promise<FrontToken> {
  const token = randomBytes(32).toString("hex");
  const envFile = join(state, "front.env");
  await rm(envFile, { force: true });
  await writeFile(envFile, `FRONT_TOKEN=${token}\n`, { mode: 0o600, flag: "wx" });
  return { headers: { [frontHeader]: token }, envFile };
}
