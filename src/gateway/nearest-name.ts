// The names most like one that does not exist. Pure.

import { unlikeness } from "./nearest.ts";

/** Names are compared by this much of them: long ones would cost more than they tell. */
const compared = 80;

/** The `count` candidates nearest to `name`, best first, by shared pairs of letters and small slips of the hand. */
export function nearestName<T>(
  name: string,
  candidates: T[],
  nameOf: (candidate: T) => string,
  count: number,
): T[] {
  const wanted = plain(name);
  return candidates
    .map((candidate) => {
      const other = plain(nameOf(candidate));
      return { candidate, distance: Math.min(unlikeness(wanted, other), slips(wanted, other) / 4) };
    })
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** The one name that was probably meant; undefined when none is near. */
export function meantName(name: string, names: string[]): string | undefined {
  const [best] = nearestName(name, names, (each) => each, 1);
  if (best === undefined) return undefined;
  const [wanted, other] = [plain(name), plain(best)];
  const near =
    slips(wanted, other) <= Math.max(1, Math.floor(Math.min(wanted.length, other.length) / 3)) ||
    unlikeness(wanted, other) < 0.5 ||
    (wanted.length > 2 && (other.startsWith(wanted) || other.endsWith(wanted)));
  return near ? best : undefined;
}

/** Whether a name is another one mistyped: written in another case, or one letter off. */
export function isSlip(name: string, meant: string): boolean {
  const [given, other] = [plain(name), plain(meant)];
  return given === other || (Math.min(given.length, other.length) >= 4 && slips(given, other) <= 1);
}

/** `per_page`, `perPage` and `Per-Page` are one name to whoever mistypes it. */
function plain(name: string): string {
  return name
    .slice(0, compared)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Edit distance in which two letters swapped are one slip. */
function slips(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 4) return 99;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
