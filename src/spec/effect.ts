// What an operation does to the API's data, as far as its method tells. Policy has the last word (scripts/spec/policy.ts).

export type Effect = "read" | "write" | "delete";

/** From harmless to not. */
export const effects = ["read", "write", "delete"] as const satisfies readonly Effect[];

/** Methods that only read: safe by RFC 9110, and QUERY by its draft. A list, so that what is not on it never counts as reading. */
const safe = ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY"];

export function methodEffect(method: string): Effect {
  const upper = method.toUpperCase();
  if (upper === "DELETE") return "delete";
  return safe.includes(upper) ? "read" : "write";
}

export function isStricter(effect: Effect, than: Effect): boolean {
  return effects.indexOf(effect) > effects.indexOf(than);
}
