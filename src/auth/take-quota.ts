// Counts what is done against the accounts it is done for. Fails closed: what cannot be counted is not done.

import type { Limits } from "../limits.ts";
import type { Refusal } from "./check-origin.ts";
import type { Principal } from "./principal.ts";
import type { Quota } from "./quota-windows.ts";
import type { Quotas } from "./quotas.ts";

export type QuotaEnv = { QUOTAS?: DurableObjectNamespace<Quotas> };

/** An account and what it may do; one request may count against several. */
type Account = { name: string; quotas: Quota[] };

const minute = 60_000;
const hour = 60 * minute;

export async function takeQuota(
  env: QuotaEnv,
  accounts: readonly Account[],
  amount = 1,
): Promise<Refusal | undefined> {
  for (const { name, quotas } of accounts) {
    let taken;
    try {
      if (env.QUOTAS === undefined) throw new Error("the Durable Object binding QUOTAS is missing");
      taken = await env.QUOTAS.getByName(name).take(quotas, amount);
    } catch (error) {
      console.error("quotas", error instanceof Error ? error.message : "failed");
      return {
        status: 503,
        message:
          "What is used up cannot be counted now, so nothing is done. Nothing was sent; try again in a minute.",
        retryAfter: 60,
      };
    }
    if (!taken.ok) {
      const seconds = Math.max(1, Math.ceil(taken.retryAfterMs / 1000));
      return {
        status: 429,
        message: `Too many ${taken.name}: at most ${taken.maximum}. Nothing was done; try again in ${seconds} s.`,
        retryAfter: seconds,
      };
    }
  }
  return undefined;
}

/** What one tool call counts against. Nobody counts on a laptop. */
export function runAccounts({ id, kind, sharedAccounts }: Principal, limits: Limits): Account[] {
  if (kind === "local") return [];
  if (kind !== "guest") return [{ name: id, quotas: runs(limits.runsPerMinute, limits.isolatesPerDay) }];
  // A guest who signs in again is another guest, so these are the accounts that hold.
  const [network, all] = sharedAccounts;
  return [
    ...(network === undefined
      ? []
      : [{ name: network, quotas: runs(limits.guestRunsPerMinute, limits.guestIsolatesPerDay) }]),
    ...(all === undefined
      ? []
      : [{ name: all, quotas: runs(limits.allGuestsRunsPerMinute, limits.allGuestsIsolatesPerDay) }]),
  ];
}

function runs(aMinute: number, aDay: number): Quota[] {
  return [
    { name: "runs a minute", maximum: aMinute, windowMs: minute },
    { name: "isolates a day", maximum: aDay, windowMs: 24 * hour },
  ];
}

export function writeAccounts({ id, kind }: Principal, limits: Limits): Account[] {
  if (kind === "local") return [];
  return [{ name: id, quotas: [{ name: "writes an hour", maximum: limits.writesPerHour, windowMs: hour }] }];
}

/** What anybody may do who is not known yet, by network and altogether. */
export function anonymousAccounts(
  what: "registration" | "consent" | "try" | "token",
  network: string,
  limits: Limits,
): Account[] {
  const of = (whose: string, name: string, maximum: number, windowMs: number): Account => ({
    name: `${what}:${whose}`,
    quotas: [{ name, maximum, windowMs }],
  });
  switch (what) {
    case "registration":
      return [
        of(network, "registrations an hour", limits.registrationsPerHour, hour),
        of("all", "registrations a day", limits.allRegistrationsPerDay, 24 * hour),
      ];
    case "consent":
      return [
        of(network, "sign-in pages in ten minutes", limits.consentsPerTenMinutes, 10 * minute),
        of("all", "sign-in pages in ten minutes", limits.allConsentsPerTenMinutes, 10 * minute),
      ];
    case "try":
      return [
        of(network, "attempts in a quarter of an hour", limits.triesPerQuarter, 15 * minute),
        of("all", "attempts an hour", limits.allTriesPerHour, hour),
      ];
    case "token":
      return [of(network, "token requests a minute", limits.tokenRequestsPerMinute, minute)];
    default:
      return what satisfies never;
  }
}
