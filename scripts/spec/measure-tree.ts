import { DocumentRefused } from "./document-refused.ts";
import type { ReadingLimits } from "./reading-limits.ts";

/**
 * Refuses a value that is nested too deep, or that YAML aliases blow up, before anything walks it. Aliases
 * are shared objects here, each measured once, so a billion laughs costs no more than its own text.
 */
export function measureTree(root: unknown, place: string, limits: ReadingLimits): void {
  const known = new Map<object, { nodes: number; height: number } | undefined>();
  const measure = (value: unknown, depth: number): { nodes: number; height: number } => {
    if (typeof value !== "object" || value === null) return { nodes: 0, height: 0 };
    let measured = known.get(value);
    if (measured === undefined) {
      if (known.has(value))
        throw new DocumentRefused(place, "a YAML alias contains itself.", "Use $ref for a recursive schema.");
      if (depth > limits.depth) throw tooDeep(place, limits);
      known.set(value, undefined);
      measured = { nodes: 1, height: 1 };
      for (const child of Object.values(value)) {
        const { nodes, height } = measure(child, depth + 1);
        measured.nodes += nodes;
        measured.height = Math.max(measured.height, height + 1);
      }
      known.set(value, measured);
    }
    if (depth + measured.height > limits.depth + 1) throw tooDeep(place, limits);
    if (measured.nodes > limits.nodes) {
      throw new DocumentRefused(
        place,
        `has more than ${limits.nodes} objects and arrays once its aliases are written out.`,
      );
    }
    return measured;
  };
  measure(root, 0);
}

function tooDeep(place: string, limits: ReadingLimits): DocumentRefused {
  return new DocumentRefused(place, `is nested more than ${limits.depth} levels deep.`);
}
