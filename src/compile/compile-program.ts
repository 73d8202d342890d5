// Model text → a module that can be run, and what it uses. Never runs anything, and never edits text it did not parse.

import type * as acorn from "acorn";
import { limits as defaultLimits } from "../limits.ts";
import type { Limits } from "../limits.ts";
import { parseProgram } from "./parse-program.ts";
import { SourceEdit } from "./source-edit.ts";
import { usedNames } from "./used-names.ts";

export type CompiledProgram = {
  /** Text of a module whose default export takes the globals and runs the program. */
  module: string;
  usesDocument: boolean;
  /** Whether it uses `find` or `describe`, which need an index of their own. */
  usesFind: boolean;
  /** The first place of the program in an error's stack, in the model's own lines and columns (both from 1). */
  positionInStack(stack: string): { line: number; column: number } | undefined;
};

export type Compilation =
  | { ok: true; program: CompiledProgram }
  | { ok: false; message: string; position?: { line: number; column: number } };

/** What a program may name beside the language's own; the guest hands each over where the tool has it. */
const globals = ["spec", "find", "describe", "api", "results", "console", "fetch"];
const documentGlobals = ["spec", "find", "describe"];
const findGlobals = ["find", "describe"];
/** A program that names one of these can reach any global by a name we cannot read. */
const anyGlobal = ["globalThis", "self"];

export function compileProgram(code: unknown, limits: Limits = defaultLimits): Compilation {
  const example = "e.g. async () => Object.keys(spec.paths)";
  if (code === undefined)
    return { ok: false, message: `The argument "code" is missing. Give a JavaScript program, ${example}` };
  if (typeof code !== "string") {
    return {
      ok: false,
      message: `The argument "code" is ${code === null ? "null" : `a ${typeof code}`}. Give a string, ${example}`,
    };
  }
  if (code.trim() === "")
    return { ok: false, message: `The argument "code" is empty. Give a JavaScript program, ${example}` };
  const bytes = new TextEncoder().encode(code).length;
  if (bytes > limits.sourceBytes) {
    return {
      ok: false,
      message: `The program is ${bytes} bytes long; at most ${limits.sourceBytes} are taken. Fetch data inside the program instead of writing it into it.`,
    };
  }
  const parsed = parseProgram(code);
  if (!parsed.ok) return parsed;
  const edit = new SourceEdit(code);
  const entry = findEntry(parsed.program);
  // The parameter list makes the globals ordinary variables of this one run, which two runs in one isolate cannot mix up.
  const opening = `export default async ({ ${globals.join(", ")} }) => {\n`;
  if (entry.kind === "function") {
    edit.insert(entry.node.start, "return await (");
    edit.insert(entry.node.end, `)({ ${globals.join(", ")} })`);
    if (entry.exportStart !== undefined) edit.blank(entry.exportStart, entry.node.start);
  } else if (entry.kind === "declaration") {
    if (entry.exportStart !== undefined) edit.blank(entry.exportStart, entry.node.start);
    edit.insert(code.length, `\nreturn await ${entry.name}({ ${globals.join(", ")} });`);
  } else {
    if (entry.last !== undefined) {
      edit.insert(entry.last.expression.start, "return (");
      edit.insert(entry.last.expression.end, ")");
    }
  }
  // A scope of its own, so that the program may declare a name we also hand it.
  const module = `${opening}return await (async () => {\n${edit.text()}\n})();\n};\n`;
  const names = usedNames(parsed.program);
  return {
    ok: true,
    program: {
      module,
      usesDocument: [...documentGlobals, ...anyGlobal].some((name) => names.has(name)),
      usesFind: [...findGlobals, ...anyGlobal].some((name) => names.has(name)),
      positionInStack: (stack) => {
        const match = /program\.js:(\d+):(\d+)/.exec(stack);
        return match === null
          ? undefined
          : edit.original({ line: Number(match[1]) - linesBefore, column: Number(match[2]) });
      },
    },
  };
}

/** Lines of ours above the program's first. */
const linesBefore = 2;

type Entry =
  | {
      kind: "function";
      node: acorn.Expression | acorn.AnonymousFunctionDeclaration | acorn.FunctionDeclaration;
      exportStart?: number;
    }
  | { kind: "declaration"; name: string; node: acorn.Node; exportStart?: number }
  | { kind: "statements"; last?: acorn.ExpressionStatement };

/** Where the program begins: a function alone, the default export, or statements whose last expression is the answer. */
function findEntry(program: acorn.Program): Entry {
  const last = program.body.at(-1);
  if (last === undefined) return { kind: "statements" };
  if (last.type === "ExportDefaultDeclaration") {
    const { declaration, start } = last;
    if (declaration.type === "FunctionDeclaration" && declaration.id !== null) {
      return { kind: "declaration", name: declaration.id.name, node: declaration, exportStart: start };
    }
    if (declaration.type !== "ClassDeclaration") {
      return { kind: "function", node: declaration as acorn.Expression, exportStart: start };
    }
  }
  if (program.body.length === 1) {
    if (last.type === "ExpressionStatement" && isFunction(last.expression)) {
      return { kind: "function", node: last.expression };
    }
    if (last.type === "FunctionDeclaration" && last.id !== null)
      return { kind: "declaration", name: last.id.name, node: last };
  }
  return last.type === "ExpressionStatement" ? { kind: "statements", last } : { kind: "statements" };
}

function isFunction(node: acorn.Expression): boolean {
  if (node.type === "ParenthesizedExpression") return isFunction(node.expression);
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression";
}
