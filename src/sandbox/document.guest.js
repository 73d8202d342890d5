// `spec`: the OpenAPI document as a plain, resolved object that is read from the artifact where it is touched.
// Never expands a reference ahead of time, and shares nothing between two calls of createDocument.
//
// Accessor properties instead of a Proxy: Object.entries, spread, JSON.stringify and structuredClone all read
// them as they read any property, and what was read once becomes an ordinary data property.

/**
 * @param {any} index the parsed index (src/spec/format.ts); it becomes part of the document, so it must be fresh
 * @param {ArrayBuffer} bodies the pieces (src/spec/pieces.ts)
 * @returns {{spec: any, pointers: WeakMap<object, string>, readOperation: (n: number) => any}} the document, where its reference targets stand
 */
export function createDocument(index, bodies) {
  const header = new DataView(bodies);
  const decoder = new TextDecoder();
  const readPiece = (n) => {
    const start = header.getUint32(4 + 4 * n, true);
    const end = header.getUint32(8 + 4 * n, true);
    return JSON.parse(decoder.decode(new Uint8Array(bodies, start, end - start)));
  };

  const pointers = new WeakMap();
  const targets = new Map();
  const pieceOf = new WeakMap();
  const root = {};

  /** Makes every `$ref` below `value` an accessor; answers what to put in the value's own place. */
  function link(holder, key, value) {
    if (typeof value !== "object" || value === null) return;
    if (isReference(value)) {
      let merged;
      lazy(holder, key, () => (merged ??= resolve(value)));
      return;
    }
    for (const name of Object.keys(value)) link(value, name, value[name]);
  }

  function resolve(reference) {
    const { $ref, ...siblings } = reference;
    const target = lookup($ref);
    if (target === undefined) return reference;
    const names = Object.keys(siblings);
    if (names.length === 0 || typeof target !== "object" || target === null || Array.isArray(target))
      return target;
    touch(target);
    const merged = Object.defineProperties({}, Object.getOwnPropertyDescriptors(target));
    for (const name of names) {
      define(merged, name, siblings[name]);
      link(merged, name, siblings[name]);
    }
    return merged;
  }

  /** The value at an internal pointer; undefined when it leads nowhere or only round in a circle. */
  function lookup(reference) {
    if (targets.has(reference)) return targets.get(reference);
    targets.set(reference, undefined);
    const target = walk(reference);
    targets.set(reference, target);
    if (typeof target === "object" && target !== null && !pointers.has(target))
      pointers.set(target, reference);
    return target;
  }

  function walk(reference) {
    if (reference === "#") return root;
    if (!reference.startsWith("#/")) return undefined;
    const tokens = reference.slice(2).split("/").map(pointerToken);
    let value = root;
    let from = 0;
    // The common case, without building the whole of `components` for one schema.
    if (tokens[0] === "components" && tokens.length > 2 && index.hasComponents) {
      const component = readComponent(tokens[1], tokens[2]);
      if (component !== undefined) [value, from] = [component.value, 3];
    }
    for (const token of tokens.slice(from)) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, token)) return undefined;
      value = value[token];
    }
    return value;
  }

  let directory;
  const components = new Map();
  function readComponent(section, name) {
    directory ??= readPiece(1);
    const numbers = Object.hasOwn(directory.sections, section) ? directory.sections[section] : undefined;
    if (numbers === undefined || !Object.hasOwn(numbers, name)) return undefined;
    const id = `${section}/${name}`;
    let component = components.get(id);
    if (component === undefined) {
      component = { value: undefined };
      components.set(id, component);
      define(component, "value", readPiece(numbers[name]));
      link(component, "value", component.value);
      const { value } = component;
      const pointer = `#/components/${escapeToken(section)}/${escapeToken(name)}`;
      if (typeof value === "object" && value !== null && !pointers.has(value)) pointers.set(value, pointer);
    }
    return component;
  }

  function buildComponents() {
    directory ??= readPiece(1);
    const result = {};
    for (const section of Object.keys(directory.sections)) {
      const members = {};
      for (const name of Object.keys(directory.sections[section])) {
        lazy(members, name, () => readComponent(section, name).value);
      }
      define(result, section, members);
    }
    for (const key of Object.keys(directory.other)) {
      define(result, key, directory.other[key]);
      link(result, key, directory.other[key]);
    }
    return result;
  }

  // One accessor per key, shared by all operations: the engine then gives operations of one shape one hidden class.
  const accessors = new Map();
  function attach(holder, piece, keys) {
    pieceOf.set(holder, piece);
    for (const key of keys) {
      let accessor = accessors.get(key);
      if (accessor === undefined) {
        accessor = {
          get() {
            return touch(this) ? this[key] : undefined;
          },
          set(value) {
            touch(this);
            define(this, key, value);
          },
          enumerable: true,
          configurable: true,
        };
        accessors.set(key, accessor);
      }
      Object.defineProperty(holder, key, accessor);
    }
  }

  /** Reads the piece of an operation or path item, once; its accessors become data. */
  function touch(object) {
    let holder = object;
    while (holder !== null && !pieceOf.has(holder)) holder = Object.getPrototypeOf(holder);
    if (holder === null) return false;
    const piece = readPiece(pieceOf.get(holder));
    pieceOf.delete(holder);
    for (const key of Object.keys(piece)) {
      define(holder, key, piece[key]);
      link(holder, key, piece[key]);
    }
    return true;
  }

  function buildPaths() {
    const { paths, shapes, operations } = index;
    const items = [];
    let n = 0;
    for (const path of Object.keys(paths)) {
      const item = paths[path];
      items.push(item);
      for (const method of Object.keys(item)) {
        const piece = 2 + n;
        attach(item[method], piece, shapes[operations[n]]);
        n += 1;
      }
    }
    for (const [number, shape, piece] of index.pathItems) attach(items[number], piece, shapes[shape]);
    return paths;
  }

  let rest;
  for (const key of index.root) {
    if (key === "paths" && index.hasPaths) lazy(root, key, buildPaths);
    else if (key === "components" && index.hasComponents) lazy(root, key, buildComponents);
    else {
      lazy(root, key, () => {
        if (rest === undefined) {
          rest = readPiece(0);
          for (const name of Object.keys(rest)) link(rest, name, rest[name]);
        }
        return rest[key];
      });
    }
  }
  /** The n-th operation by itself, without building `paths`: what `find` and `describe` read. */
  function readOperation(n) {
    const piece = {};
    define(piece, "operation", readPiece(2 + n));
    link(piece, "operation", piece.operation);
    const { operation } = piece;
    const parameters = new Map();
    for (const list of [itemParameters(n), operation.parameters]) {
      for (const parameter of Array.isArray(list) ? list : [])
        parameters.set(`${parameter.in} ${parameter.name}`, parameter);
    }
    const { requestBody, responses, description } = operation;
    return { parameters, requestBody, responses, description, note: operation["x-twofold-note"] };
  }

  let itemOf;
  function itemParameters(n) {
    if (index.pathItems.length === 0) return undefined;
    if (itemOf === undefined) {
      itemOf = [];
      for (const [number, path] of Object.keys(index.paths).entries()) {
        for (const _ of Object.keys(index.paths[path])) itemOf.push(number);
      }
    }
    const item = index.pathItems.find(([number]) => number === itemOf[n]);
    if (item === undefined || !index.shapes[item[1]].includes("parameters")) return undefined;
    const holder = { rest: readPiece(item[2]) };
    link(holder, "rest", holder.rest);
    return holder.rest.parameters;
  }

  return { spec: root, pointers, readOperation };
}

function isReference(value) {
  return typeof value.$ref === "string" && Object.hasOwn(value, "$ref") && !Array.isArray(value);
}

function lazy(holder, key, read) {
  Object.defineProperty(holder, key, {
    get() {
      const value = read();
      if (this === holder) define(holder, key, value);
      return value;
    },
    set(value) {
      define(this, key, value);
    },
    enumerable: true,
    configurable: true,
  });
}

/** Assignment that treats `__proto__` as the ordinary key it is in a document. */
function define(target, key, value) {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

function pointerToken(token) {
  let text = token;
  try {
    text = decodeURIComponent(token);
  } catch {
    // Not percent-encoded after all: taken as it stands.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

function escapeToken(token) {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}
