// `console` of one run: its lines go into the outcome. Never writes anywhere else.

import { toPlain } from "./plain.guest.js";

const stringify = JSON.stringify;
/** A log line is a glance, not the result. */
const glance = { items: 20, chars: 1000, depth: 4, keys: 30 };

/**
 * @param {WeakMap<object, string>} pointers @param {number} maximum characters kept of all lines together
 * @param {(line: string) => void} [onLine] called with each line that is kept, as it is written
 */
export function createConsole(pointers, maximum, onLine) {
  const lines = [];
  let used = 0;
  let dropped = 0;
  const write = (level, values) => {
    const text = values.map((value) => format(value, pointers)).join(" ");
    const line = level === "log" ? text : `${level}: ${text}`;
    if (used >= maximum) {
      dropped += 1;
      return;
    }
    const kept = line.length > maximum - used ? `${line.slice(0, maximum - used)}…` : line;
    // A line without a character is a line, too.
    used += line.length + 1;
    lines.push(kept);
    onLine?.(kept);
  };
  const console = {};
  for (const level of ["log", "info", "warn", "error", "debug", "trace", "dir", "table", "group", "count"]) {
    console[level] = (...values) => write(level === "group" ? "log" : level, values);
  }
  console.groupCollapsed = console.group;
  console.assert = (holds, ...values) => void (holds || write("assertion failed", values));
  for (const quiet of ["groupEnd", "time", "timeEnd", "timeLog", "clear"]) console[quiet] = () => undefined;
  return { console, logs: () => (dropped > 0 ? [...lines, `… ${dropped} more lines left out`] : lines) };
}

function format(value, pointers) {
  if (typeof value === "string") return value;
  if (value === undefined) return "undefined";
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const { data } = toPlain(value, pointers, glance);
  return typeof data === "string" ? data : stringify(data);
}
