// A syntax tree as data: every node below a node, whatever its kind. For passes that care for a few kinds only.

export type Node = { type: string; start: number; end: number } & Record<string, unknown>;

export function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"
  );
}

export function children(node: Node): Node[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

/** Calls `visit` on every node, parents first; a visit that answers false keeps out of the node. Iterative: trees can be deep. */
export function walk(
  root: Node,
  visit: (node: Node, parent: Node | undefined) => boolean | undefined | void,
): void {
  const pending: [Node, Node | undefined][] = [[root, undefined]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, parent] = next;
    if (visit(node, parent) === false) continue;
    for (const child of children(node).toReversed()) pending.push([child, node]);
  }
}
