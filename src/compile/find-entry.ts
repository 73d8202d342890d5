// Where a program begins, and what its answer is: a function, a default export, or statements with a last value.

import type * as acorn from "acorn";

type At = { start: number; end: number };

export type Entry =
  /** Called; its value is the answer. */
  | { kind: "function"; node: At; exportStart?: never }
  /** What `export default` stands before, a function or a value; `exportStart` is where that begins. */
  | { kind: "exported"; node: At; exportStart: number }
  /** Declared under a name that nothing at the top level calls, so it is called at the end. */
  | { kind: "named"; node: At; name: string; exportStart?: number }
  /** The expression the statements end in. */
  | { kind: "value"; node: At; exportStart?: never }
  | { kind: "statements"; node?: never; exportStart?: never };

export function findEntry({ body }: acorn.Program): Entry {
  const last = body.at(-1);
  if (last === undefined) return { kind: "statements" };
  const exported = body.find((node) => node.type === "ExportDefaultDeclaration");
  if (exported !== undefined) return exportedEntry(exported);
  if (last.type === "ExpressionStatement") {
    const isOnly = body.length === 1;
    if (isOnly && isFunction(last.expression)) return { kind: "function", node: last.expression };
    return { kind: "value", node: last.expression };
  }
  // Only declarations: whoever wrote them meant the last function to run.
  const onlyDeclares = body.every((node) => /^(Function|Variable|Class)Declaration$/.test(node.type));
  const name = onlyDeclares ? functionName(last) : undefined;
  return name === undefined ? { kind: "statements" } : { kind: "named", name, node: last };
}

function exportedEntry({ declaration, start }: acorn.ExportDefaultDeclaration): Entry {
  if (declaration.type === "FunctionDeclaration" && declaration.id !== null) {
    return { kind: "named", name: declaration.id.name, node: declaration, exportStart: start };
  }
  return { kind: "exported", node: declaration, exportStart: start };
}

function functionName(node: acorn.Program["body"][number]): string | undefined {
  if (node.type === "FunctionDeclaration") return node.id?.name;
  if (node.type !== "VariableDeclaration") return undefined;
  const { id, init } = node.declarations.at(-1) ?? {};
  return id?.type === "Identifier" && init && isFunction(init) ? id.name : undefined;
}

function isFunction(node: acorn.Expression): boolean {
  if (node.type === "ParenthesizedExpression") return isFunction(node.expression);
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression";
}
