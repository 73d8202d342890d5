/** Whether two values are the same as seen from outside, cycles included; otherwise where they first differ. */
export function difference(a: unknown, b: unknown): string | undefined {
  const pairs = new Map<object, Set<object>>();
  const pending: [unknown, unknown, string][] = [[a, b, "#"]];
  for (;;) {
    const next = pending.pop();
    if (next === undefined) return undefined;
    const [left, right, place] = next;
    if (typeof left !== "object" || left === null || typeof right !== "object" || right === null) {
      if (!Object.is(left, right)) return `${place}: ${String(left)} and ${String(right)}`;
      continue;
    }
    const seen = pairs.get(left) ?? new Set();
    if (seen.has(right)) continue;
    pairs.set(left, seen.add(right));
    if (Array.isArray(left) !== Array.isArray(right)) return `${place}: an array and none`;
    const keys = Object.keys(left).toSorted();
    if (keys.join("\0") !== Object.keys(right).toSorted().join("\0")) {
      return `${place}: keys ${keys.join()} and ${Object.keys(right).toSorted().join()}`;
    }
    for (const key of keys) {
      const [value, other] = [left, right].map((object) => (object as Record<string, unknown>)[key]);
      pending.push([value, other, `${place}/${key}`]);
    }
  }
}
