// The value a program returned → the text a model reads. What is too large is shrunk by its structure, never cut through.

import { isData, isNumbers, mostKept, toPlain } from "./plain.guest.js";

// Taken before the program runs: it may patch JSON.
const stringify = JSON.stringify;

/** Tried in turn until the text fits: how much of each array, string, nesting and object is kept. */
const steps = [
  { items: 50_000, chars: 48_000, depth: 30, keys: 50_000 },
  { items: 2000, chars: 20_000, depth: 20, keys: 2000 },
  { items: 200, chars: 4000, depth: 12, keys: 400 },
  { items: 100, chars: 1000, depth: 10, keys: 200 },
  { items: 50, chars: 400, depth: 8, keys: 100 },
  { items: 20, chars: 200, depth: 6, keys: 60 },
  { items: 10, chars: 120, depth: 5, keys: 40 },
  { items: 5, chars: 80, depth: 4, keys: 25 },
  { items: 3, chars: 60, depth: 3, keys: 15 },
  { items: 2, chars: 40, depth: 2, keys: 10 },
];

/** Looks between the step that fits and the one before it, which halve how far what is shown stays below what may be. */
const looks = 4;

const keptBounds = { items: Infinity, chars: Infinity, depth: Infinity, keys: Infinity, values: mostKept };

const nothingLeft = { items: 0, chars: 0, parts: 0 };

/** First bytes of the images MCP clients show. */
const images = [
  [[0x89, 0x50, 0x4e, 0x47], "image/png"],
  [[0xff, 0xd8, 0xff], "image/jpeg"],
  [[0x47, 0x49, 0x46, 0x38], "image/gif"],
  [[0x52, 0x49, 0x46, 0x46], "image/webp"],
];

/**
 * @param {unknown} value @param {WeakMap<object, string>} pointers
 * @param {{resultChars: number, imageBytes: number, keptChars?: number}} limits
 * @returns {Promise<{text: string, note?: string, image?: {data: string, mimeType: string}, format?: string, part?: true,
 * full?: string}>} `part` when the text is not all of the value, and `full`, all of it, where that is kept
 */
export async function renderResult(value, pointers, limits) {
  if (value === undefined) {
    return {
      text: "undefined",
      format: "nothing",
      note: "The program returned nothing. End it with an expression, or return a value.",
    };
  }
  if ((ArrayBuffer.isView(value) && !isNumbers(value)) || value instanceof ArrayBuffer)
    return renderBytes(value, limits);
  const keeps = limits.keptChars > 0;
  if (typeof value === "string") {
    const shown = withPromiseNote(renderText(value, limits.resultChars));
    if (shown.text === value) return { ...shown, format: "text" };
    return { ...shown, format: "text", part: true, ...(keeps && { full: stringify(value) }) };
  }
  const bounds = keeps ? keptBounds : undefined;
  const { data, left } = isData(value, bounds?.values)
    ? { data: value, left: nothingLeft }
    : toPlain(value, pointers, bounds);
  const text = stringify(data);
  if (text.length <= limits.resultChars)
    return left.parts + left.items === 0 ? { text } : { text, note: whatIsLeft(left) };
  return {
    ...shrink(value, pointers, text.length, limits.resultChars),
    part: true,
    // More values than are written down, or deeper ones: what is kept is whole.
    ...(keeps && left.parts + left.items === 0 && { full: text }),
  };
}

function renderText(text, maximum) {
  if (text.length <= maximum) return { text };
  const note = `The text is ${text.length} characters long; its first ${maximum} are shown. ${advice}`;
  return { text: text.slice(0, maximum), note };
}

/** A sum or a template with a promise in it: no error, and never what was meant. */
function withPromiseNote(rendered) {
  if (!rendered.text.includes("[object Promise]")) return rendered;
  const note = "A promise was made into text: await it, also in the callback of reduce.";
  return { ...rendered, note: rendered.note === undefined ? note : `${note} ${rendered.note}` };
}

const advice =
  "For the rest return less at a time: pick fields with map, rows with filter or slice, or count and group in the program.";

function shrink(value, pointers, length, maximum) {
  const shrunkTo = (bounds) => {
    const { data, left } = toPlain(value, pointers, bounds);
    const text = stringify(data);
    return text.length <= maximum ? { text, left } : undefined;
  };
  let looser;
  for (const bounds of steps) {
    let shown = shrunkTo(bounds);
    if (shown === undefined) {
      looser = bounds;
      continue;
    }
    let tighter = bounds;
    for (let look = 0; looser !== undefined && look < looks; look += 1) {
      const middle = between(tighter, looser);
      const more = shrunkTo(middle);
      if (more === undefined) looser = middle;
      else [tighter, shown] = [middle, more];
    }
    const { text, left } = shown;
    return {
      text,
      note: `The result would be ${length} characters long, so it was shrunk to ${text.length}. ${whatIsLeft(left)} ${advice}`,
    };
  }
  return {
    text: stringify(`[result of ${length} characters]`),
    note: `The result is too large to be shown at all. ${advice}`,
  };
}

/** Steps are multiples of each other, so what is between them is their geometric mean. */
function between(tighter, looser) {
  return Object.fromEntries(
    Object.entries(tighter).map(([name, few]) => [name, Math.round(Math.sqrt(few * looser[name]))]),
  );
}

function whatIsLeft({ items, chars, parts }) {
  const said = [];
  if (items > 0) said.push(`${items} items or keys`);
  if (chars > 0) said.push(`${chars} characters of long texts`);
  if (parts > 0) said.push(`${parts} nested parts`);
  return `Left out, each marked where it was: ${said.join(", ")}.`;
}

async function renderBytes(value, { imageBytes, keptChars }) {
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const [, mimeType] = images.find(([magic]) => magic.every((byte, n) => bytes[n] === byte)) ?? [];
  const text = stringify({ type: mimeType ?? "bytes", size: bytes.length, sha256: digest.toHex() });
  const kept = {
    format: "bytes",
    part: true,
    ...(keptChars > 0 && bytes.length <= keptChars && { full: bytes.toBase64() }),
  };
  if (mimeType === undefined || bytes.length > imageBytes) return { text, ...kept };
  return { text, image: { data: bytes.toBase64(), mimeType }, ...kept };
}
