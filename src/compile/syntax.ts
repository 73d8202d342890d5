// A syntax tree as data: every node below a node, whatever its kind. For passes that care for a few kinds only.

export type Node = { type: string; start: number; end: number } & Record<string, unknown>;

export function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"
  );
}

/** Calls `visit` on every node, parents first; a visit that answers false keeps out of the node. Iterative: trees can be deep. */
export function walk(
  root: Node,
  visit: (node: Node, parent: Node | undefined) => boolean | undefined | void,
): void {
  const nodes: Node[] = [root];
  const parents: (Node | undefined)[] = [undefined];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (visit(node, parents.pop()) === false) continue;
    const from = nodes.length;
    // A program is walked several times, and every answer waits for it: no array a node, and no look at places.
    for (const key in node) {
      if (key === "loc" || key === "range") continue;
      const value = node[key];
      if (typeof value !== "object" || value === null) continue;
      if (!Array.isArray(value)) push(value);
      else for (const item of value) push(item);
    }
    reverse(nodes, from);
    for (let n = from; n < nodes.length; n += 1) parents.push(node);
  }

  function push(value: unknown): void {
    if (isNode(value)) nodes.push(value);
  }
}

/** What was pushed last is visited first, and the text's order is wanted. */
function reverse(nodes: Node[], from: number): void {
  for (let low = from, high = nodes.length - 1; low < high; low += 1, high -= 1) {
    const node = nodes[low] as Node;
    nodes[low] = nodes[high] as Node;
    nodes[high] = node;
  }
}
