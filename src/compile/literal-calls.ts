// The API calls a program spells out, so that a wrong one can be answered before an isolate is paid for.

import type * as acorn from "acorn";
import { isNode, walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";

export type LiteralCall = ({ method: string; path: string } | { operation: string }) & {
  /** Names in `params`; undefined when they are not all spelled out. */
  params: string[] | undefined;
  position: { line: number; column: number };
};

/** Every `api.request({method: "…", path: "…"})` or `api.paginate` of one, or `({operation: "…"})`, in which these are plain strings. */
export function literalCalls(program: acorn.Program): LiteralCall[] {
  const calls: LiteralCall[] = [];
  walk(program as unknown as Node, (node) => {
    const argument =
      node.type === "CallExpression" && isRequest(node["callee"])
        ? (node["arguments"] as Node[])[0]
        : undefined;
    if (argument?.type !== "ObjectExpression") return;
    const properties = argument["properties"] as Node[];
    const value = (name: string) => properties.find((property) => keyOf(property) === name)?.["value"];
    const target = targetOf(value);
    // A spread can bring anything, a method and a path included.
    if (target === undefined || properties.some(({ type }) => type === "SpreadElement")) return;
    const params = value("params");
    const start = (node["loc"] as acorn.SourceLocation).start;
    calls.push({
      ...target,
      params: params === undefined ? [] : names(params),
      position: { line: start.line, column: start.column + 1 },
    });
  });
  return calls;
}

function targetOf(
  value: (name: string) => unknown,
): { method: string; path: string } | { operation: string } | undefined {
  const [operation, method, path] = [text(value("operation")), text(value("method")), text(value("path"))];
  if (value("operation") !== undefined) return operation === undefined ? undefined : { operation };
  return method === undefined || path === undefined ? undefined : { method, path };
}

function isRequest(callee: unknown): boolean {
  if (!isNode(callee) || callee.type !== "MemberExpression" || callee["computed"] === true) return false;
  const { object, property } = callee as { object?: unknown; property?: unknown };
  return (
    isNode(object) &&
    object["name"] === "api" &&
    isNode(property) &&
    ["request", "paginate"].includes(String(property["name"]))
  );
}

function names(node: unknown): string[] | undefined {
  if (!isNode(node) || node.type !== "ObjectExpression") return undefined;
  const keys = (node["properties"] as Node[]).map(keyOf);
  return keys.every((key) => key !== undefined) ? (keys as string[]) : undefined;
}

function keyOf({ type, computed, key }: Node): string | undefined {
  if (type !== "Property" || computed === true || !isNode(key)) return undefined;
  return key.type === "Identifier" ? String(key["name"]) : text(key);
}

function text(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  const [only, ...more] =
    node.type === "TemplateLiteral" ? (node["quasis"] as { value: { cooked: string } }[]) : [];
  return more.length === 0 ? only?.value.cooked : undefined;
}
