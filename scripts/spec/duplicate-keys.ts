import { visit } from "jsonc-parser";
import type { Finding } from "./document-refused.ts";

/** Keys that a JSON text gives twice in one object. `JSON.parse` keeps the last and says nothing. */
export function duplicateKeys(text: string, place: string, maximum = 20): Finding[] {
  const findings: Finding[] = [];
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (key, _offset, _length, line, column) => {
      const keys = open.at(-1);
      if (keys?.has(key) === true && findings.length < maximum) {
        findings.push({
          place: `${place}:${line + 1}:${column + 1}`,
          message: `the key "${key}" occurs twice; the last one counts.`,
        });
      }
      keys?.add(key);
    },
  });
  return findings;
}
