// Text → JavaScript and its syntax tree, or where and why it is none. Types are removed, nothing else changes.

import { tsPlugin } from "@sveltejs/acorn-typescript";
import * as acorn from "acorn";
import { explainSyntax } from "./explain-syntax.ts";
import { stripTypes } from "./strip-types.ts";
import { isNode, walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";
import { positionAt } from "./unescape-text.ts";
import type { Position } from "./unescape-text.ts";

export type Refused = { ok: false; message: string; position?: Position };

export type Parsed = { ok: true; code: string; program: acorn.Program } | Refused;

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

/** Reading a program a few times over is what real types take; what takes more doubles with each level of nesting. */
const tokensAChar = 8;
const tokensAtLeast = 10_000;

/** The parser of types tries one reading after another, and inside each again: `<T>(` twenty-two times over takes it 40 s. */
function typescriptParser(): typeof acorn.Parser {
  const Typed = acorn.Parser.extend(tsPlugin()) as unknown as new (...given: unknown[]) => {
    input: string;
    nextToken(): void;
  };
  return class extends Typed {
    left = tokensAtLeast + tokensAChar * this.input.length;
    override nextToken(): void {
      this.left -= 1;
      // No SyntaxError: those are what it takes for one reading that failed.
      if (this.left < 0) throw new TooManyReadings();
      super.nextToken();
    }
  } as unknown as typeof acorn.Parser;
}

class TooManyReadings extends Error {}

export function parseProgram(text: string): Parsed {
  const plain = parse(text, acorn.Parser);
  if (plain.ok) return withoutModules(text, plain.program);
  // Only now: the plain parser is faster, and most programs are plain.
  typescript ??= typescriptParser();
  const typed = parse(text, typescript);
  // JSX and <placeholders> only look like types.
  const looksTyped = text[plain.offset] !== "<";
  // The parser that came further understood more of what was meant.
  if (!typed.ok) return noProgram(text, typed.offset > plain.offset && looksTyped ? typed : plain);
  const stripped = stripTypes(text, typed.program as unknown as Node);
  if (!stripped.ok) return refusal(text, stripped);
  const again = parse(stripped.code, acorn.Parser);
  return again.ok
    ? withoutModules(stripped.code, again.program)
    : noProgram(text, looksTyped ? again : plain);
}

type Attempt = { ok: true; program: acorn.Program } | { ok: false; message: string; offset: number };

function parse(code: string, parser: typeof acorn.Parser): Attempt {
  try {
    return { ok: true, program: parser.parse(code, options) };
  } catch (error) {
    if (error instanceof TooManyReadings)
      return {
        ok: false,
        message: "The types can be read in too many ways. Write it without types",
        offset: 0,
      };
    if (!(error instanceof SyntaxError)) throw error;
    const { pos } = error as SyntaxError & { pos?: number };
    return { ok: false, message: error.message.replace(/ \(\d+:\d+\)$/, ""), offset: pos ?? 0 };
  }
}

function withoutModules(code: string, program: acorn.Program): Parsed {
  let foreign: Node | undefined;
  const exported: Node[] = [];
  walk(program as unknown as Node, (node) => {
    if (node.type === "ExportNamedDeclaration" && node["source"] == null) exported.push(node);
    // import() too: what it could bring is the runtime's and our own modules, neither of them a program's business.
    else if (/^(Import|ExportNamed|ExportAll)/.test(node.type)) foreign ??= node;
  });
  if (foreign !== undefined) {
    const message = foreign.type.startsWith("Import")
      ? "import is not available: there are no modules here. Everything a program can use is already in scope."
      : "export is not needed: write one function, export default, or statements whose last expression is the answer.";
    return refusal(code, { message, offset: foreign.start });
  }
  if (exported.length === 0) return { ok: true, code, program };
  // `export` before a declaration says nothing here, nor does a list of names.
  const bare = exported.reduce((text, { start, end, declaration }) => {
    const to = isNode(declaration) ? declaration.start : end;
    return text.slice(0, start) + text.slice(start, to).replaceAll(/[^\n\r]/g, " ") + text.slice(to);
  }, code);
  return parseProgram(bare);
}

function noProgram(code: string, { message, offset }: { message: string; offset: number }): Refused {
  return refusal(code, { message: explainSyntax(code, message, offset), offset });
}

function refusal(code: string, { message, offset }: { message: string; offset: number }): Refused {
  return { ok: false, message: `SyntaxError: ${message}`, position: positionAt(code, offset) };
}
