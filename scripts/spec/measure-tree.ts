import { pointerTo } from "./component-homes.ts";
import { DocumentRefused } from "./document-refused.ts";
import type { ReadingLimits } from "./reading-limits.ts";

/** What a value takes once each of its aliases is written out in full. */
interface Size {
  /** Objects and arrays. */
  nodes: number;
  height: number;
  lines: number;
  /** Characters as JSON indented by two spaces, line breaks included. */
  chars: number;
}

/**
 * Refuses a value that is nested too deeply, or that YAML aliases blow up, before anything walks it. Aliases
 * are shared objects here: each is measured once and counted as often as it occurs, so a billion laughs costs
 * no more than its own text.
 */
export function measureTree(root: unknown, place: string, limits: ReadingLimits): void {
  const known = new Map<object, Size | undefined>();
  const tokens: string[] = [];
  const refused = (reason: string, next?: string) =>
    new DocumentRefused(tokens.length === 0 ? place : place + pointerTo(tokens), reason, next);
  const measure = (value: unknown): Size => {
    if (typeof value !== "object" || value === null) {
      const chars = typeof value === "string" ? value.length + 2 : String(value).length;
      return { nodes: 0, height: 0, lines: 1, chars };
    }
    let size = known.get(value);
    if (size === undefined) {
      if (known.has(value))
        throw refused("a YAML alias contains itself.", "Use $ref for a recursive schema.");
      if (tokens.length > limits.depth) throw new DocumentRefused(place, nestedTooDeeply(limits));
      known.set(value, undefined);
      size = { nodes: 1, height: 1, lines: 2, chars: 2 };
      for (const [key, child] of Object.entries(value)) {
        tokens.push(key);
        const { nodes, height, lines, chars } = measure(child);
        tokens.pop();
        size.nodes += nodes;
        size.height = Math.max(size.height, height + 1);
        size.lines += lines;
        size.chars += chars + 2 * lines + 2 + (Array.isArray(value) ? 0 : key.length + 4);
      }
      known.set(value, size);
    }
    if (tokens.length + size.height > limits.depth + 1)
      throw new DocumentRefused(place, nestedTooDeeply(limits));
    if (size.nodes > limits.nodes)
      throw refused(`has more than ${limits.nodes} objects and arrays once its aliases are written out.`);
    if (size.chars > limits.writtenChars)
      throw refused(`has more than ${limits.writtenChars} characters once its aliases are written out.`);
    return size;
  };
  measure(root);
}

export function nestedTooDeeply(limits: ReadingLimits): string {
  return `is nested too deeply: more than ${limits.depth} levels.`;
}
