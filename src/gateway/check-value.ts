// A value against a schema of the document → what is wrong with it. Never decodes a component the value does not
// reach, and gives up rather than spend more than its bounds: then the value counts as right.

import { validate } from "@cfworker/json-schema";
import type { OutputUnit, Schema } from "@cfworker/json-schema";
import type { Limits } from "../limits.ts";
import type { Json, SpecDocument } from "../spec/document.ts";
import { checkSlips } from "./check-slips.ts";
import { explainErrors } from "./explain-errors.ts";
import type { Finding } from "./finding.ts";
import { openMark, requestSchema } from "./request-schema.ts";
import type { Strictness } from "./request-schema.ts";

type Bounds = Pick<Limits, "checkedValues" | "explainedValues" | "checkedReferences">;

/** Schemas prepared before, for all runs: each lives as long as the part of the document it was made of is kept. */
const prepared: Record<`${Strictness} ${"open" | "closed"}`, WeakMap<object, Json | true>> = {
  "lenient closed": new WeakMap(),
  "lenient open": new WeakMap(),
  "strict closed": new WeakMap(),
  "strict open": new WeakMap(),
};

export class ValueChecker {
  readonly #document: SpecDocument;
  readonly #bounds: Bounds;

  constructor(document: SpecDocument, bounds: Bounds) {
    this.#document = document;
    this.#bounds = bounds;
  }

  /** @param label how a program would write the value, e.g. `body` or `query.limit` */
  check(value: unknown, schema: unknown, label: string, strictness: Strictness): Finding[] {
    if (schema === undefined || schema === true) return [];
    const size = countValues(value, this.#bounds.checkedValues);
    if (size > this.#bounds.checkedValues) return [];
    const checked = this.#prepare(schema, strictness, false);
    if (checked === true) return [];
    const resolve = (reference: string) => this.#resolve(reference, strictness);
    const first = this.#run(value, checked, resolve, true);
    if (first.length === 0) return [];
    const all = size > this.#bounds.explainedValues ? [] : this.#run(value, checked, resolve, false);
    return explainErrors({
      errors: all.length === 0 ? first : all,
      value,
      schema: checked,
      label,
      resolve,
      strictness,
    });
  }

  /** Names nearly right, in a value that fits. */
  slips(value: unknown, schema: unknown, label: string): Finding[] {
    return checkSlips(value, schema, label, this.#document, { values: this.#bounds.explainedValues });
  }

  /** @returns nothing for a right value, and for one whose check went beyond the bounds */
  #run(
    value: unknown,
    schema: Json,
    resolve: (reference: string) => Json | true,
    first: boolean,
  ): OutputUnit[] {
    let followed = 0;
    const lookup = new Proxy(Object.create(null) as Record<string, Schema | boolean>, {
      get: (_, reference) => {
        followed += 1;
        if (followed > this.#bounds.checkedReferences) throw new OutOfBounds();
        return resolve(String(reference));
      },
    });
    try {
      return validate(value, schema, "2020-12", lookup, first).errors;
    } catch (error) {
      // Too deep or too many for the stack, or a name the validator cannot write down: not the program's doing.
      if (error instanceof OutOfBounds || error instanceof RangeError || error instanceof URIError) return [];
      throw error;
    }
  }

  #resolve(reference: string, strictness: Strictness): Json | true {
    const open = reference.startsWith(openMark);
    const target = this.#document.lookup(open ? reference.slice(openMark.length) : reference);
    // A reference that leads nowhere is the document's fault and refuses nothing.
    return target === undefined ? true : this.#prepare(target, strictness, open);
  }

  #prepare(schema: unknown, strictness: Strictness, open: boolean): Json | true {
    if (typeof schema !== "object" || schema === null)
      return requestSchema(schema, this.#document, strictness);
    const known = prepared[`${strictness} ${open ? "open" : "closed"}`];
    let result = known.get(schema);
    if (result === undefined) {
      result = requestSchema(schema, this.#document, strictness, open);
      known.set(schema, result);
    }
    return result;
  }
}

class OutOfBounds extends Error {}

function countValues(value: unknown, most: number): number {
  let count = 0;
  const open = [value];
  while (open.length > 0 && count <= most) {
    const current = open.pop();
    count += 1;
    if (Array.isArray(current) && current.length > most) return current.length;
    if (typeof current === "object" && current !== null)
      for (const item of Object.values(current)) open.push(item);
  }
  return count;
}
