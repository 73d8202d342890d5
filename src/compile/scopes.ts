// Which name means what: the program's scopes, and the names it uses but does not declare, with their first place.

import type * as acorn from "acorn";
import { analyze } from "eslint-scope";
import type { Scope, ScopeManager, Variable } from "eslint-scope";
import { walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";

export type FreeName = {
  name: string;
  line: number;
  column: number;
  /** Assigned somewhere. */
  written: boolean;
  /** Every use is `typeof name`, which is allowed of anything. */
  onlyTypeof: boolean;
  /** Where it is called as a function, first. */
  called: { line: number; column: number } | undefined;
  /** What is read of it by name, where nothing else is done with it: `api.request` alone reaches nothing but `request`. */
  members: Set<string> | undefined;
};

export type Scopes = {
  free: Map<string, FreeName>;
  /** What the program declares outside of any function. */
  top: Map<string, Variable>;
  /** Parameters and variables of a function. */
  of(fn: Node): Variable[];
};

export function readScopes(program: acorn.Program): Scopes {
  const manager: ScopeManager = analyze(program as Parameters<typeof analyze>[0], {
    ecmaVersion: 2024,
    sourceType: "module",
  });
  const scope: Scope | undefined = manager.globalScope?.childScopes[0];
  return {
    free: freeNames(program, manager),
    top: new Map(scope?.variables.map((variable) => [variable.name, variable])),
    of: (fn) => manager.acquire(fn as never)?.variables ?? [],
  };
}

function freeNames(program: acorn.Program, manager: ScopeManager): Map<string, FreeName> {
  const typeofs = new Set<unknown>();
  const callees = new Set<unknown>();
  const read = new Map<unknown, string>();
  walk(program as unknown as Node, (node) => {
    if (node.type === "MemberExpression" && node["computed"] !== true)
      read.set(node["object"], String((node["property"] as Node)["name"]));
    if (node.type === "UnaryExpression" && node["operator"] === "typeof") typeofs.add(node["argument"]);
    if (node.type === "CallExpression") callees.add(node["callee"]);
  });
  const names = new Map<string, FreeName>();
  for (const reference of manager.globalScope?.through ?? []) {
    const { name, loc } = reference.identifier as acorn.Identifier;
    const known = names.get(name);
    const onlyTypeof = typeofs.has(reference.identifier);
    const { line, column } = { line: loc?.start.line ?? 1, column: (loc?.start.column ?? 0) + 1 };
    const member = read.get(reference.identifier);
    const called = callees.has(reference.identifier) ? { line, column } : undefined;
    if (known === undefined) {
      const members = member === undefined ? undefined : new Set([member]);
      names.set(name, { name, line, column, written: reference.isWrite(), onlyTypeof, called, members });
    } else {
      known.called ??= called;
      if (member === undefined) known.members = undefined;
      else known.members?.add(member);
      known.written ||= reference.isWrite();
      known.onlyTypeof &&= onlyTypeof;
    }
  }
  return names;
}

/** Whether something outside of `node` reads the variable. */
export function isReadOutside(variable: Variable, node: { start: number; end: number }): boolean {
  return variable.references.some((reference) => {
    const { start } = reference.identifier as unknown as { start: number };
    return reference.isRead() && (start < node.start || start >= node.end);
  });
}
