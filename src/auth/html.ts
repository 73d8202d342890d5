// HTML that escapes what is put into it. Only a template's own text, and what `raw` was told to trust, goes in as it is.

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export function raw(text: string): Html {
  return new Html(text);
}

export function html(parts: TemplateStringsArray, ...values: (string | number | Html | Html[])[]): Html {
  return new Html(parts.map((part, position) => part + write(values[position] ?? "")).join(""));
}

function write(value: string | number | Html | Html[]): string {
  if (Array.isArray(value)) return value.map(({ text }) => text).join("");
  return value instanceof Html ? value.text : escape(String(value));
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"'`=]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A name others chose, as one short line: no control characters, and none that turn the direction of what follows. */
export function plainName(text: string): string {
  const line = text.replaceAll(/[\p{C}\p{Z}\s]+/gu, " ").trim();
  const characters = [...line];
  return characters.length > 60 ? `${characters.slice(0, 59).join("")}…` : line;
}
