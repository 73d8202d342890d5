// Every identifier a program mentions as a variable. Errs on the side of too many: a property of the same name may count.

import type * as acorn from "acorn";

export function usedNames(program: acorn.Program): Set<string> {
  const names = new Set<string>();
  const pending: unknown[] = [program];
  while (pending.length > 0) {
    const node = pending.pop();
    if (Array.isArray(node)) pending.push(...node);
    if (typeof node !== "object" || node === null || Array.isArray(node)) continue;
    const { type, name, computed, property, key } = node as Record<string, unknown>;
    if (type === "Identifier" && typeof name === "string") names.add(name);
    for (const [field, child] of Object.entries(node)) {
      // `a.spec` and `{ spec: 1 }` name a property; `{ spec }` has the variable again in its value.
      if (
        computed === false &&
        (child === property || child === key) &&
        (field === "property" || field === "key")
      )
        continue;
      if (typeof child === "object" && child !== null) pending.push(child);
    }
  }
  return names;
}
