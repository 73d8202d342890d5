// Insertions into a text whose lines stay where they are, so that a place in the result has a place in the original.

type Position = { line: number; column: number };

/** Smaller stands first among those at one place; of equals, what was inserted first. */
type Insertion = { offset: number; text: string; place: number };

/** What begins outside of whatever else begins there stands before it; all that ends there, before that. */
const outermost = -1;
const inner = 0;

export class SourceEdit {
  #source: string;
  #insertions: Insertion[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  insert(offset: number, text: string): void {
    this.#insertions.push({ offset, text, place: inner });
  }

  /** Puts two texts around a range; of ranges with an end in common, the one that begins later is the inner one. */
  wrap(start: number, end: number, before: string, after: string): void {
    this.insert(start, before);
    this.#insertions.push({ offset: end, text: after, place: -2 - start });
  }

  /** The same, outside of whatever else is inserted at its ends. */
  wrapOutside(start: number, end: number, before: string, after: string): void {
    this.#insertions.unshift({ offset: start, text: before, place: outermost });
    this.#insertions.push({ offset: end, text: after, place: -1.5 - start });
  }

  /** Replaces everything but line breaks by spaces. */
  blank(start: number, end: number): void {
    const blanks = this.#source.slice(start, end).replaceAll(/[^\n\r\u2028\u2029]/g, " ");
    this.#source = this.#source.slice(0, start) + blanks + this.#source.slice(end);
  }

  text(): string {
    let result = "";
    let from = 0;
    for (const { offset, text } of this.#inOrder()) {
      result += this.#source.slice(from, offset) + text;
      from = offset;
    }
    return result + this.#source.slice(from);
  }

  /** A place in `text()` → the place in the source it came from; lines and columns count from 1. */
  original({ line, column }: Position): Position | undefined {
    const lines = this.#source.split("\n");
    if (line < 1 || line > lines.length) return undefined;
    const lineStart = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const lineEnd = lineStart + (lines[line - 1]?.length ?? 0);
    let offset = lineStart + column - 1;
    for (const insertion of this.#inOrder()) {
      if (insertion.offset < lineStart || insertion.offset > lineEnd || insertion.offset >= offset) continue;
      offset = Math.max(insertion.offset, offset - insertion.text.length);
    }
    return { line, column: Math.min(offset, lineEnd) - lineStart + 1 };
  }

  #inOrder(): Insertion[] {
    return this.#insertions.toSorted((a, b) => a.offset - b.offset || a.place - b.place);
  }
}
