// Counting in windows of time that begin at multiples of their length. Pure: what is counted and the clock come in.

/** One bound: at most `maximum` in each window. */
export type Quota = { name: string; maximum: number; windowMs: number };

/** What has been counted in the window that began at `start`, milliseconds since 1970. */
export type Count = { start: number; count: number };

export type Taken = { ok: true } | { ok: false; name: string; maximum: number; retryAfterMs: number };

/** Takes `amount` of each quota, or of none: `counts` changes only when all of them have room. */
export function takeAll(
  quotas: readonly Quota[],
  counts: Map<string, Count>,
  now: number,
  amount = 1,
): Taken {
  const next = new Map<string, Count>();
  for (const { name, maximum, windowMs } of quotas) {
    const start = now - (now % windowMs);
    const known = counts.get(name);
    // What is given back after its window ended is no credit for the next.
    const count = Math.max(0, (known?.start === start ? known.count : 0) + amount);
    if (count > maximum) return { ok: false, name, maximum, retryAfterMs: start + windowMs - now };
    next.set(name, { start, count });
  }
  for (const [name, count] of next) counts.set(name, count);
  return { ok: true };
}
