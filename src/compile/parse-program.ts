// Text → syntax tree, or where and why it is none.

import * as acorn from "acorn";

type Parsed =
  | { ok: true; program: acorn.Program }
  | { ok: false; message: string; position?: { line: number; column: number } };

export function parseProgram(code: string): Parsed {
  try {
    const program = acorn.parse(code, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowAwaitOutsideFunction: true,
      allowReturnOutsideFunction: true,
      // Otherwise `(async () => 1)` starts behind its parenthesis, and what is put around it lands inside.
      preserveParens: true,
      locations: true,
    });
    const foreign = program.body.find((node) => /^(Import|ExportNamed|ExportAll)/.test(node.type));
    if (foreign !== undefined) return { ok: false, ...moduleSyntax(foreign) };
    return { ok: true, program };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { loc } = error as SyntaxError & { loc?: acorn.Position };
    const message = `SyntaxError: ${error.message.replace(/ \(\d+:\d+\)$/, "")}`;
    return {
      ok: false,
      message,
      ...(loc === undefined ? {} : { position: { line: loc.line, column: loc.column + 1 } }),
    };
  }
}

function moduleSyntax(node: acorn.Node): { message: string; position?: { line: number; column: number } } {
  const what = node.type.startsWith("Import")
    ? "import is not available: there are no modules here. Everything a program can use is already in scope"
    : "export is not needed: write one function, export default, or statements whose last expression is the answer";
  const start = node.loc?.start;
  return {
    message: `SyntaxError: ${what}.`,
    ...(start === undefined ? {} : { position: { line: start.line, column: start.column + 1 } }),
  };
}
