/**
 * JSON as a terminal may show it, the same JSON to who parses it: what programs and APIs write may hold control characters,
 * and others that reorder or hide text.
 */
export function printableJson(text: string): string {
  return text.replaceAll(/[^\n\t\P{C}]|[\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, n) => `\\u${character.charCodeAt(n).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
