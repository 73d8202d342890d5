// What the Cloudflare account has: who is signed in, the Worker as it is now, its KV namespace. Reads, and makes only the last.

import { z } from "zod";
import { type Say, step } from "../start/steps.ts";
import type { Live } from "./check-live.ts";
import type { Plan } from "./plan.ts";
import { apiCode, complaint, wrangler } from "./wrangler.ts";

const whoami = z.object({
  loggedIn: z.boolean(),
  accounts: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
});

interface Account {
  id: string;
  name: string;
}

async function requireSignedIn(config: string): Promise<Account[]> {
  const ran = await wrangler(["whoami", "--json", "--config", config]);
  const read = whoami.safeParse(parse(ran.stdout)).data;
  if (read?.loggedIn === true) return read.accounts;
  if (read === undefined) throw new Error(`Whose account this is could not be found out: ${complaint(ran)}`);
  throw new Error(
    "Nobody is signed in to Cloudflare here. Sign in with: npx wrangler login. Where there is no browser, such as in CI, set CLOUDFLARE_API_TOKEN to a token made in the dashboard from the template “Edit Cloudflare Workers”.",
  );
}

/** The one account there is. */
async function requireAccount(config: string): Promise<Account> {
  const accounts = await requireSignedIn(config);
  const [only] = accounts;
  if (only !== undefined && accounts.length === 1) return only;
  const list = accounts.map(({ id, name }) => `${name} ${id}`).join("; ") || "none that the token names";
  throw new Error(
    `Say which account, with the environment variable CLOUDFLARE_ACCOUNT_ID. There are: ${list}.`,
  );
}

const status = z.object({ versions: z.array(z.object({ version_id: z.string() })).min(1) });
const version = z.object({
  resources: z.object({
    bindings: z.array(
      z.looseObject({
        name: z.string(),
        type: z.string(),
        text: z.string().optional(),
        namespace_id: z.string().optional(),
      }),
    ),
  }),
});

/** Cloudflare's code for a Worker that does not exist. */
const noWorker = 10_007;

/** The Worker as it is deployed now; undefined when there is none of that name. */
export async function readLive(config: string, worker: string): Promise<Live | undefined> {
  const at = ["--name", worker, "--json", "--config", config];
  const deployed = await wrangler(["deployments", "status", ...at]);
  if (deployed.code !== 0) {
    if (apiCode(deployed) === noWorker) return undefined;
    throw new Error(`The Worker ${worker} could not be looked at: ${complaint(deployed)}`);
  }
  const found = status.safeParse(parse(deployed.stdout)).data?.versions[0]?.version_id;
  const viewed = found === undefined ? undefined : await wrangler(["versions", "view", found, ...at]);
  const read = version.safeParse(parse(viewed?.stdout ?? ""));
  if (viewed?.code !== 0 || !read.success)
    throw new Error(
      `The settings of the Worker ${worker} could not be read: ${complaint(viewed ?? deployed)}`,
    );
  const { bindings } = read.data.resources;
  const namespace = bindings.find(({ name }) => name === "OAUTH_KV")?.namespace_id;
  return {
    secrets: new Set(bindings.filter(({ type }) => type === "secret_text").map(({ name }) => name)),
    vars: Object.fromEntries(
      bindings.filter(({ type }) => type === "plain_text").map(({ name, text }) => [name, text ?? ""]),
    ),
    bindings: new Set(
      bindings.filter(({ type }) => type !== "secret_text" && type !== "plain_text").map(({ name }) => name),
    ),
    ...(namespace !== undefined && { namespace }),
  };
}

/** Who pays, and what is there already. */
export async function lookUp(config: string, plan: Plan, say: Say): Promise<Live | undefined> {
  const known = plan.config.account_id ?? (process.env["CLOUDFLARE_ACCOUNT_ID"] || undefined);
  if (known === undefined) {
    const { id } = await step(
      say,
      "Account",
      () => requireAccount(config),
      ({ name }) => name,
    );
    // wrangler would otherwise go to the account that was used here last, whoever is signed in now.
    process.env["CLOUDFLARE_ACCOUNT_ID"] = id;
  }
  return step(
    say,
    `Worker ${plan.worker}`,
    () => readLive(config, plan.worker),
    (found) => (found === undefined ? "new" : "is there already"),
  ).catch(async (error: unknown) => {
    // The likeliest reason has words of its own.
    if (known !== undefined) await requireSignedIn(config);
    throw error;
  });
}

const namespaces = z.array(z.object({ id: z.string(), title: z.string() }));

/**
 * By its title, so that one left over from a deploy that failed is taken up again: wrangler's own provisioning would
 * try to make it a second time, which Cloudflare refuses.
 */
export async function requireNamespace(
  config: string,
  plan: Plan,
  live: Live | undefined,
): Promise<{ id: string; made: boolean }> {
  const known =
    plan.config.kv_namespaces?.find(({ binding }) => binding === "OAUTH_KV")?.id ?? live?.namespace;
  if (known !== undefined) return { id: known, made: false };
  const title = `${plan.worker}-oauth-kv`;
  const present = await findNamespace(config, title);
  if (present !== undefined) return { id: present, made: false };
  const made = await wrangler([
    "kv",
    "namespace",
    "create",
    title,
    "--update-config=false",
    "--config",
    config,
  ]);
  if (made.code !== 0) throw new Error(`The KV namespace ${title} could not be made: ${complaint(made)}`);
  const id = /"id": "([^"]+)"/.exec(made.stdout)?.[1] ?? (await findNamespace(config, title));
  if (id === undefined) throw new Error(`The KV namespace ${title} was made, but is not listed yet.`);
  return { id, made: true };
}

async function findNamespace(config: string, title: string): Promise<string | undefined> {
  const listed = await wrangler(["kv", "namespace", "list", "--config", config]);
  const read = namespaces.safeParse(parse(listed.stdout));
  if (listed.code !== 0 || !read.success)
    throw new Error(`The account's KV namespaces could not be listed: ${complaint(listed)}`);
  return read.data.find((one) => one.title === title)?.id;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
