// `console` of one run: its lines go into the outcome. Never writes anywhere else.

/** @param {(value: unknown) => string | undefined} stringify @param {number} maximum characters kept of all lines together */
export function createConsole(stringify, maximum) {
  const lines = [];
  let used = 0;
  let dropped = 0;
  const write = (level, values) => {
    const text = values.map((value) => format(value, stringify)).join(" ");
    const line = level === "log" ? text : `${level}: ${text}`;
    if (used >= maximum) {
      dropped += 1;
      return;
    }
    const kept = line.length > maximum - used ? `${line.slice(0, maximum - used)}…` : line;
    used += line.length;
    lines.push(kept);
  };
  const console = {};
  for (const level of ["log", "info", "warn", "error", "debug", "trace", "dir", "table"]) {
    console[level] = (...values) => write(level, values);
  }
  return { console, logs: () => (dropped > 0 ? [...lines, `… ${dropped} more lines left out`] : lines) };
}

function format(value, stringify) {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Uint8Array) return `Uint8Array(${value.length})`;
  try {
    return stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
