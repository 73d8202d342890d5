// A program that came as the inside of a JSON string: its real characters, and where each of them stands in what was sent.

export type Position = { line: number; column: number };

type Unescaped = { code: string; place(position: Position): Position };

const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** @param start where the escaped text begins in `text`, and `end` where it ends */
export function unescapeText(text: string, start = 0, end = text.length): Unescaped {
  let code = "";
  const offsets: number[] = [];
  for (let at = start; at < end;) {
    offsets.push(at);
    const next = text[at + 1] ?? "";
    if (text[at] !== "\\" || at + 1 >= end) {
      code += text[at];
      at += 1;
    } else if (next === "u") {
      code += String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 6), 16) || 0xfffd);
      at += 6;
    } else {
      code += escapes[next] ?? next;
      at += 2;
    }
  }
  offsets.push(end);
  return {
    code,
    place: (position) => positionAt(text, offsets[offsetOf(code, position)] ?? end),
  };
}

function offsetOf(text: string, { line, column }: Position): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
