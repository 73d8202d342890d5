import { additionalMethods } from "../../src/spec/format.ts";
import { pointerTo } from "./component-homes.ts";
import { areCallable } from "./cut-document.ts";
import type { DocumentOperation } from "./document-operations.ts";
import type { Finding } from "./document-refused.ts";
import { mergeReference } from "./json-pointer.ts";

type Json = Record<string, unknown>;

/** operationIds given twice or not at all, and paths that differ only in what their parameters are called. */
export function findPathFindings(document: Json, operations: DocumentOperation[]): Finding[] {
  const findings: Finding[] = [];
  const byId = Map.groupBy(operations, ({ operation }) => operation["operationId"]);
  const nameless = operations.filter(({ operation }) => typeof operation["operationId"] !== "string");
  for (const [id, [first, ...others]] of byId) {
    if (typeof id !== "string" || first === undefined) continue;
    for (const other of others) {
      findings.push({
        place: pointerTo(other.tokens),
        message: `has the operationId "${id}" of ${first.address}; use "${other.address}" instead.`,
      });
    }
  }
  const [first] = nameless;
  if (first !== undefined) {
    const many =
      nameless.length > 1
        ? `${nameless.length} operations have no operationId; each`
        : "1 operation has no operationId; it";
    findings.push({ place: pointerTo(first.tokens), message: `${many} is addressed as "METHOD /path".` });
  }
  for (const { tokens, pathItem, address, method } of operations) {
    if (tokens[2] !== "additionalOperations" || areCallable(pathItem["additionalOperations"])) continue;
    const why = additionalMethods.includes(method) ? "stands beside such a one" : "cannot be sent by Workers";
    findings.push({
      place: pointerTo(tokens),
      message: `${address}: its method ${why}; programs see it in spec, and cannot call it.`,
    });
  }
  const paths = Object.keys((document["paths"] ?? {}) as Json);
  for (const alike of Map.groupBy(paths, (path) => path.replaceAll(/\{[^{}]*\}/g, "{}")).values()) {
    if (alike.length > 1)
      findings.push({
        place: pointerTo(["paths", alike[0] ?? ""]),
        message: `differs only by parameter names from ${alike.slice(1).join(", ")}.`,
      });
  }
  return findings;
}

/** Parameters without name or place, and path templates that disagree with their parameters. */
export function findParameterFindings(document: Json, operations: DocumentOperation[]): Finding[] {
  const findings: Finding[] = [];
  for (const { pathItem, operation, path, tokens } of operations) {
    const declared = new Set<string>();
    const lists = [pathItem, mergeReference(pathItem, document) as Json, operation].map(
      (holder) => holder["parameters"],
    );
    for (const parameter of lists.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))) {
      const { name, in: location } = (mergeReference(parameter, document) ?? {}) as Json;
      if (typeof name !== "string" || typeof location !== "string") {
        findings.push({
          place: pointerTo(tokens),
          message: "has a parameter without name or place, which no call can set.",
        });
      } else if (location === "path") declared.add(name);
    }
    const template = new Set([...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? ""));
    const undeclared = [...template].filter((name) => !declared.has(name));
    const unused = [...declared].filter((name) => !template.has(name));
    if (undeclared.length > 0)
      findings.push({
        place: pointerTo(tokens),
        message: `the path has {${undeclared.join("}, {")}}, which no parameter describes.`,
      });
    if (unused.length > 0)
      findings.push({
        place: pointerTo(tokens),
        message: `has path parameters that its path lacks: ${unused.join(", ")}.`,
      });
  }
  return findings;
}
