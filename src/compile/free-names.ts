// The variables a program uses but does not declare, with their first place.

import type * as acorn from "acorn";
import { analyze } from "eslint-scope";
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
};

export function freeNames(program: acorn.Program): Map<string, FreeName> {
  const typeofs = new Set<unknown>();
  walk(program as unknown as Node, (node) => {
    if (node.type === "UnaryExpression" && node["operator"] === "typeof") typeofs.add(node["argument"]);
  });
  const manager = analyze(program as Parameters<typeof analyze>[0], {
    ecmaVersion: 2024,
    sourceType: "module",
  });
  const names = new Map<string, FreeName>();
  for (const reference of manager.globalScope?.through ?? []) {
    const { name, loc } = reference.identifier as acorn.Identifier;
    const known = names.get(name);
    const onlyTypeof = typeofs.has(reference.identifier);
    if (known === undefined) {
      const { line, column } = loc?.start ?? { line: 1, column: 0 };
      names.set(name, { name, line, column: column + 1, written: reference.isWrite(), onlyTypeof });
    } else {
      known.written ||= reference.isWrite();
      known.onlyTypeof &&= onlyTypeof;
    }
  }
  return names;
}
