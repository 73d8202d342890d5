// `describe`: one operation as compact TypeScript, as a program would call it. Never expands a named type twice.

import { nearest } from "./hints.guest.js";
import { createTypes, sentence } from "./types.guest.js";

/** Levels of named types written out unless the program asks for more: what it must build matters more than what it gets. */
const usualDepth = 3;
const usualAnswerDepth = 1;

export function createDescribe(operations, readOperation, pointers) {
  /**
   * @param {string | {method: string, path: string}} which an operationId, "GET /path", or a hit of find
   * @param {{depth?: number}} [options] levels of named types; unless given 3, and 1 in answers
   * @returns {string} TypeScript
   */
  return function describe(which, options) {
    // Also taken: method and path as two texts, and all hits at once; as the function of a map it is given a number.
    if (typeof which === "string" && typeof options === "string") return describe(`${which} ${options}`);
    if (Array.isArray(which)) return which.map((each) => describe(each, options)).join("\n\n");
    const asked = options?.depth;
    const depth = asked ?? usualDepth;
    const located = locate(which, operations);
    const { method, path, operationId, summary, deprecated, denied } = located;
    const operation = readOperation(located);
    const types = createTypes(pointers, depth);
    const lines = [
      `// ${method.toUpperCase()} ${path}${operationId === undefined ? "" : ` (${operationId})`}`,
    ];
    const said = [summary, sentence(operation.description, 240)].filter(Boolean);
    for (const text of new Set(said)) lines.push(`// ${text}`);
    if (deprecated) lines.push("// Deprecated.");
    if (denied !== undefined)
      lines.push(`// Denied, nobody can call it here: ${denied.replaceAll("\n", " ")}`);
    if (operation.note !== undefined) lines.push(`// Note: ${operation.note.replaceAll("\n", "\n//   ")}`);
    lines.push(
      "api.request({",
      `  method: ${JSON.stringify(method.toUpperCase())},`,
      `  path: ${JSON.stringify(path)},`,
    );
    for (const [place, field] of [
      ["path", "params"],
      ["query", "query"],
      ["header", "headers"],
    ]) {
      const list = [...operation.parameters.values()].filter((parameter) => parameter.in === place);
      if (list.length === 0) continue;
      const optional = list.some((parameter) => parameter.required === true) ? "" : "?";
      lines.push(
        `  ${field}${optional}: {`,
        ...list.map((parameter) => `    ${parameterLine(parameter, types)}`),
        "  },",
      );
    }
    lines.push(...bodyLines(operation.requestBody, types), "})");
    const more = asked === undefined && types.cut.size === 0 ? usualAnswerDepth + 1 : depth + 1;
    types.from(asked === undefined ? depth - usualAnswerDepth : 0);
    lines.push(...answerLines(operation.responses, types));
    const named = types.declarations();
    if (named.length > 0) lines.push("", ...named);
    if (types.cut.size > 0) {
      lines.push(
        "",
        `// Not written out: ${[...types.cut].join(", ")}. describe(…, {depth: ${more}}) shows more.`,
      );
    }
    return lines.join("\n");
  };
}

const takes = 'Give an operationId, "GET /path", or a hit of find(text).';

function locate(which, operations) {
  if (
    typeof which !== "string" &&
    typeof which?.path !== "string" &&
    typeof which?.operationId !== "string"
  ) {
    const got =
      which === undefined || which === null ? `${which}: find may have found nothing` : typeof which;
    throw new Error(`describe was given ${got}. ${takes}`);
  }
  const name =
    typeof which === "string"
      ? which.trim()
      : typeof which.path === "string"
        ? `${which.method} ${which.path}`
        : which.operationId;
  const byAddress = /^([a-z]+)\s+(\/.*)$/i.exec(name);
  const [method, path] = byAddress === null ? [] : [byAddress[1].toLowerCase(), byAddress[2]];
  const located = operations.find((operation) => operation.method === method && operation.path === path);
  if (located !== undefined) return located;
  const called = operations.filter((operation) => operation.operationId === name || operation.path === name);
  const address = (operation) => `${operation.method.toUpperCase()} ${operation.path}`;
  if (called.length > 1) {
    const what = name.startsWith("/") ? "have the path" : "are called";
    throw new Error(
      `Several operations ${what} ${JSON.stringify(name)}: ${called.map(address).join(", ")}. Give one of these.`,
    );
  }
  if (called.length === 0) {
    const near = nearest(name, operations, (operation) => [address(operation), operation.operationId ?? ""]);
    const texts = near.map((operation) =>
      operation.operationId === undefined
        ? address(operation)
        : `${operation.operationId} (${address(operation)})`,
    );
    throw new Error(
      `There is no operation ${JSON.stringify(name)}. Nearest: ${texts.join(" · ")}. ${takes} A schema is in spec.components.schemas.`,
    );
  }
  return called[0];
}

function parameterLine(parameter, types) {
  const schema = parameter.schema ?? Object.values(parameter.content ?? {})[0]?.schema;
  const about = sentence(parameter.description, 100);
  const style =
    parameter.style !== undefined && !["simple", "form"].includes(parameter.style)
      ? ` (style ${parameter.style})`
      : "";
  const type = types.of(schema);
  return `${types.key(parameter.name)}${parameter.required === true ? "" : "?"}: ${type},${comment(about + style)}`;
}

function bodyLines(body, types) {
  if (body === undefined) return [];
  const contents = Object.entries(body.content ?? {});
  const all = contents.map(([type, media]) => `/* ${type} */ ${types.of(media?.schema, "  ")}`);
  return [
    `  body${body.required === true ? "" : "?"}: ${all.length === 0 ? "unknown" : all.join("\n    | ")},`,
  ];
}

/** The successful answers in full, the others by status alone: their shape rarely matters before they happen. */
function answerLines(responses, types) {
  const lines = [];
  const others = [];
  for (const [status, response] of Object.entries(responses ?? {})) {
    const contents = Object.entries(response?.content ?? {});
    if (!/^[23]|^default$/.test(status) || (status === "default" && lines.length > 0)) {
      others.push(status);
      continue;
    }
    if (contents.length === 0)
      lines.push(`// → ${status}${comment(sentence(response?.description, 80)).replace(" //", ":")}`);
    for (const [type, media] of contents)
      lines.push(`// → ${status} ${type}`, `data: ${types.of(media?.schema)}`);
  }
  if (others.length > 0) lines.push(`// Otherwise: ${others.join(", ")}`);
  return lines;
}

function comment(text) {
  return text === "" ? "" : ` // ${text}`;
}
