// `describe`: one operation as compact TypeScript, as a program would call it. Never expands a named type twice.

import { nearest } from "./hints.guest.js";
import { sentence } from "./sentence.guest.js";
import { createTypes } from "./types.guest.js";

/** Levels of named types written out unless the program asks for more: what it must build matters more than what it gets. */
const usualDepth = 3;
const usualAnswerDepth = 1;
/** Characters of a description unless the program asks for a depth: some 1,500 tokens, as much as a model reads for one call. */
const usualChars = 6_000;
/** What is tried until it fits: first less of the answer and of what is deep and optional, then fewer words. */
const shorter = [
  { nesting: 4 },
  { depth: 2, nesting: 3, required: true },
  { depth: 2, nesting: 2, required: true, values: 20, about: 100 },
  { depth: 1, answer: 0, nesting: 1, required: true, values: 10, about: 80 },
  { depth: 0, answer: 0, nesting: 1, briefAnswer: true, required: true, values: 10, about: 60 },
  { depth: 0, answer: 0, nesting: 1, briefAnswer: true, values: 5, about: 0 },
  { depth: 0, answer: 0, nesting: 0, briefAnswer: true, values: 2, about: 0 },
];

export function createDescribe(operations, readOperation, pointers) {
  /**
   * @param {string | {method: string, path: string} | unknown[]} which an operationId, "GET /path", a hit of find, or a
   * list of these, in which a type that several have is written out once
   * @param {{depth?: number, at?: string}} [options] levels of named types, unless given as many as fit 6,000 characters,
   * at most 3, and 1 in answers; `at` is one place, such as "body.items" or "data", described by itself
   * @returns {string} TypeScript
   */
  return function describe(which, options) {
    // Also taken: method and path as two texts; as the function of a map it is given a number.
    if (typeof which === "string" && typeof options === "string") return describe(`${which} ${options}`);
    const above = new Set();
    const { depth: asked, at } = options ?? {};
    const depth = asked === undefined || asked === null ? undefined : Math.floor(Number(asked));
    if (Number.isNaN(depth) || depth < 0)
      throw new Error(`depth takes a whole number from 0 on, not ${String(asked).slice(0, 40)}.`);
    return (Array.isArray(which) ? which.flat() : [which])
      .map((each) => {
        const { text, declared } = describeOne(each, depth, at, above);
        for (const type of declared) above.add(type);
        return text;
      })
      .join("\n\n");
  };

  function describeOne(which, depth, at, above) {
    const located = locate(which, operations);
    const operation = readOperation(located);
    const write = (more) => {
      const bounds = { ...more, above };
      return at === undefined
        ? writeOperation(located, operation, pointers, bounds)
        : writePlace(located, operation, pointers, { ...bounds, at: String(at) });
    };
    if (depth !== undefined) return write({ depth, answer: depth });
    let written = write({ depth: usualDepth, answer: usualAnswerDepth });
    for (const bounds of shorter) {
      if (written.text.length <= usualChars) break;
      written = write({ depth: usualDepth, answer: usualAnswerDepth, brief: true, ...bounds });
    }
    return written;
  }
}

function writeOperation(located, operation, pointers, bounds) {
  const { method, path, operationId, summary, deprecated, denied } = located;
  const types = createTypes(pointers, bounds);
  const lines = [`// ${method.toUpperCase()} ${path}${operationId === undefined ? "" : ` (${operationId})`}`];
  lines.push(...aboutLines(summary, operation.description));
  if (deprecated) lines.push("// Deprecated.");
  if (denied !== undefined) lines.push(`// Denied, nobody can call it here: ${denied.replaceAll("\n", " ")}`);
  if (operation.note !== undefined) lines.push(`// Note: ${operation.note.replaceAll("\n", "\n//   ")}`);
  lines.push(
    "api.request({",
    `  method: ${JSON.stringify(method.toUpperCase())},`,
    `  path: ${JSON.stringify(path)},`,
  );
  for (const [place, field] of fieldsOfPlaces) {
    const list = [...operation.parameters.values()].filter((parameter) => parameter.in === place);
    if (list.length === 0) continue;
    const optional = list.some(isNeeded) ? "" : "?";
    lines.push(
      `  ${field}${optional}: {`,
      ...list.map((parameter) => `    ${parameterLine(parameter, field, types, bounds)}`),
      "  },",
    );
  }
  lines.push(...bodyLines(operation.requestBody, types), "})");
  types.from("data", { level: bounds.depth - bounds.answer, collapse: bounds.briefAnswer });
  lines.push(...answerLines(operation.responses, types));
  return finish(lines, types, located, bounds);
}

/** One place of the call or its answer, by itself. */
function writePlace(located, operation, pointers, bounds) {
  const { method, path } = located;
  const types = createTypes(pointers, bounds);
  const schema = schemaAt(bounds.at, operation);
  // What was asked for is written out whatever the depth.
  types.from(bounds.at, { level: -1 });
  const lines = [
    `// ${bounds.at} of ${method.toUpperCase()} ${path}`,
    ...aboutLines(undefined, schema?.description),
    types.of(schema),
  ];
  return finish(lines, types, located, bounds);
}

/** With the types named so far, but those that stand `above` word for word, and what of them and of the rest is not there. */
function finish(lines, types, { operationId, method, path }, { brief, above }) {
  const declared = types.declarations();
  const named = declared.filter((type) => !above.has(type));
  if (named.length > 0) lines.push("", ...named);
  const missing = [];
  if (types.cut.size > 0)
    missing.push(
      `// Not written out: ${listed([...types.cut.keys()])}. describe(…, {depth: ${types.moreDepth()}}) shows more.`,
    );
  const [place] = [...types.collapsed, ...[...types.cut.values()].map((left) => left.place)];
  if (types.collapsed.length > 0 || (brief && types.cut.size > 0)) {
    const name = JSON.stringify(operationId ?? `${method.toUpperCase()} ${path}`);
    const left = types.collapsed.length > 0 ? "{…} is left out to be brief. " : "";
    missing.push(
      `// ${left}One place in full: describe(${name}, {at: ${JSON.stringify(place)}}). Everything: {depth: ${usualDepth}}.`,
    );
  }
  if (missing.length > 0) lines.push("", ...missing);
  return { text: lines.join("\n"), declared };
}

function listed(names) {
  return names.length > 40
    ? `${names.slice(0, 40).join(", ")} and ${names.length - 40} more`
    : names.join(", ");
}

/** The summary and the description, unless one begins the other. */
function aboutLines(summary, description) {
  const short = sentence(summary, 320);
  const long = sentence(description, 320);
  const says = (text, other) => text.startsWith(other.replace(/[\s.…]+$/, ""));
  const texts = says(long, short) ? [long] : says(short, long) ? [short] : [short, long];
  return texts.filter((text) => text !== "").map((text) => `// ${text}`);
}

const fieldsOfPlaces = [
  ["path", "params"],
  ["query", "query"],
  ["header", "headers"],
];

/** The schema at a place such as `body.items.price`: lists and alternatives are passed through. */
function schemaAt(at, { parameters, requestBody, responses }) {
  const roots = new Map([
    ["body", Object.values(requestBody?.content ?? {})[0]?.schema],
    ["data", answerSchema(responses)],
  ]);
  for (const [place, field] of fieldsOfPlaces)
    for (const parameter of parameters.values())
      if (parameter.in === place) roots.set(`${field}.${parameter.name}`, schemaOf(parameter));
  const root = [...roots.keys()].find((each) => at === each || at.startsWith(`${each}.`));
  let schema = roots.get(root);
  if (schema === undefined)
    throw new Error(
      `There is nothing at ${JSON.stringify(at)}. Give a place as the description without at has it, such as "body.name", "query.name" or "data.name".`,
    );
  for (const name of at.slice(root.length).split(".").filter(Boolean)) {
    const fields = fieldsBelow(schema);
    if (!fields.has(name)) {
      const known = [...fields.keys()].filter((each) => each !== "");
      const instead = known.length === 0 ? "It has no named fields." : `It has ${listed(known)}.`;
      if (!fields.has(""))
        throw new Error(
          `${JSON.stringify(at)} leads nowhere: there is no ${JSON.stringify(name)}. ${instead}`,
        );
    }
    schema = fields.get(name) ?? fields.get("");
  }
  return schema;
}

/** An object's fields by name, those of its values under "", and of what it is a list or an alternative of. */
function fieldsBelow(schema, found = new Map(), seen = new Set()) {
  if (typeof schema !== "object" || schema === null || seen.has(schema)) return found;
  seen.add(schema);
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    if (!found.has(name)) found.set(name, property);
  const { additionalProperties: rest, items, allOf = [], oneOf = [], anyOf = [] } = schema;
  if (typeof rest === "object" && rest !== null && !found.has("")) found.set("", rest);
  for (const part of [items, allOf, oneOf, anyOf].flat()) fieldsBelow(part, found, seen);
  return found;
}

function answerSchema(responses) {
  const [, answer] =
    Object.entries(responses ?? {}).find(
      ([status, response]) => status.startsWith("2") && response?.content,
    ) ?? [];
  return Object.values((answer ?? responses?.default)?.content ?? {})[0]?.schema;
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

function isNeeded(parameter) {
  return parameter.required === true || parameter.in === "path";
}

function schemaOf(parameter) {
  return parameter?.schema ?? Object.values(parameter?.content ?? {})[0]?.schema;
}

function parameterLine(parameter, field, types, { about = 120 }) {
  const needed = isNeeded(parameter);
  const said = sentence(parameter.description, needed ? 120 : about);
  const style =
    parameter.style !== undefined && !["simple", "form"].includes(parameter.style)
      ? ` (style ${parameter.style})`
      : "";
  types.from(`${field}.${parameter.name}`);
  const type = types.of(schemaOf(parameter), "    ");
  return `${types.key(parameter.name)}${needed ? "" : "?"}: ${type},${comment(said + style)}`;
}

function bodyLines(body, types) {
  if (body === undefined) return [];
  const contents = Object.entries(body.content ?? {});
  types.from("body", { level: 0, required: body.required === true });
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
