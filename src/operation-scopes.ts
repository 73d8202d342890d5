// Which scopes an operation needs, and how far each reaches. Joins what the document says with what auth calls it.

import { neededScopes } from "./auth/scopes.ts";
import { loadOperations, settings } from "./spec/load-artifact.ts";
import type { Operation } from "./spec/operations.ts";

let optionalOf: Map<number, string[]> | undefined;

export function scopesOf(operation: Operation): string[] {
  return neededScopes(operation.effect, optionalScopes(operation));
}

function optionalScopes({ number }: Operation): string[] {
  if (optionalOf === undefined) {
    optionalOf = new Map();
    for (const [name, { operations }] of Object.entries(settings.scopes ?? {}))
      for (const one of operations) optionalOf.set(one, [...(optionalOf.get(one) ?? []), name]);
  }
  return optionalOf.get(number) ?? [];
}

/** What nobody may call is in no count; what needs an optional scope is in that scope's. */
export function reach(): { reads: number; writes: number; optional: Record<string, number> } {
  const counted = { reads: 0, writes: 0, optional: {} as Record<string, number> };
  for (const operation of loadOperations().all) {
    if (operation.denied !== undefined) continue;
    const optional = optionalScopes(operation);
    for (const name of optional) counted.optional[name] = (counted.optional[name] ?? 0) + 1;
    if (optional.length > 0) continue;
    if (operation.effect === "read") counted.reads += 1;
    else counted.writes += 1;
  }
  return counted;
}
