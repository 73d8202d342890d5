// Text → JavaScript and its syntax tree, or where and why it is none. Types are removed, nothing else changes.

import { tsPlugin } from "@sveltejs/acorn-typescript";
import * as acorn from "acorn";
import { stripTypes } from "./strip-types.ts";
import { walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";

export type Refused = { ok: false; message: string; position?: { line: number; column: number } };
type Parsed = { ok: true; code: string; program: acorn.Program } | Refused;

const options = {
  ecmaVersion: "latest",
  sourceType: "module",
  allowAwaitOutsideFunction: true,
  allowReturnOutsideFunction: true,
  // Otherwise `(async () => 1)` starts behind its parenthesis, and what is put around it lands inside.
  preserveParens: true,
  locations: true,
  // eslint-scope reads them.
  ranges: true,
} as const;

let typescript: typeof acorn.Parser | undefined;

export function parseProgram(text: string): Parsed {
  const parsed = parseText(text);
  if (parsed.ok || !/^\s*(async\s+)?function\b/.test(text)) return parsed;
  // An anonymous function alone is no statement, but clearly meant as the program. Its first line moves by one column.
  const wrapped = parseText(`(${text.replace(/;\s*$/, "")}\n)`);
  return wrapped.ok ? wrapped : parsed;
}

function parseText(text: string): Parsed {
  const plain = parse(text, acorn.Parser);
  if (plain.ok) return withoutModules(text, plain.program);
  // Only now: the plain parser is faster, and most programs are plain.
  typescript ??= acorn.Parser.extend(tsPlugin());
  const typed = parse(text, typescript);
  // The parser that came further understood more of what was meant.
  if (!typed.ok) return typed.offset > plain.offset ? refusal(text, typed) : refusal(text, plain);
  const stripped = stripTypes(text, typed.program as unknown as Node);
  if (!stripped.ok) return refusal(text, stripped);
  const again = parse(stripped.code, acorn.Parser);
  return again.ok ? withoutModules(stripped.code, again.program) : refusal(text, again);
}

type Attempt = { ok: true; program: acorn.Program } | { ok: false; message: string; offset: number };

function parse(code: string, parser: typeof acorn.Parser): Attempt {
  try {
    return { ok: true, program: parser.parse(code, options) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { pos } = error as SyntaxError & { pos?: number };
    return { ok: false, message: error.message.replace(/ \(\d+:\d+\)$/, ""), offset: pos ?? 0 };
  }
}

function withoutModules(code: string, program: acorn.Program): Parsed {
  let foreign: Node | undefined;
  walk(program as unknown as Node, (node) => {
    // import() too: what it could bring is the runtime's and our own modules, neither of them a program's business.
    if (/^(Import|ExportNamed|ExportAll)/.test(node.type)) foreign ??= node;
  });
  if (foreign === undefined) return { ok: true, code, program };
  const message = foreign.type.startsWith("Import")
    ? "import is not available: there are no modules here. Everything a program can use is already in scope"
    : "export is not needed: write one function, export default, or statements whose last expression is the answer";
  return refusal(code, { message: `${message}.`, offset: foreign.start });
}

function refusal(code: string, { message, offset }: { message: string; offset: number }): Refused {
  const before = code.slice(0, offset).split("\n");
  const position = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  return { ok: false, message: `SyntaxError: ${message}`, position };
}
