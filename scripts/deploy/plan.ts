// What is about to be deployed, read from what was built. Holds no secret, and asks nobody.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ProbeSettings } from "../../src/auth/probe-settings.ts";
import { isPassphraseHash } from "../../src/auth/passphrase.ts";
import { type SignIn, readSignIn } from "../../src/auth/sign-in-settings.ts";
import type { ArtifactIndex } from "../../src/spec/format.ts";
import { unpackIndex } from "../../src/spec/packed-index.ts";
import type { PackedIndex, PackedOperations } from "../../src/spec/packed-index.ts";
import { printable } from "../spec/printable.ts";
import type { ApiAuth } from "../spec/settings-schema.ts";

interface BuiltSettings {
  name: string;
  title: string;
  baseUrl: string;
  auth: ApiAuth;
  signIn?: ProbeSettings;
}

/** The keys of a wrangler config that are looked at. */
interface WorkerConfig {
  name: string;
  account_id?: string;
  vars?: Record<string, unknown>;
  workers_dev?: boolean;
  preview_urls?: boolean;
  route?: unknown;
  routes?: unknown[];
  kv_namespaces?: { binding: string; id?: string }[];
  worker_loaders?: { binding: string }[];
  durable_objects?: { bindings: { name: string; class_name: string }[] };
}

export interface Plan {
  api: string;
  worker: string;
  config: WorkerConfig;
  /** Plain variables: those of wrangler.jsonc and those given with --var. */
  vars: Record<string, string>;
  settings: BuiltSettings;
  index: ArtifactIndex;
  /** The address of the API, as it will be called. */
  baseUrl: string;
  signIn: SignIn;
  /** What the Worker itself would refuse to serve with. */
  signInProblem?: string;
  /** Flags for wrangler. */
  rest: readonly string[];
}

/** Fits the form of a hash and no passphrase: stands for one that is set, or will be before anything is deployed. */
const someHash = `pbkdf2-sha256.6x100000.${"A".repeat(22)}.${"A".repeat(43)}`;

export async function readPlan(api: string, configFile: string, rest: readonly string[]): Promise<Plan> {
  const directory = dirname(configFile);
  const config = JSON.parse(await readFile(configFile, "utf8")) as WorkerConfig;
  const module = await readFile(join(directory, "artifact.js"), "utf8");
  const built = JSON.parse(/^export const settings = ([^\n]*);$/m.exec(module)?.[1] ?? "") as BuiltSettings;
  // Only ever shown from here on, and the document's author chose it: it must not write to the terminal by itself.
  const settings = { ...built, title: printable(built.title, 100) };
  const stored = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(directory, name), "utf8"));
  const index = unpackIndex(
    (await stored("index.bin")) as PackedIndex,
    (await stored("operations.bin")) as PackedOperations,
  );
  const vars = Object.fromEntries(
    Object.entries(config.vars ?? {}).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  const bound = config.kv_namespaces?.some(({ binding }) => binding === "OAUTH_KV") === true;
  if (!isPassphraseHash(someHash)) throw new Error("the form of OWNER_PASSPHRASE_HASH has changed");
  const read = readSignIn(
    {
      ...vars,
      OWNER_PASSPHRASE_HASH: someHash,
      UPSTREAM_CLIENT_SECRET: "to be set",
      ...(bound && { OAUTH_KV: {} }),
    },
    settings.signIn,
    settings.auth.type,
  );
  return {
    api,
    worker: config.name,
    config,
    vars,
    settings,
    index,
    baseUrl: vars["API_BASE_URL"] ?? settings.baseUrl,
    rest,
    ...("problem" in read
      ? { signIn: { modes: [], directToken: false }, signInProblem: read.problem }
      : { signIn: read }),
  };
}
