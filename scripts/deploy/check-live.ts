// What a deployment would change for those who use the present one. Pure.

import { readAccess } from "../../src/gateway/check-policy.ts";
import { apiVariable } from "../environment-names.ts";
import type { Objection } from "./check-plan.ts";
import type { Plan } from "./plan.ts";

/** The Worker of that name, as the account has it. */
export interface Live {
  secrets: Set<string>;
  vars: Record<string, string>;
  /** Names of its bindings that are neither variable nor secret. */
  bindings: Set<string>;
  /** Id of its OAUTH_KV. */
  namespace?: string;
}

/** @param isOurs whoever runs this has made the Worker for it, as Workers Builds does */
export function checkLive(plan: Plan, live: Live, isOurs = false): Objection[] {
  if (live.bindings.size === 0 && live.vars[apiVariable] === undefined)
    return isOurs
      ? []
      : [
          {
            level: "ask",
            says: `There is a Worker named ${plan.worker} in the account, without any binding; it would be replaced. Where it is somebody's, choose another name: --name twofold-${plan.api}`,
          },
        ];
  if (!live.bindings.has("JOURNAL") || !live.bindings.has("LOADER"))
    return [
      {
        level: "refuse",
        says: `There is a Worker named ${plan.worker} in the account that is no Twofold; it would be replaced. Choose another name: --name twofold-${plan.api}`,
      },
    ];
  const serves = live.vars[apiVariable];
  if (serves !== undefined && serves !== plan.api)
    return [
      {
        level: "ask",
        says: `The Worker ${plan.worker} serves the API ${serves}; whoever uses it would get ${plan.api} instead. To have both: --name twofold-${plan.api}`,
      },
    ];
  const names = [...new Set([...Object.keys(live.vars), ...Object.keys(plan.vars)])].filter(
    (name) => name !== apiVariable && live.vars[name] !== plan.vars[name],
  );
  if (names.length === 0) return [];
  const changes = names.map(
    (name) => `${name} ${live.vars[name] ?? "(unset)"} → ${plan.vars[name] ?? "(unset)"}`,
  );
  const opens =
    readAccess(live.vars["READ_ONLY"]) === "read" && readAccess(plan.vars["READ_ONLY"]) === "write"
      ? " Programs could then write, which they cannot now."
      : "";
  return [
    {
      level: "ask",
      says: `Variables of the deployment would change: ${changes.join("; ")}.${opens} What is to stay has to be given again, with --var or in wrangler.jsonc.`,
    },
  ];
}
