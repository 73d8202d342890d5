import * as fc from "fast-check";
import { expect, test } from "vitest";
import { words } from "../../src/sandbox/words.guest.js";

const piece = fc.constantFrom(..."aAbBsSiI19_ -/.'", "API", "URLs", "RRsets", "ing", "ies", "Key");
const text = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary-ascii", maxLength: 30 }),
);

test("a text of ASCII has the same words beside a letter that is none", () => {
  fc.assert(
    fc.property(text, (given) => {
      expect([...words(given), "ñ"]).toEqual(words(`${given} ñ`));
    }),
    { numRuns: 2_000 },
  );
});

test("a long text takes as long as it is, and not its square", () => {
  for (const letter of ["A", "Ä", "a", "'", "s "])
    expect(words(letter.repeat(1_000_000)).length).toBeLessThan(2 + 1_000_000);
});

test("words of other scripts are parted and compared like those of English", () => {
  expect(words("ÄpfelZählen straßeÜber")).toEqual(["äpfel", "zählen", "straß", "über"]);
  expect(words("listÉtats APIClé")).toEqual(["list", "état", "api", "clé"]);
});
