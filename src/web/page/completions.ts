// What may come next in a program, from the text before the cursor. Pure.

import type { Tool } from "./mcp-client.ts";
import { nameOf, type OperationRow } from "./programs.ts";

type Completion = {
  label: string;
  detail?: string;
  kind: "function" | "variable" | "property" | "operation";
};
type Completions = { from: number; options: Completion[] };

const most = 200;

export function completionsAt(
  before: string,
  tool: Tool,
  operations: readonly OperationRow[],
  explicit: boolean,
): Completions | undefined {
  const last = before.slice(-400);
  const at = (typed: string, options: Completion[]): Completions => ({
    from: before.length - typed.length,
    options,
  });
  const inText = (opening: RegExp) => new RegExp(`${opening.source}\\s*["'\`]([^"'\`\\n]*)$`).exec(last)?.[1];

  const named = inText(/(?:\bdescribe\(|\boperation:)/);
  if (named !== undefined) return at(named, fitting(named, operations, nameOf));
  const path = inText(/(?:\bpath:|\bspec\.paths\[)/);
  if (path !== undefined)
    return at(
      path,
      fitting(path, operations, ([, each]) => each),
    );
  const method = inText(/\bmethod:/);
  if (method !== undefined) return at(method, [...new Set(operations.map(([each]) => each))].map(variable));

  const [, object, member = ""] = /\b(api|results|spec|console)\.(\w*)$/.exec(last) ?? [];
  if (object !== undefined)
    return at(
      member,
      tool === "search" && object !== "spec" && object !== "console" ? [] : (members[object] ?? []),
    );
  const inOptions = /\b(api\.request|find)\([^()]*\{[^{}]*?(?:^|[{,\s])(\w*)$/.exec(last);
  if (inOptions !== null && !/:\s*\w*$/.test(last))
    return at(inOptions[2] ?? "", options[inOptions[1] ?? ""] ?? []);
  const word = /(?:^|[^.\w"'`])([A-Za-z]\w*)$/.exec(last)?.[1];
  if (word === undefined && !explicit) return undefined;
  return at(word ?? "", tool === "search" ? shared : [...shared, ...executing]);
}

/** Those that contain what was typed; the rest would only be in the way of many hundreds. */
function fitting(
  typed: string,
  operations: readonly OperationRow[],
  text: (row: OperationRow) => string,
): Completion[] {
  const wanted = typed.toLowerCase();
  const found = new Map<string, Completion>();
  for (const row of operations) {
    const [method, path, , summary] = row;
    const label = text(row);
    if (found.has(label) || !`${method} ${path} ${label}`.toLowerCase().includes(wanted)) continue;
    found.set(label, { label, detail: label === path ? summary : `${method} ${path}`, kind: "operation" });
    if (found.size === most) break;
  }
  return [...found.values()];
}

const variable = (label: string): Completion => ({ label, kind: "variable" });
const property = (label: string, detail: string): Completion => ({ label, detail, kind: "property" });

const members: Record<string, Completion[]> = {
  api: [{ label: "request", detail: "({method, path, params, query, headers, body})", kind: "function" }],
  results: [{ label: "get", detail: "(runId) the whole result of an earlier run", kind: "function" }],
  spec: [
    property("paths", "spec.paths[path][method]"),
    property("components", "schemas, parameters, responses"),
    property("info", "title, version"),
    property("tags", "name, description"),
  ],
  console: ["log", "warn", "error"].map((label) => ({ label, kind: "function" as const })),
};

const options: Record<string, Completion[]> = {
  "api.request": [
    property("method", '"GET", "POST", …'),
    property("path", "as in the document"),
    property("params", "values of the path's {placeholders}"),
    property("query", "names and values"),
    property("headers", "names and values"),
    property("body", "an object goes as JSON"),
    property("operation", "an operationId, in place of method and path"),
  ],
  find: [
    property("limit", "10 unless given, at most 100"),
    property("tag", "one, or a list"),
    property("method", "one, or a list"),
  ],
};

const shared: Completion[] = [
  { label: "find", detail: "(text, {limit, tag, method}) operations, best first", kind: "function" },
  { label: "describe", detail: "(operation) its call as TypeScript", kind: "function" },
  { label: "spec", detail: "the document, references resolved", kind: "variable" },
  { label: "console", detail: "printed lines come with the answer", kind: "variable" },
];
const executing: Completion[] = [
  { label: "api", detail: "api.request({method, path, …})", kind: "variable" },
  { label: "results", detail: "results.get(runId), results.items(runId)", kind: "variable" },
];
