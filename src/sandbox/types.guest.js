// JSON Schema → TypeScript, for reading. Named schemas become named types, once; what is deeper than asked is only named.

/** @param {WeakMap<object, string>} pointers @param {number} depth levels of named types to write out */
export function createTypes(pointers, depth) {
  const names = new Map();
  const taken = new Set();
  const pending = [];
  const cut = new Set();
  let level = 0;

  function nameOf(schema) {
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
    if (level < depth) pending.push({ schema, name, level: level + 1 });
    else cut.add(name);
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
      return union(enumeration(schema.enum), schema.nullable) + hints({ default: schema.default });
    const parts = [];
    for (const options of [schema.oneOf, schema.anyOf]) {
      if (Array.isArray(options)) parts.push(union(options.map((option) => of(option, indent))));
    }
    if (Array.isArray(schema.allOf)) parts.push(...schema.allOf.map((part) => group(of(part, indent))));
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

  function objectType(schema, indent) {
    const properties = Object.entries(schema.properties ?? {});
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    const inner = `${indent}  `;
    const lines = properties.map(([name, property]) => {
      const marks = [
        property?.readOnly === true ? "read-only" : "",
        property?.deprecated === true ? "deprecated" : "",
      ];
      const about = [...marks, sentence(property?.description, 100)].filter((text) => text !== "").join("; ");
      return `${inner}${key(name)}${required.has(name) ? "" : "?"}: ${of(property, inner)},${about === "" ? "" : ` // ${about}`}`;
    });
    const rest = schema.additionalProperties;
    if (typeof rest === "object" && rest !== null) lines.push(`${inner}[key: string]: ${of(rest, inner)},`);
    if (lines.length === 0) return "Record<string, unknown>";
    return `{\n${lines.join("\n")}\n${indent}}`;
  }

  function declarations() {
    const lines = [];
    while (pending.length > 0) {
      const next = pending.shift();
      level = next.level;
      open.add(next.schema);
      lines.push(`type ${next.name} = ${write(next.schema, "")}`);
      open.delete(next.schema);
    }
    return lines;
  }

  /** How deep what is written next already counts as being. */
  function from(start) {
    level = start;
  }

  return { of, key, declarations, cut, from };
}

/** The first sentence of a text, on one line, at most `maximum` characters. */
export function sentence(text, maximum) {
  if (typeof text !== "string") return "";
  const line = text.replaceAll(/\s+/g, " ").trim();
  const first = /^.*?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
  return first.length > maximum ? `${first.slice(0, maximum - 1)}…` : first;
}

function key(name) {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : JSON.stringify(name);
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

function enumeration(values) {
  const shown = values.slice(0, 30).map((value) => JSON.stringify(value));
  return values.length > 30 ? [...shown, `string /* ${values.length - 30} more */`] : shown;
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
  if (schema.minLength !== undefined || schema.maxLength !== undefined) {
    said.push(`${schema.minLength ?? 0}–${schema.maxLength ?? "∞"} characters`);
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
