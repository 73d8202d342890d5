// What is odd about a document, said before somebody meets it in a call. Keeps all that can be kept.

import { pointerTo } from "./component-homes.ts";
import { documentOperations } from "./document-operations.ts";
import { DocumentRefused, type Finding } from "./document-refused.ts";
import { findPathFindings, findParameterFindings } from "./check-operations.ts";
import { childKind } from "./grammar.ts";

type Json = Record<string, unknown>;

export interface CheckReport {
  operations: number;
  webhooks: number;
  /** Left out of the document. */
  skipped: Finding[];
  /** Kept, but worth knowing. */
  findings: Finding[];
}

/** Removes from `document` what no reader could use, and reports the rest. */
export function checkDocument(document: Json, source: string): CheckReport {
  if (!["paths", "webhooks", "components"].some((key) => isObject(document[key]))) {
    throw new DocumentRefused(
      source,
      'has neither "paths" nor "webhooks" nor "components", so there is nothing to search or call.',
    );
  }
  const skipped = removeUnusable(document);
  const findings: Finding[] = [];
  const info = document["info"];
  if (!isObject(info) || typeof info["title"] !== "string")
    findings.push({ place: "#/info", message: "the document has no title." });
  const operations = [...documentOperations(document)];
  if (operations.length === 0)
    findings.push({
      place: "#/paths",
      message: "the document has no operations; only search will be of use.",
    });
  findings.push(...findPathFindings(document, operations), ...findParameterFindings(document, operations));
  const webhooks = isObject(document["webhooks"]) ? Object.keys(document["webhooks"]).length : 0;
  return { operations: operations.length, webhooks, skipped, findings };
}

function removeUnusable(document: Json): Finding[] {
  const skipped: Finding[] = [];
  const { paths } = document;
  if (paths !== undefined && !isObject(paths)) {
    skipped.push({ place: "#/paths", message: "is not an object." });
    delete document["paths"];
  }
  for (const [path, item] of Object.entries(isObject(paths) ? paths : {})) {
    if (path.startsWith("x-")) continue;
    const problem = isObject(item) ? undefined : "is not an object.";
    const misplaced = path.startsWith("/")
      ? undefined
      : 'does not start with "/", so it names no place below the base URL.';
    if (problem !== undefined || misplaced !== undefined) {
      skipped.push({ place: pointerTo(["paths", path]), message: problem ?? misplaced ?? "" });
      delete (paths as Json)[path];
      continue;
    }
    for (const [method, operation] of Object.entries(item as Json)) {
      if (childKind("pathItem", method) !== "operation" || isObject(operation)) continue;
      skipped.push({ place: pointerTo(["paths", path, method]), message: "the operation is not an object." });
      delete (item as Json)[method];
    }
  }
  return skipped;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
