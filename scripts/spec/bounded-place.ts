import { pointerTo } from "./component-homes.ts";
import { DocumentRefused } from "./document-refused.ts";
import { nestedTooDeeply } from "./measure-tree.ts";
import type { ReadingLimits } from "./reading-limits.ts";

/** Where a walk is in the document being written, and how much it may still write. */
export class BoundedPlace {
  tokens: string[] = [];
  #limits: ReadingLimits;
  #nodes = 0;

  constructor(limits: ReadingLimits) {
    this.#limits = limits;
  }

  /** Walks one level down. Written-out references nest deeper than any one file. */
  below<T>(key: string, walk: () => T): T {
    this.tokens.push(key);
    if (this.tokens.length > this.#limits.depth) {
      throw new DocumentRefused(this.pointer(), nestedTooDeeply(this.#limits));
    }
    const result = walk();
    this.tokens.pop();
    return result;
  }

  /** Counts one object or array. */
  count(): void {
    this.#nodes += 1;
    if (this.#nodes > this.#limits.nodes) {
      const reason = `the document has more than ${this.#limits.nodes} objects and arrays.`;
      throw new DocumentRefused(this.pointer(), reason);
    }
  }

  pointer(): string {
    return pointerTo(this.tokens);
  }
}
