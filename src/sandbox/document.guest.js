// `spec`: the OpenAPI document as a plain, resolved object that is read from the artifact where it is touched.
// Never expands a reference ahead of time, and shares nothing between two calls of createDocument.
//
// References are accessor properties: Object.entries, spread and JSON.stringify read them as any property, and what was
// read once becomes an ordinary data property. Operations are Proxies over what the index holds of them.

import { define, fill, LateList, Partial, set } from "./late.guest.js";

/** Pieces 0 and 1 are the rest of the root and the directory of its components (src/spec/format.ts). */
const firstOperation = 2;

/**
 * @param {any} index the parsed index (src/spec/format.ts); it becomes part of the document, so it must be fresh
 * @param {{(chunk?: number): ArrayBuffer, chunkBytes: number, operations: () => ArrayBuffer}} readBodies the pieces' offsets, or a chunk of
 * the pieces (body-chunks.ts); and what few searches ask of operations (src/spec/packed-index.ts)
 * @returns {{spec: any, pointers: WeakMap<object, string>, readOperation: (which: {n: number, item: number}) => any, operationsApart: () => any}}
 * the document, where its reference targets stand, and what `find` and `describe` read of it
 */
export function createDocument(index, readBodies) {
  const decoder = new TextDecoder();
  let offsets;
  const readPiece = (n) => {
    offsets ??= new DataView(readBodies());
    const start = offsets.getUint32(4 + 4 * n, true);
    const end = offsets.getUint32(8 + 4 * n, true);
    const chunk = Math.floor(start / readBodies.chunkBytes);
    const bytes = new Uint8Array(readBodies(chunk), start - chunk * readBodies.chunkBytes, end - start);
    return JSON.parse(decoder.decode(bytes));
  };

  const pointers = new WeakMap();
  const targets = new Map();
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
  /** Where the components of a section are: their pieces by name; undefined when there is no such section. */
  function readSection(section) {
    directory ??= readPiece(1);
    if (!Object.hasOwn(directory.sections, section)) return undefined;
    const found = directory.sections[section];
    if (found.pieces === undefined) {
      found.pieces = new Map();
      let piece = found.first;
      for (const name of readPiece(found.names)) found.pieces.set(name, piece++);
    }
    return found.pieces;
  }

  const components = new Map();
  function readComponent(section, name) {
    const piece = readSection(section)?.get(name);
    if (piece === undefined) return undefined;
    let component = components.get(piece);
    if (component === undefined) {
      component = { value: undefined };
      components.set(piece, component);
      define(component, "value", readPiece(piece));
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
      // A name deleted makes it a table, to which the engine adds a thousand accessors without copying the others.
      const members = { "": 0 };
      delete members[""];
      for (const name of readSection(section).keys()) {
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

  let apart;
  /** What of the index is apart (src/spec/packed-index.ts): few searches ask, and it would be a third of the index. */
  const operationsApart = () => (apart ??= JSON.parse(decoder.decode(readBodies.operations())));

  const source = { readPiece, link };

  function buildPaths() {
    // In `operations` the number of each one's shape gives way to what the index holds of it.
    const { paths, shapes, operations } = index;
    const names = Object.keys(paths);
    const pieceOf = (target) => firstOperation + operations.indexOf(target);
    let hasIds = false;
    // Of all at once: whoever asks one asks the next.
    const placeIds = () => {
      if (hasIds) return;
      hasIds = true;
      const ids = operationsApart().operationIds;
      for (let number = 0; number < ids.length; number += 1)
        if (ids[number] !== null) operations[number].operationId = ids[number];
    };
    const handlers = shapes.map((keys) =>
      keys.some(isInherited) ? undefined : new Partial(source, pieceOf, keys, placeIds),
    );
    const odd = [];
    let n = 0;
    const place = (holder, key) => {
      const target = holder[key];
      const handler = handlers[operations[n]];
      operations[n] = target;
      if (handler === undefined) odd.push(target);
      else holder[key] = new Proxy(target, handler);
      n += 1;
    };
    // By number, here and above: what an iterator hands out, for every operation, would be a good part of what a search allocates.
    for (let number = 0; number < names.length; number += 1) {
      const item = paths[names[number]];
      for (const key in item) {
        // A program may have given every object more.
        if (typeof item[key] === "string" || !Object.hasOwn(item, key)) continue;
        if (key !== "additionalOperations") place(item, key);
        else for (const method of Object.keys(item[key])) place(item[key], method);
      }
    }
    if (odd.length > 0) placeIds();
    for (const target of odd) fill(target, source, pieceOf(target));
    for (const [number, shape, piece] of index.pathItems) {
      const item = paths[names[number]];
      if (shapes[shape].some(isInherited)) fill(item, source, piece);
      else define(paths, names[number], new Proxy(item, new Partial(source, () => piece, shapes[shape])));
    }
    // By far the commonest: not to be read only because Object.entries passes it by.
    for (const [number, shape, piece] of index.pathLists) {
      const item = paths[names[number]];
      for (const key of shapes[shape]) set(item, key, new Proxy([], new LateList(source, piece, key)));
    }
    for (const key of Object.keys(index.otherPaths)) {
      define(paths, key, index.otherPaths[key]);
      link(paths, key, index.otherPaths[key]);
    }
    return paths;
  }

  let rest;
  for (const key of index.root) {
    if (key === "paths" && index.hasPaths) lazy(root, key, buildPaths);
    else if (key === "components" && index.hasComponents) lazy(root, key, buildComponents);
    else if (Object.hasOwn(index.rootValues, key)) {
      const value = index.rootValues[key];
      if (typeof value !== "object") define(root, key, value);
      // Most programs look at paths alone.
      else
        lazy(root, key, () => {
          const holder = { value };
          link(holder, "value", value);
          return holder.value;
        });
    } else {
      lazy(root, key, () => {
        if (rest === undefined) {
          rest = readPiece(0);
          for (const name of Object.keys(rest)) link(rest, name, rest[name]);
        }
        return rest[key];
      });
    }
  }
  /**
   * An operation by itself, without building `paths`: what `find` and `describe` read.
   * @param {{n: number, item: number}} which its number, and its path item's
   */
  function readOperation({ n, item }) {
    const operation = readLinked(firstOperation + n);
    const parameters = new Map();
    for (const list of [itemParameters(item), operation.parameters]) {
      for (const parameter of Array.isArray(list) ? list : []) {
        parameters.set(`${parameter.in} ${parameter.name}`, parameter);
      }
    }
    const { requestBody, responses, description } = operation;
    return { parameters, requestBody, responses, description, note: operation["x-twofold-note"] };
  }

  let parameterPieces;
  function itemParameters(item) {
    if (parameterPieces === undefined) {
      const items = [...index.pathItems, ...index.pathLists];
      parameterPieces = new Map(items.map(([number, , piece]) => [number, piece]));
    }
    const piece = parameterPieces.get(item);
    if (piece === undefined) return undefined;
    return readLinked(piece).parameters;
  }

  function readLinked(n) {
    const holder = { piece: readPiece(n) };
    link(holder, "piece", holder.piece);
    return holder.piece;
  }

  return { spec: root, pointers, readOperation, operationsApart };
}

/** A key that a Proxy could not tell from what its target inherits, such as "constructor". */
function isInherited(key) {
  return key in Object.prototype;
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
