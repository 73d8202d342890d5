// `npm run deploy -- --api NAME`: checks, makes what is missing, uploads code and secrets at once, and looks at the result.
// Changes nothing before every check has passed, and never prints a secret that it was given.

import { readAccess } from "../src/gateway/check-policy.ts";
import { lookUp, readLive, requireNamespace } from "./deploy/account.ts";
import { agrees } from "./deploy/agrees.ts";
import { buildBundle, inWords, requireFit } from "./deploy/bundle.ts";
import { checkLive } from "./deploy/check-live.ts";
import { checkPlan, type Objection } from "./deploy/check-plan.ts";
import { type Collected, collectSecrets, readSource } from "./deploy/collect-secrets.ts";
import { sayWhereItIs } from "./deploy/look-at-it.ts";
import { type DeployOptions, readOptions, usage } from "./deploy/options.ts";
import { type Plan, readPlan } from "./deploy/plan.ts";
import { requireFresh } from "./deploy/require-fresh.ts";
import { finishDryRun } from "./deploy/finish-dry-run.ts";
import { neededSecrets } from "./deploy/secrets.ts";
import { upload } from "./deploy/upload.ts";
import { apiVariable } from "./environment-names.ts";
import { printFailure } from "./print-failure.ts";
import { printable } from "./spec/printable.ts";
import { listApis } from "./spec/settings.ts";
import { step } from "./start/steps.ts";
import { writeWorkerConfig } from "./worker-config.ts";

const say = (line: string) => console.log(line);
/** For what is said when a step fails. */
const done: string[] = [];

async function deploy(options: DeployOptions): Promise<number> {
  const { api, yes, rest, dryRun } = options;
  await requireFresh(options, say);
  const vars = { ...options.vars, [apiVariable]: api };
  const named = options.worker === undefined ? {} : { name: options.worker };
  const config = await writeWorkerConfig(api, { vars, ...named });
  const plan = await readPlan(api, config, rest);
  const objections = checkPlan(plan);
  refuseAny(objections);
  say(
    `Settings … ${plan.settings.title} at ${printable(plan.baseUrl)}, ${signInOf(plan)}${isReadOnly(plan) ? ", read-only" : ""}`,
  );
  const source = options.secretsFrom === undefined ? {} : await readSource(options.secretsFrom);
  const building = step(say, "Build", () => buildBundle(config, rest), inWords);
  if (dryRun) {
    const { says } = requireFit(await building);
    return finishDryRun(plan, objections, { source, says, from: options.secretsFrom }, say);
  }
  const [bundle, live] = await Promise.all([building, lookUp(config, plan, say)]);
  requireFit(bundle);
  const changes = live === undefined ? [] : checkLive(plan, live, process.env["WORKERS_CI"] === "1");
  refuseAny(changes);
  await askAbout([...objections, ...changes], yes);
  const present = live?.secrets ?? new Set<string>();
  const needed = neededSecrets(plan, present);
  const { values, made } = await collectSecrets(needed, present, source, options.secretsFrom);
  const missing = Object.keys(values);
  const kept = needed.length - missing.length;
  say(`Secrets … ${missing.join(", ") || "none missing"}${kept > 0 ? `; ${kept} kept` : ""}`);

  const namespace = await step(
    say,
    "KV namespace",
    () => requireNamespace(config, plan, live),
    (found) => (found.made ? "made" : "is there already"),
  );
  if (namespace.made) done.push("the KV namespace was made");
  await writeWorkerConfig(api, { vars, ...named, namespaces: { OAUTH_KV: namespace.id } });
  let targets: string[];
  try {
    targets = await upload(config, rest, values);
  } catch (error) {
    // A later step may have failed, and then nobody would ever see what was made for it.
    const now = await readLive(config, plan.worker).catch(() => undefined);
    const arrived = made.filter(({ name }) => now?.secrets.has(name));
    if (arrived.length > 0) done.push("code and secrets were uploaded");
    showMade(arrived);
    throw error;
  }
  done.push(`the Worker ${plan.worker} is deployed, with its Durable Objects and secrets`);
  showMade(made);
  const token = values.MCP_TOKEN ?? (process.env["TWOFOLD_TOKEN"] || undefined);
  return sayWhereItIs(targets, { url: options.url, token, needsToken: plan.signIn.modes.length === 0 });
}

function showMade(made: Collected["made"]): void {
  for (const { what, value } of made)
    say(`\n${what}, for your password manager; it is shown only now:\n\n  ${value}`);
}

/** They quote settings, and what the account has. */
const shown = (says: string) => printable(says, Number.POSITIVE_INFINITY);

function refuseAny(objections: readonly Objection[]): void {
  const refused = objections.filter(({ level }) => level === "refuse");
  if (refused.length === 0) return;
  throw new Error(
    `This is not safe to deploy:\n${refused.map(({ says }) => `  - ${shown(says)}`).join("\n")}`,
  );
}

async function askAbout(objections: readonly Objection[], yes: boolean): Promise<void> {
  for (const { says } of objections) {
    say(`\n${shown(says)}`);
    if (yes || (await agrees("Deploy it so?"))) continue;
    throw new Error("So it was not deployed. Where nobody can be asked, --yes says yes to this.");
  }
}

function signInOf({ signIn: { modes, directToken } }: Plan): string {
  const ways = [...modes, ...(directToken ? ["the API's own token"] : [])];
  return ways.length === 0 ? "for who has the MCP_TOKEN" : `sign-in by ${ways.join(", ")}`;
}

function isReadOnly({ vars }: Plan): boolean {
  return readAccess(vars["READ_ONLY"]) === "read";
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), await listApis());
  if (options !== "help") return deploy(options);
  say(usage);
  return 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    printFailure(error);
    const state =
      done.length === 0
        ? "Nothing was changed."
        : `Done so far: ${done.join("; ")}. Running it again is safe: it goes on from what is there.`;
    console.error(`\n${state}`);
    process.exitCode = 1;
  },
);
