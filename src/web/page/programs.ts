// The searches this page makes for itself. Text of programs; what a person types goes in as JSON, never as code.

import type { RunSummary } from "../../journal/run.ts";

const mark = "// The console looks this up.";

/** Whether a run is one of these. */
export const isLookUp = ({ excerpt }: Pick<RunSummary, "excerpt">) => excerpt.startsWith(mark);

const operations = `const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]);
const operations = Object.entries(spec.paths).flatMap(([path, item]) =>
  Object.entries(item).filter(([method]) => methods.has(method)).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })));`;
/** @param chars of a summary: a page of them must fit into one answer */
const row = (chars: number) =>
  `({ method, path, operation: { operationId = "", summary = "", deprecated = false } }) => [method, path, operationId, String(summary).slice(0, ${chars}), deprecated]`;

/** An operation as these programs answer it. */
export type OperationRow = [
  method: string,
  path: string,
  operationId: string,
  summary: string,
  deprecated: boolean,
];
export type Tags = { title: string; version: string; total: number; tags: [name: string, count: number][] };

export const rowsAtOnce = 100;

/** Each operation counts under its first tag, so that it stands in one place. */
export const tagsProgram = `${mark}
${operations}
const tags = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? "");
({ title: spec.info.title, version: spec.info.version, total: operations.length, tags: [...tags].map(([tag, list]) => [tag, list.length]) })`;

export const operationsOf = (tag: string, from: number): string => `${mark}
${operations}
operations.filter(({ operation }) => (operation.tags?.[0] ?? "") === ${JSON.stringify(tag)}).slice(${from}, ${from + rowsAtOnce}).map(${row(160)})`;

export const findProgram = (text: string): string => `${mark}
find(${JSON.stringify(text)}, { limit: 30 }).map(({ method, path, operationId = "", summary = "", deprecated = false }) => [method, path, operationId, summary, deprecated])`;

export const describeProgram = (operation: string): string => `${mark}
describe(${JSON.stringify(operation)})`;

/** For completion: as many operations as an answer has room for. */
export const completionProgram = `${mark}
${operations}
let room = 40_000;
operations.map(${row(60)}).filter((row) => (room -= JSON.stringify(row).length + 1) > 0)`;

/** As describe and operation take it: an id, or the method and path where there is none. */
export const nameOf = ([method, path, operationId]: OperationRow): string =>
  operationId || `${method} ${path}`;

/** A program to begin with, for one operation. */
export function callProgram([method, path]: OperationRow): string {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
  const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
  const lines = [
    `method: ${JSON.stringify(method)},`,
    `path: ${JSON.stringify(path)},`,
    ...(names.length === 0 ? [] : [`params: { ${names.map((name) => `${key(name)}: ""`).join(", ")} },`]),
    ...(["POST", "PUT", "PATCH"].includes(method) ? ["body: {},"] : []),
  ];
  return `async () => {
  const answer = await api.request({
${lines.map((line) => `    ${line}`).join("\n")}
  });
  return answer.ok ? answer.data : answer;
}
`;
}

export const firstPrograms = {
  search: `const hits = find("list", { limit: 5 });
[hits, hits.length > 0 ? describe(hits[0]) : "nothing found"]
`,
  execute: `async () => {
  const [hit] = find("list", { limit: 1, method: "GET" });
  const answer = await api.request({ method: hit.method, path: hit.path });
  return answer.ok ? answer.data : answer;
}
`,
};
