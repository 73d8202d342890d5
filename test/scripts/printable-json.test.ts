import * as fc from "fast-check";
import { expect, test } from "vitest";
import { printableJson } from "../../scripts/printable-json.ts";

test("JSON for a terminal has nothing that acts on it or hides, and is the same JSON", () => {
  const special = fc.constantFrom(
    "\u009b31m",
    "\u202e",
    "\u200b",
    "\u2028",
    "\u{e0041}",
    "\ufeff",
    "\u001b[2J",
    "é",
    "😀",
    "\n",
  );
  const value = fc.dictionary(
    fc.string(),
    fc.array(fc.oneof(special, fc.string({ unit: "grapheme" }), fc.integer())),
  );
  fc.assert(
    fc.property(value, (given) => {
      const shown = printableJson(JSON.stringify(given, null, 2));
      expect(shown).not.toMatch(/[^\n\P{C}]|[\u2028\u2029]/u);
      expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify(given)));
    }),
  );
});
