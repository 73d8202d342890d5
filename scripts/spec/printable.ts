/**
 * Text of a document as a terminal may show it: control characters, escape sequences and characters that
 * reorder or hide text become visible codes, since the document's author may not be the reader's friend.
 */
export function printable(text: string, maximum = 300): string {
  const shown = text.replaceAll(
    // C0, DEL, C1; soft hyphen; zero-width and bidirectional marks; line separators; tags; lone surrogates.
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return shown.length > maximum ? `${shown.slice(0, maximum)}…` : shown;
}
