// Where a program begins, and what its answer is: a function, a default export, or statements with a last value.

import type * as acorn from "acorn";
import { isReadOutside } from "./scopes.ts";
import type { Scopes } from "./scopes.ts";
import { walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";

type At = { start: number; end: number };
type Statement = acorn.Program["body"][number];

export type Entry =
  /** Called where it stands; its value is the answer. */
  | { kind: "function"; node: At; fn: Node }
  /** Called at the end, because what it uses may stand below it; without `fn` its value is the answer. */
  | { kind: "anonymous"; node: At; fn: Node | undefined; exportStart?: number }
  /** Declared under a name that nothing calls, so it is called at the end. */
  | { kind: "named"; name: string; fn: Node | undefined; node?: At; exportStart?: number }
  /** Expressions of which one is reached last. */
  | { kind: "values"; nodes: At[] }
  /** The last statement declares them. */
  | { kind: "variables"; names: string[] }
  | { kind: "statements" };

type FoundEntry =
  | { ok: true; entry: Entry; /** Declared, and called by nobody. */ uncalled?: string }
  | { ok: false; message: string; offset: number };

export function findEntry(program: acorn.Program, scopes: Scopes): FoundEntry {
  const said = program.body.filter(({ type }) => type !== "EmptyStatement");
  const body = said.filter((node) => node === said.at(-1) || !isDirective(node));
  const last = body.at(-1);
  if (last === undefined) return { ok: true, entry: { kind: "statements" } };
  const exported = body.find((node) => node.type === "ExportDefaultDeclaration");
  if (exported !== undefined) return exportedEntry(exported, scopes);
  const bare = body.filter((node) => functionStatement(node) !== undefined);
  if (bare.length > 0) return bareEntry(body, bare);
  if (body.every(isDeclaration)) return { ok: true, entry: declaredEntry(body, last, scopes) };
  const name = last.type === "ExpressionStatement" ? identifier(last.expression) : undefined;
  const fn = name === undefined ? undefined : declaredFunction(name, scopes);
  if (name !== undefined && fn !== undefined) return { ok: true, entry: { kind: "named", name, fn } };
  const uncalled = uncalledFunctions(body, scopes).at(-1);
  return {
    ok: true,
    entry: lastValues(last) ?? lastVariables(last) ?? { kind: "statements" },
    ...(uncalled === undefined ? {} : { uncalled }),
  };
}

function exportedEntry(
  { declaration, start, end }: acorn.ExportDefaultDeclaration,
  scopes: Scopes,
): FoundEntry {
  const known = declaration.type === "Identifier" ? declaredFunction(declaration.name, scopes) : undefined;
  if (declaration.type === "Identifier" && known !== undefined) {
    // The whole statement goes: what it names is called where the program ends.
    const node = { start: end, end };
    return {
      ok: true,
      entry: { kind: "named", name: declaration.name, fn: known, node, exportStart: start },
    };
  }
  const fn = functionNode(declaration as unknown as Node);
  if (declaration.type === "FunctionDeclaration" && declaration.id !== null) {
    const { name } = declaration.id;
    return { ok: true, entry: { kind: "named", name, fn, node: declaration, exportStart: start } };
  }
  const methods = declaration.type === "ObjectExpression" ? declaration.properties : [];
  if (methods.some((each) => each.type === "Property" && each.value.type === "FunctionExpression")) {
    const message =
      "This is an object of functions, and nothing calls them. Write export default async () => …, which is called once.";
    return { ok: false, message, offset: start };
  }
  return { ok: true, entry: { kind: "anonymous", node: declaration, fn, exportStart: start } };
}

/** `async () => {…}` as a statement does nothing by itself: it is the program, when there is one and nothing else runs. */
function bareEntry(body: Statement[], bare: Statement[]): FoundEntry {
  const [statement, second] = bare;
  const fn = statement && functionStatement(statement);
  if (statement === undefined || fn === undefined) return { ok: true, entry: { kind: "statements" } };
  if (second !== undefined) {
    const message = "This is a second function without a name, and only one is run. Join them into one.";
    return { ok: false, message, offset: second.start };
  }
  // With its parentheses.
  const node = (statement as acorn.ExpressionStatement).expression;
  if (statement === body.at(-1)) return { ok: true, entry: { kind: "function", node, fn } };
  if (body.every((each) => each === statement || isDeclaration(each)))
    return { ok: true, entry: { kind: "anonymous", node, fn } };
  const message =
    "This function has no name, so nothing calls it and only the statements around it would run. Put them inside it, or make it the last statement.";
  return { ok: false, message, offset: fn.start };
}

/** Only declarations: whoever wrote them meant the function that nothing calls, or else the last variable. */
function declaredEntry(body: Statement[], last: Statement, scopes: Scopes): Entry {
  const variables = lastVariables(last);
  const unread = variables?.names.every((name) => {
    const variable = scopes.top.get(name);
    return variable !== undefined && !isReadOutside(variable, last);
  });
  const lastName = variables?.names[0];
  const isOwnFunction = lastName !== undefined && declaredFunction(lastName, scopes) !== undefined;
  if (variables !== undefined && unread === true && !isOwnFunction) return variables;
  const name = uncalledFunctions(body, scopes).at(-1) ?? functionNames(body).at(-1);
  if (name === undefined) return variables ?? { kind: "statements" };
  return { kind: "named", name, fn: declaredFunction(name, scopes) };
}

function functionNames(body: Statement[]): string[] {
  return body.flatMap((node) => {
    if (node.type === "FunctionDeclaration") return [node.id.name];
    if (node.type !== "VariableDeclaration") return [];
    return node.declarations.flatMap(({ id, init }) =>
      id.type === "Identifier" && init && functionNode(init as unknown as Node) ? [id.name] : [],
    );
  });
}

function uncalledFunctions(body: Statement[], scopes: Scopes): string[] {
  return functionNames(body).filter((name) => {
    const variable = scopes.top.get(name);
    const fn = declaredFunction(name, scopes);
    return variable !== undefined && fn !== undefined && !isReadOutside(variable, fn);
  });
}

/** The function a top-level name stands for. */
function declaredFunction(name: string, scopes: Scopes): Node | undefined {
  const node = scopes.top.get(name)?.defs[0]?.node as unknown as Node | undefined;
  if (node === undefined) return undefined;
  return functionNode(node.type === "VariableDeclarator" ? (node["init"] as Node | null) : node);
}

/** Where the value of a statement is made: the expression itself, or the last ones of its branches. */
function lastValues(statement: Statement): Extract<Entry, { kind: "values" }> | undefined {
  const nodes: At[] = [];
  const pending: (acorn.Statement | Statement | null | undefined)[] = [statement];
  for (let next = pending.pop(); pending.length > 0 || next != null; next = pending.pop()) {
    if (next?.type === "ExpressionStatement") nodes.push(next.expression);
    if (next?.type === "BlockStatement") pending.push(next.body.at(-1));
    if (next?.type === "IfStatement") pending.push(next.alternate, next.consequent);
    if (next?.type === "TryStatement") pending.push(next.handler?.body, next.block);
  }
  return nodes.length === 0 ? undefined : { kind: "values", nodes };
}

function lastVariables(statement: Statement): Extract<Entry, { kind: "variables" }> | undefined {
  if (statement.type !== "VariableDeclaration") return undefined;
  const names: string[] = [];
  const { id } = statement.declarations.at(-1) ?? {};
  if (id === undefined) return undefined;
  walk(id as unknown as Node, (node, parent) => {
    const isKey = parent?.type === "Property" && node === parent["key"] && parent["key"] !== parent["value"];
    const isDefault = parent?.type === "AssignmentPattern" && node === parent["right"];
    if (isKey || isDefault) return false;
    if (node.type === "Identifier") names.push(String(node["name"]));
    return undefined;
  });
  return { kind: "variables", names: [...new Set(names)] };
}

/** `"use strict"`. */
function isDirective(node: Statement): boolean {
  return node.type === "ExpressionStatement" && node.directive !== undefined;
}

function isDeclaration({ type }: Statement): boolean {
  return /^(Function|Variable|Class)Declaration$/.test(type);
}

function functionStatement(node: Statement): Node | undefined {
  return node.type === "ExpressionStatement" ? functionNode(node.expression as unknown as Node) : undefined;
}

function functionNode(node: Node | null): Node | undefined {
  if (node?.type === "ParenthesizedExpression") return functionNode(node["expression"] as Node);
  return node !== null && /^(ArrowFunctionExpression|Function(Expression|Declaration))$/.test(node.type)
    ? node
    : undefined;
}

function identifier(node: acorn.Expression): string | undefined {
  return node.type === "Identifier" ? node.name : undefined;
}
