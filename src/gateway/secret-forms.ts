// A secret → how it may be written in a text: plain, escaped character by character, Base64 at any alignment, hex. Pure.

/** One way to write a secret: patterns to match one after another. */
export type SecretForm = {
  /** The form without any escape; undefined for hex, which has no single one. */
  literal?: string;
  units: string[];
  /** Only where no letter or digit stands before or after it. */
  alone: boolean;
};

/**
 * Below this a secret is searched for only where it stands alone, as a word: shorter texts occur by chance, and replacing
 * them everywhere would break answers and give the secret away by what is missing.
 */
const substringChars = 8;
/** Below this it is not searched for at all: it is a word like any other, and protects nothing. */
export const wordChars = 4;

export function secretForms(secret: string): SecretForm[] {
  if (secret.length < wordChars) return [];
  if (secret.length < substringChars) return [spelled(secret, true)];
  const bytes = new TextEncoder().encode(secret);
  const encoded = base64Cores(bytes);
  return [
    spelled(secret),
    // Forms write a space as "+".
    ...(secret.includes(" ") ? [spelled(secret.replaceAll(" ", "+"))] : []),
    ...encoded.map((text) => spelled(text)),
    // A header that holds Base64 is sometimes encoded once more.
    ...base64Cores(new TextEncoder().encode(toBase64(bytes).replaceAll("=", ""))).map((text) =>
      spelled(text),
    ),
    // Hex in either case, with or without a separator between bytes.
    { units: [...bytes].map((byte, n) => `${n === 0 ? "" : "[:\\s-]?"}${hexByte(byte)}`), alone: false },
  ];
}

/**
 * What is sure to stand in the Base64 of any text that holds these bytes, for each of the three ways it may be aligned, in both
 * alphabets. The characters at the ends hold bits of the neighbours too, so they are left out.
 */
function base64Cores(bytes: Uint8Array): string[] {
  const cores = [0, 1, 2].map((before) => {
    const padded = new Uint8Array(before + bytes.length);
    padded.set(bytes, before);
    return toBase64(padded).slice(before === 0 ? 0 : before + 1, Math.floor((padded.length * 8) / 6));
  });
  return [...new Set(cores.flatMap((core) => [core, core.replaceAll("+", "-").replaceAll("/", "_")]))];
}

/** A text of which each character may be escaped on its own, as JSON, JavaScript, URLs and HTML do, once or several times over. */
function spelled(text: string, alone = false): SecretForm {
  // Backslashes in a row count as one unit: escaping doubles them, and where one ends is not to be seen.
  const units = (text.match(/\\+|[\s\S]/gu) ?? []).map((unit) =>
    unit.startsWith("\\") ? backslashes(unit.length) : oneCharacter(unit),
  );
  return { literal: text, units, alone };
}

function backslashes(count: number): string {
  return String.raw`(?:(?:\\+u005[cC]|\\+x5[cC]|%(?:25)*5[cC]|&#(?:0*92|[xX]0*5[cC]);){${count}}|\\{${count},})`;
}

const patterns = new Map<string, string>();

function oneCharacter(character: string): string {
  let pattern = patterns.get(character);
  if (pattern === undefined) {
    if (patterns.size > 1_000) patterns.clear();
    patterns.set(character, (pattern = patternOf(character)));
  }
  return pattern;
}

function patternOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  const literal = character.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  const utf16 = Array.from({ length: character.length }, (_, n) => character.charCodeAt(n).toString(16));
  const named = entities[character];
  // Escapes before the plain character: "%" is the beginning of "%25".
  const forms = [
    utf16.map((unit) => String.raw`\\+u${anyCase(unit.padStart(4, "0"))}`).join(""),
    ...(code < 256 ? [String.raw`\\+x${anyCase(hex.padStart(2, "0"))}`] : []),
    [...new TextEncoder().encode(character)].map((byte) => `%(?:25)*${hexByte(byte)}`).join(""),
    `&(?:amp;)*#(?:[xX]0*${anyCase(hex)}|0*${code});`,
    ...(named === undefined ? [] : [`&(?:amp;)*${named};`]),
    /[A-Za-z0-9]/.test(character) ? literal : String.raw`\\*${literal}`,
  ];
  return `(?:${forms.join("|")})`;
}

const entities: Record<string, string> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" };

function hexByte(byte: number): string {
  return anyCase(byte.toString(16).padStart(2, "0"));
}

function anyCase(hex: string): string {
  return hex.replaceAll(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
