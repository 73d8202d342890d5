// What the 3.0 to 3.1 upgrade would lose, put where it keeps it; and what it leaves in 3.0's way, finished.

import { pointerTo } from "./component-homes.ts";
import type { Finding } from "./document-refused.ts";
import { visitDocument } from "./visit-document.ts";

/** `example` beside `examples` is not allowed but common, and the upgrade overwrites the second with the first. */
export function mendThreeZero(document: unknown): Finding[] {
  const findings = mendItems(document);
  visitDocument(document, (value, kind) => {
    if (!["parameter", "header", "mediaType", "schema"].includes(kind)) return;
    const { example, examples } = value;
    if (example === undefined || typeof examples !== "object" || examples === null) return;
    if (kind === "schema") {
      // A list in 3.1. In 3.0 it had no meaning there; some wrote a list, some a map as elsewhere.
      value["examples"] = [
        example,
        ...(Array.isArray(examples) ? (examples as unknown[]) : Object.values(examples)),
      ];
    } else if (!Array.isArray(examples)) {
      const name = Object.hasOwn(examples, "default") ? "example" : "default";
      if (!Object.hasOwn(examples, name)) value["examples"] = { [name]: { value: example }, ...examples };
    } else {
      value["examples"] = Object.fromEntries(
        [example, ...(examples as unknown[])].map((each, index) => [`${index + 1}`, { value: each }]),
      );
    }
    delete value["example"];
  });
  return findings;
}

/** A list of schemas as `items` is legal nowhere before 3.1's drafts; who writes one means any of them. */
export function mendItems(document: unknown): Finding[] {
  const findings: Finding[] = [];
  visitDocument(document, (value, kind, path) => {
    const { items } = value;
    if (kind !== "schema" || !Array.isArray(items)) return;
    value["items"] = { anyOf: items as unknown[] };
    findings.push({
      place: pointerTo([...path, "items"]),
      message: "is a list, which OpenAPI does not have there; each item may be any of them.",
    });
  });
  return findings;
}

/** `nullable` next to `anyOf` or `oneOf` and no `type` has no meaning in 3.1 and would be read as "never null". */
export function mendNullable(document: unknown): void {
  visitDocument(document, (value, kind) => {
    if (kind !== "schema" || value["nullable"] !== true) return;
    const union = ["anyOf", "oneOf"].find((key) => Array.isArray(value[key]));
    if (union === undefined) return;
    (value[union] as unknown[]).push({ type: "null" });
    delete value["nullable"];
  });
}
