// JSON Schema → TypeScript, for reading. Named schemas become named types, once; what is deeper than asked is only named.

import { sentence } from "./sentence.guest.js";

/**
 * @param {WeakMap<object, string>} pointers
 * @param {object} bounds
 * @param {number} bounds.depth levels of named types to write out
 * @param {number} [bounds.nesting] levels of objects written in place; below, what is optional is only marked
 * @param {number} [bounds.about] characters of a description, of optional fields
 * @param {number} [bounds.values] values of an enumeration
 * @param {boolean} [bounds.required] types of required fields are written out however deep
 */
export function createTypes(
  pointers,
  { depth, nesting = Number.POSITIVE_INFINITY, about = 120, values = 30, required = false },
) {
  const names = new Map();
  const taken = new Set();
  const pending = [];
  /** Types left out: where the first use of each is, and the depth that writes it out. */
  const cut = new Map();
  /** Where objects were left out, as `describe` takes them for `at`. */
  const collapsed = [];
  let level = 0;
  /** Levels without what is granted to required types; and of what is written out, the most. */
  let real = 0;
  let deepest = 0;
  /** Where what is being written stands, from the call's own field on. */
  let trail = [];
  let collapse = false;
  let isRequired = false;

  /** @param isBase whether it is part of what is being written: its fields are no deeper than that one's own */
  function nameOf(schema, isBase = false) {
    const known = names.get(schema);
    if (known !== undefined) return known;
    const pointer = pointers.get(schema);
    const named =
      pointer === undefined ? null : /^#\/(?:components\/schemas|\$defs|definitions)\/([^/]+)$/.exec(pointer);
    if (named === null) return undefined;
    const base = decodeName(named[1]);
    let name = base;
    for (let n = 2; taken.has(name); n += 1) name = `${base}${n}`;
    taken.add(name);
    names.set(schema, name);
    const free = required && isRequired;
    const deep = free || (isBase && level > 0) ? level : level + 1;
    const asked = isBase && real > 0 ? real : real + 1;
    if (deep <= depth || free) {
      pending.push({ schema, name, level: deep, real: asked, trail });
      deepest = Math.max(deepest, asked);
    } else cut.set(name, { place: trail.join("."), depth: asked });
    return name;
  }

  /** Schemas without a name can contain themselves too (a $ref into the middle of one). */
  const open = new Set();

  function of(schema, indent = "") {
    if (schema === undefined || schema === true) return "unknown";
    if (schema === false) return "never";
    if (typeof schema !== "object" || schema === null) return "unknown";
    // A scalar is shorter than its name; only what has structure is worth one.
    if (isStructured(schema)) {
      const name = nameOf(schema);
      if (name !== undefined) return name;
    }
    if (open.has(schema) || open.size > 40) return "unknown /* recursive */";
    open.add(schema);
    try {
      return write(schema, indent);
    } finally {
      open.delete(schema);
    }
  }

  function write(schema, indent) {
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (Array.isArray(schema.enum))
      return union(enumeration(schema.enum, values), schema.nullable) + hints({ default: schema.default });
    const parts = [];
    for (const options of [schema.oneOf, schema.anyOf]) {
      if (Array.isArray(options)) parts.push(union(options.map((option) => of(option, indent))));
    }
    if (Array.isArray(schema.allOf)) {
      const base = (part) => (isStructured(part) ? nameOf(part, true) : undefined);
      parts.push(...schema.allOf.map((part) => base(part) ?? group(of(part, indent))));
      const elsewhere = requiredElsewhere(schema);
      if (elsewhere.length > 0)
        parts.push(`{ ${elsewhere.map((name) => `${key(name)}: unknown`).join(", ")} }`);
    }
    const own = ownType(schema, indent);
    if (own !== "unknown" || parts.length === 0) parts.push(own);
    const distinct = [...new Set(parts.filter((part) => part !== "unknown"))];
    const text =
      distinct.length === 0
        ? "unknown"
        : distinct.length === 1
          ? distinct[0]
          : distinct.map(group).join(" & ");
    return schema.nullable === true ? union([text, "null"]) : text;
  }

  function ownType(schema, indent) {
    const types = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
    if (types.length > 1) return union(types.map((type) => one(type, schema, indent)));
    // How 3.1 writes a file.
    if (types.length === 0 && schema.contentMediaType === "application/octet-stream") return "Uint8Array";
    const type =
      types[0] ??
      (schema.properties || schema.additionalProperties ? "object" : schema.items ? "array" : undefined);
    return type === undefined ? "unknown" : one(type, schema, indent);
  }

  function one(type, schema, indent) {
    switch (type) {
      case "object":
        return objectType(schema, indent);
      case "array": {
        if (Array.isArray(schema.prefixItems))
          return `[${schema.prefixItems.map((item) => of(item, indent)).join(", ")}]`;
        const item = of(schema.items, indent);
        return /^[\w.]+$/.test(item) ? `${item}[]` : `Array<${item}>`;
      }
      case "integer":
      case "number":
        return `${type}${hints(schema)}`;
      case "string":
        return schema.format === "binary"
          ? "Uint8Array"
          : `string${hints(schema, schema.format === "uri" ? undefined : schema.format)}`;
      case "boolean":
        return `boolean${hints(schema)}`;
      case "null":
        return "null";
      default:
        return "unknown";
    }
  }

  let nested = 0;

  function objectType(schema, indent) {
    const properties = Object.entries(schema.properties ?? {});
    const rest = schema.additionalProperties;
    const hasRest = typeof rest === "object" && rest !== null;
    if (properties.length === 0 && !hasRest) return "Record<string, unknown>";
    if (collapse && (properties.length > 0 || isStructured(rest))) {
      collapsed.push(trail.join("."));
      return "{…}";
    }
    const mandatory = new Set(Array.isArray(schema.required) ? schema.required : []);
    const inner = `${indent}  `;
    nested += 1;
    const lines = properties.map(([name, property]) => {
      const must = mandatory.has(name);
      const type = inside(name, must, () => of(property, inner));
      const marks = [
        property?.readOnly === true ? "read-only" : "",
        property?.deprecated === true ? "deprecated" : "",
      ];
      const said = [...marks, sentence(property?.description, must ? 120 : about)].filter(Boolean).join("; ");
      return `${inner}${key(name)}${must ? "" : "?"}: ${type},${said === "" ? "" : ` // ${said}`}`;
    });
    if (hasRest) lines.push(`${inner}[key: string]: ${inside("", false, () => of(rest, inner))},`);
    nested -= 1;
    return `{\n${lines.join("\n")}\n${indent}}`;
  }

  /** What stands below a field: named by it, and only marked when it is optional and deep enough. */
  function inside(name, must, writeIt) {
    const before = [trail, collapse, isRequired];
    trail = name === "" ? trail : [...trail, name];
    collapse = collapse || (!must && nested >= nesting);
    isRequired = must;
    try {
      return writeIt();
    } finally {
      [trail, collapse, isRequired] = before;
    }
  }

  function declarations() {
    const lines = [];
    while (pending.length > 0) {
      const next = pending.shift();
      ({ level, real, trail } = next);
      nested = level;
      [collapse, isRequired] = [false, false];
      open.add(next.schema);
      lines.push(`type ${next.name} = ${write(next.schema, "")}`);
      open.delete(next.schema);
    }
    return lines;
  }

  /** What is written next: the field of the call it stands in, and how deep it already counts as being. */
  function from(field, next = {}) {
    trail = [field];
    level = next.level ?? level;
    real = Math.min(0, level);
    nested = level;
    collapse = next.collapse === true;
    isRequired = next.required === true;
  }

  /** The depth to ask for that writes out all that is here, and more. */
  function moreDepth() {
    return Math.max(deepest, Math.min(...[...cut.values()].map((left) => left.depth)));
  }

  return { of, key, declarations, cut, collapsed, from, moreDepth };
}

function key(name) {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : JSON.stringify(name);
}

/** Fields that one part of an allOf has, and only another part requires. */
function requiredElsewhere(schema) {
  const parts = new Set([schema]);
  for (const part of parts)
    if (Array.isArray(part?.allOf) && parts.size < 100) for (const each of part.allOf) parts.add(each);
  const demands = ({ required }, name) => Array.isArray(required) && required.includes(name);
  const isObject = (part) => typeof part === "object" && part !== null;
  const objects = [...parts].filter(isObject);
  const names = new Set(objects.flatMap(({ required }) => (Array.isArray(required) ? required : [])));
  return [...names].filter((name) => {
    const owners = objects.filter(
      ({ properties }) => isObject(properties) && Object.hasOwn(properties, name),
    );
    return owners.length > 0 && !owners.some((owner) => demands(owner, name));
  });
}

function isStructured(schema) {
  const { type } = schema;
  return (
    type === "object" ||
    type === "array" ||
    schema.properties ||
    schema.allOf ||
    schema.oneOf ||
    schema.anyOf ||
    schema.items ||
    (Array.isArray(schema.enum) && schema.enum.length > 4)
  );
}

function enumeration(values, most) {
  const shown = values.slice(0, most).map((value) => JSON.stringify(value));
  return values.length > most ? [...shown, `string /* ${values.length - most} more */`] : shown;
}

function union(options, nullable) {
  const distinct = [...new Set(nullable === true ? [...options, "null"] : options)];
  return distinct.length === 0 ? "unknown" : distinct.join(" | ");
}

/** What stands beside & needs parentheses when it holds an alternative of its own. */
function group(type) {
  return / \| /.test(type) && !type.startsWith("{") ? `(${type})` : type;
}

function hints(schema, format) {
  const said = [];
  if (format !== undefined) said.push(format);
  if (schema.default !== undefined) said.push(`default ${JSON.stringify(schema.default)}`);
  for (const [name, sign] of [
    ["minimum", "≥"],
    ["exclusiveMinimum", ">"],
    ["maximum", "≤"],
    ["exclusiveMaximum", "<"],
  ]) {
    if (typeof schema[name] === "number") said.push(`${sign} ${schema[name]}`);
  }
  const { minLength: least, maxLength: most } = schema;
  if (least !== undefined || most !== undefined) {
    const many = most === undefined ? `≥ ${least}` : (least ?? 0) === 0 ? `≤ ${most}` : `${least}–${most}`;
    said.push(`${many} characters`);
  }
  if (typeof schema.pattern === "string" && schema.pattern.length <= 60) said.push(`/${schema.pattern}/`);
  return said.length === 0 ? "" : ` /* ${said.join(", ").replaceAll("*/", "* /")} */`;
}

function decodeName(token) {
  let text = token;
  try {
    text = decodeURIComponent(token);
  } catch {
    // Not percent-encoded after all: taken as it stands.
  }
  const name = text
    .replaceAll("~1", "/")
    .replaceAll("~0", "~")
    .replaceAll(/[^\p{L}\p{N}_$]+/gu, "_");
  return /^[\p{N}]/u.test(name) ? `_${name}` : name;
}
