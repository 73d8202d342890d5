// `policy` of api.jsonc → what each operation does and whether it may be called, written into the index, so that
// the guest's `find` and the gateway cannot disagree. Pure.

import { type Effect, effects, methodEffect } from "../../src/spec/effect.ts";
import { type ArtifactIndex, operationsOf } from "../../src/spec/format.ts";
import type { Finding } from "./document-refused.ts";
import { matchSelector } from "./policy-selector.ts";
import type { ApiPolicy } from "./settings-schema.ts";

export interface PolicyReport {
  /** Operations that do something else than their method says. */
  reads: number;
  writes: number;
  deletes: number;
  denied: number;
  /** Entries that match no operation. */
  findings: Finding[];
}

type Rule = { key: "reads" | "writes" | "deletes" | "deny" | "allow"; selector: string; reason?: string };
const ruleOf: Record<Effect, Rule["key"]> = { read: "reads", write: "writes", delete: "deletes" };

/** The most specific rule wins; of rules equally specific the stricter: delete over write over read, deny over allow. */
export function applyPolicy(index: ArtifactIndex, policy: ApiPolicy, place: string): PolicyReport {
  const rules = readRules(policy);
  const used = new Set<Rule>();
  const effectsOf = new Map<number, Effect>(
    effects.flatMap((effect) => (index.effects?.[effect] ?? []).map((number) => [number, effect] as const)),
  );
  const denied = new Map<string, number[]>();
  let number = 0;
  for (const [path, item] of Object.entries(index.paths)) {
    for (const [method, { operationId, tags = [] }] of operationsOf(item)) {
      const best = new Map<Rule["key"], { rank: number; rule: Rule }>();
      for (const rule of rules) {
        const rank = matchSelector(rule.selector, { method, path, operationId, tags });
        if (rank === undefined) continue;
        used.add(rule);
        const known = best.get(rule.key);
        if (known === undefined || rank >= known.rank) best.set(rule.key, { rank, rule });
      }
      const rankOf = (key: Rule["key"]) => best.get(key)?.rank ?? Number.NEGATIVE_INFINITY;
      const said = effects
        .filter((effect) => best.has(ruleOf[effect]))
        .toSorted((left, right) => rankOf(ruleOf[left]) - rankOf(ruleOf[right]))
        .at(-1);
      if (said === methodEffect(method)) effectsOf.delete(number);
      else if (said !== undefined) effectsOf.set(number, said);
      const deny = best.get("deny");
      if (deny !== undefined && deny.rank >= rankOf("allow")) {
        const reason = reasonOf(deny.rule);
        const list = denied.get(reason);
        if (list === undefined) denied.set(reason, [number]);
        else list.push(number);
      }
      number += 1;
    }
  }
  write(index, effectsOf, denied);
  const count = (effect: Effect) => index.effects?.[effect]?.length ?? 0;
  return {
    reads: count("read"),
    writes: count("write"),
    deletes: count("delete"),
    denied: [...denied.values()].flat().length,
    findings: rules
      .filter((rule) => !used.has(rule))
      .map(({ key, selector }) => ({
        place,
        message: `${key}: "${selector}" matches no operation, so it does nothing; use an operationId, "tag:NAME", or a method and path such as "GET /users/*".`,
      })),
  };
}

function readRules(policy: ApiPolicy): Rule[] {
  const keys = ["reads", "writes", "deletes", "allow"] as const;
  const plain = keys.flatMap((key) => (policy[key] ?? []).map((selector): Rule => ({ key, selector })));
  const deny = (policy.deny ?? []).map((entry): Rule =>
    typeof entry === "string"
      ? { key: "deny", selector: entry }
      : { key: "deny", selector: entry.operations, reason: entry.reason },
  );
  return [...plain, ...deny];
}

function reasonOf({ selector, reason }: Rule): string {
  const entry = `policy.deny has ${JSON.stringify(selector)}`;
  return reason === undefined ? entry : `${entry}: ${reason}`;
}

function write(index: ArtifactIndex, effectsOf: Map<number, Effect>, denied: Map<string, number[]>): void {
  delete index.effects;
  for (const [number, effect] of [...effectsOf].toSorted(([left], [right]) => left - right))
    ((index.effects ??= {})[effect] ??= []).push(number);
  if (denied.size > 0) index.denied = [...denied];
}
