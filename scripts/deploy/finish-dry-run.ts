import { printable } from "../spec/printable.ts";
import type { Say } from "../start/steps.ts";
import type { Objection } from "./check-plan.ts";
import { refuseBadValues, type SecretValues } from "./collect-secrets.ts";
import type { Plan } from "./plan.ts";
import { neededSecrets } from "./secrets.ts";

/** Says what a deploy would do, of what can be known without an account. */
export function finishDryRun(
  plan: Plan,
  objections: Objection[],
  { source, says, from }: { source: SecretValues; says: string; from: string | undefined },
  say: Say,
): number {
  const needed = neededSecrets(plan, new Set());
  refuseBadValues(source);
  const secrets = needed.map(
    ({ name, is }) => `  ${name.padEnd(23)} ${is}${name in source ? `; from ${from}` : ""}`,
  );
  const objects = plan.config.durable_objects?.bindings.map(({ class_name: name }) => name) ?? [];
  say(`\n${says.trim()}\n`);
  say(`Would be deployed as the Worker ${plan.worker}, with what it does not have yet:`);
  say(`  KV namespace            ${plan.worker}-oauth-kv\n  Durable Objects         ${objects.join(", ")}`);
  say(
    secrets.length === 0
      ? "\nNo secrets are needed."
      : `\nSecrets, where they are not set already:\n${secrets.join("\n")}`,
  );
  if (objections.length > 0)
    say(
      `\nWould be asked, or needs --yes:\n${objections.map(({ says: one }) => `  - ${printable(one, Number.POSITIVE_INFINITY)}`).join("\n")}`,
    );
  say("\nNothing was changed.");
  return 0;
}
