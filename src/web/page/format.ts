// Values as the short texts a person reads. Pure; a time zone and "now" are the reader's.

export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

export function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  const units = ["kB", "MB", "GB"];
  let value = size;
  let unit = -1;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** The hour alone today, the day with it before. */
export function moment(time: number, now: number): string {
  const date = new Date(time);
  const clock = date.toLocaleTimeString("en-GB");
  if (date.toDateString() === new Date(now).toDateString()) return clock;
  return `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${clock}`;
}

export function count(number: number, one: string): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : `${one}s`}`;
}

/** One value in one line: a text as it is, anything deeper as JSON. */
export function cell(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each));
}

/** The outcomes of the journal, in words. */
export function outcomeWords(outcome: string): string {
  return outcomes[outcome] ?? outcome;
}

export const outcomes: Readonly<Record<string, string>> = {
  ok: "ok",
  running: "running",
  "program-error": "program error",
  refused: "refused",
  stopped: "stopped",
  cancelled: "cancelled by its client",
  interrupted: "interrupted",
  time: "out of time",
  busy: "endless loop",
  outcome: "result too large",
  memory: "out of memory",
};

/** A client names itself: an MCP client by its name, a browser by a line that hides its own. */
export function clientWords(client: string): string {
  if (!client.startsWith("Mozilla/")) return client;
  const [, browser = "a browser"] = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(client) ?? [];
  return { Edg: "Edge", OPR: "Opera" }[browser] ?? browser;
}
