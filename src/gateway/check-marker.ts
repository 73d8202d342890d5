// Refuses a call that carries the marker of a redacted value: sent on, it would overwrite the real one.

import { CallRefused } from "./call.ts";
import type { ApiCall } from "./call.ts";
import { marker } from "./redact.ts";

/** Base64 of the marker at each alignment, less the characters that hold bits of its neighbours. */
const inBase64 = [0, 1, 2].map((before) =>
  btoa("\0".repeat(before) + marker).slice(
    before === 0 ? 0 : before + 1,
    Math.floor(((before + marker.length) * 8) / 6),
  ),
);

/** @param text the call as it came, in which most calls show at one look that they have no marker */
export function checkMarker(text: string, call: ApiCall): void {
  if (![marker, ...inBase64].some((needle) => text.includes(needle))) return;
  const place = find(call, "");
  if (place === undefined) return;
  throw new CallRefused(
    "redacted",
    `${place} holds "${marker}", which stands for a value this run may not see; sending it would overwrite the real one. Leave that field out, or give a value of your own.`,
  );
}

function find(value: unknown, place: string): string | undefined {
  if (typeof value === "string") {
    const isBytes = /^body\.(bytes|form\.\d+\.bytes)$/.test(place);
    return value.includes(marker) || (isBytes && inBase64.some((needle) => value.includes(needle)))
      ? shown(place)
      : undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (name.includes(marker)) return shown(place);
    const found = find(inner, place === "" ? name : `${place}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `body.json.name` is how it crosses; a program wrote `body.name`. */
function shown(place: string): string {
  const text = place.replace(/^body\.(json|text|bytes|form)\b/, "body");
  return text.length > 120 ? `${text.slice(0, 119)}…` : text || "The call";
}
