// When a call is sent again: never when that could do it twice. Knows no URL, no header it would send, and no clock of its own.

/** What a failed attempt says about what happened: nothing, as a rule, once the request has left. */
export type Outcome<T> =
  | { kind: "answered"; answer: T; status: number; headers: Headers }
  | { kind: "lost"; error: unknown };

export type RetryRule = {
  /** It only reads: doing it twice is doing it once. */
  reads: boolean;
  /** Doing it twice has the effect of doing it once: PUT and DELETE, and whatever carries an idempotency key. */
  idempotent: boolean;
};

type RetryBounds = {
  /** Attempts of one call, the first included. */
  attempts: number;
  /** Milliseconds before the second attempt, doubled before each further one, when the API names no time. */
  baseMs: number;
  /** The longest wait for one attempt in milliseconds; an API that asks for more is not waited for. */
  waitMs: number;
};

type RetryWorld = {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to below 1. */
  random(): number;
  /** @throws when the run ends meanwhile */
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds since 1970 at which the run ends, whatever is under way. */
  deadline: number;
  /** Whether the run may send one more attempt; counts it when it may. */
  takeRetry(): boolean;
};

export type Retried<T> = {
  last: Outcome<T>;
  attempts: number;
  /** An attempt before the last got no answer, or none that says whether the call was carried out. */
  unsure: boolean;
  /** Milliseconds the API asked to wait, when that was too long to be waited for. */
  askedMs?: number;
};

/** A wait that leaves less than this for the answer is not begun. */
const leastMs = 1_000;

export async function withRetry<T>(
  attempt: () => Promise<Outcome<T>>,
  rule: RetryRule,
  bounds: RetryBounds,
  world: RetryWorld,
): Promise<Retried<T>> {
  let unsure = false;
  for (let attempts = 1; ; attempts += 1) {
    const last = await attempt();
    const done = { last, attempts, unsure };
    if (!mayRepeat(last, rule)) return done;
    const asked = last.kind === "answered" ? askedWait(last.headers, last.status, world.now()) : undefined;
    const backoff = bounds.baseMs * 2 ** (attempts - 1) * (0.5 + world.random() / 2);
    // Never earlier than asked, and a little later: everybody who was refused comes back at that time.
    const wait = asked === undefined ? backoff : asked + world.random() * bounds.baseMs;
    if (wait > bounds.waitMs || world.now() + wait + leastMs > world.deadline)
      return asked === undefined ? done : { ...done, askedMs: asked };
    if (attempts >= bounds.attempts || !world.takeRetry()) return done;
    // 429 says that the call was not carried out; all else leaves that open.
    if (!rule.reads && !(last.kind === "answered" && last.status === 429)) unsure = true;
    await world.sleep(wait);
  }
}

function mayRepeat(outcome: Outcome<unknown>, { reads, idempotent }: RetryRule): boolean {
  if (outcome.kind === "lost") return reads || idempotent;
  switch (outcome.status) {
    case 429:
      return true;
    case 502:
    case 503:
    case 504:
      return reads || idempotent;
    default:
      return false;
  }
}

/**
 * Milliseconds the API asks to wait, from `Retry-After` or the rate-limit headers; undefined when it does not say, or
 * says what no clock can mean.
 */
export function askedWait(headers: Headers, status: number, now: number): number | undefined {
  // The API's own clock, where it tells it: ours may differ by more than the wait.
  const said = Date.parse(headers.get("date") ?? "");
  const today = Number.isNaN(said) ? now : said;
  const milliseconds = number(headers.get("retry-after-ms") ?? headers.get("x-ms-retry-after-ms"));
  if (milliseconds !== undefined) return milliseconds;
  const after = headers.get("retry-after");
  if (after !== null) {
    const wait = seconds(after) ?? until(date(after), today);
    if (wait !== undefined) return wait;
  }
  if (status !== 429) return undefined;
  // RFC draft: `RateLimit: "default";r=0;t=30`, before that `RateLimit: limit=10, remaining=0, reset=30` and RateLimit-Reset.
  const combined = /(?:^|[;,\s])(?:t|reset)=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1];
  const reset =
    combined ??
    headers.get("ratelimit-reset") ??
    headers.get("x-ratelimit-reset") ??
    headers.get("x-rate-limit-reset");
  if (reset === null) return undefined;
  const value = number(reset);
  if (value === undefined) return until(date(reset), today);
  // Some give seconds from now, some a date in seconds or milliseconds since 1970: no wait is thirty years long.
  if (value >= 1e12) return until(value, today);
  return value >= 1e9 ? until(value * 1_000, today) : value * 1_000;
}

function seconds(text: string): number | undefined {
  const value = number(text);
  return value === undefined ? undefined : value * 1_000;
}

/** A plain number, zero or more. `1e9` and `Infinity` are none. */
function number(text: string | null): number | undefined {
  const trimmed = text?.trim() ?? "";
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** An HTTP date, or one of ISO 8601. `Date.parse` alone takes "-1" for a day in 2001. */
function date(text: string): number {
  return /^\s*([a-z]{3,9},? |\d{4}-\d\d)/i.test(text) ? Date.parse(text) : Number.NaN;
}

/** A time that is over means: now. */
function until(time: number, now: number): number | undefined {
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
