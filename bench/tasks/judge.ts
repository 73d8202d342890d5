// Right or wrong: the API's whole state in the end against what it is to be, and the answer against what it must say.

import { isDeepStrictEqual } from "node:util";
import type { Fact, Task } from "./task.ts";

/** What is wrong, a line each; nothing when the task was done. */
export function judge<State>(
  task: Task<State>,
  { before, after, answer }: { before: State; after: State; answer: string },
): string[] {
  const wanted = structuredClone(before);
  task.ends?.(wanted);
  const missing = task.says(before).filter((fact) => !says(answer, fact));
  const tooMuch = (task.omits?.(before) ?? []).filter((fact) => says(answer, fact));
  return [
    ...differences(after, wanted),
    ...missing.map((fact) => `the answer does not say ${shown(fact)}`),
    ...tooMuch.map((fact) => `the answer says ${shown(fact)}`),
  ];
}

export function says(answer: string, fact: Fact): boolean {
  if (typeof fact === "string") return answer.toLowerCase().includes(fact.toLowerCase());
  if (fact instanceof RegExp) return fact.test(answer);
  const word = smallNumbers[fact];
  if (word !== undefined && new RegExp(`\\b${word}\\b`, "i").test(answer)) return true;
  const [whole = "", decimals] = String(fact).split(".");
  const digits = decimals === undefined ? `${whole}(?:\\.0+)?` : `${whole}\\.${decimals}0*`;
  const pattern = new RegExp(`(?<![\\d.])${digits}(?!\\d|\\.\\d)`);
  // Both ways: 1,204 is a number in a sentence, and two in a list.
  return pattern.test(answer) || pattern.test(answer.replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, ""));
}

const shown = (fact: Fact) => (fact instanceof RegExp ? fact.source : fact);

/** Models write these as words. */
const smallNumbers = "zero one two three four five six seven eight nine ten eleven twelve".split(" ");

/** Where two states differ, by path; the first few are enough to see why. */
export function differences(got: unknown, wanted: unknown, path = "state", most = 5): string[] {
  if (isDeepStrictEqual(got, wanted)) return [];
  if (!isHolder(got) || !isHolder(wanted)) return [`${path} is ${short(got)}; wanted: ${short(wanted)}`];
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(got)])];
  const found: string[] = [];
  for (const key of keys) {
    if (found.length >= most) break;
    found.push(...differences(got[key], wanted[key], `${path}.${key}`, most - found.length));
  }
  return found;
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function short(value: unknown): string {
  return value === undefined ? "not there" : JSON.stringify(value).slice(0, 80);
}
