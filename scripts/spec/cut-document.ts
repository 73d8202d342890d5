// Cuts a bundled document into the artifact's index and pieces. Pure: a document in, plain data out.

import { methodEffect } from "../../src/spec/effect.ts";
import { additionalMethods, firstOperation, httpMethods } from "../../src/spec/format.ts";
import type {
  ArtifactIndex,
  ComponentsDirectory,
  OperationSummary,
  PathItemSummary,
} from "../../src/spec/format.ts";
import { noteField } from "./notes.ts";
import { mergeReference } from "./json-pointer.ts";

type Json = Record<string, unknown>;
const methods = new Set<string>(httpMethods);
/**
 * The one widely used extension that says an operation acts. Taken only where it makes an operation stricter: a document
 * comes from elsewhere, and must not be able to declare its own POSTs harmless. That is for api.jsonc to say.
 */
const consequential = "x-openai-isConsequential";

export function cutDocument(document: Json): { index: ArtifactIndex; pieces: string[]; schemas: number } {
  const pieces: unknown[] = [undefined, undefined];
  const shapes = new Interner();
  const media = new Interner();
  const required = new Interner();
  const index: ArtifactIndex = {
    format: 1,
    paths: {},
    shapes: shapes.lists,
    operations: [],
    pathItems: [],
    pathLists: [],
    media: media.lists,
    mediaOf: [],
    required: required.lists,
    requiredOf: [],
    otherPaths: {},
    notes: {},
    root: [],
    rootValues: {},
    hasPaths: isObject(document["paths"]),
    hasComponents: isObject(document["components"]),
  };
  let paths = 0;
  const pendingItems: [path: number, rest: Json][] = [];
  for (const [path, value] of Object.entries((document["paths"] ?? {}) as Json)) {
    const item = mergeReference(value, document);
    if (!isObject(item) || path.startsWith("x-")) {
      define(index.otherPaths, path, value);
      continue;
    }
    const number = paths;
    paths += 1;
    const summaries: PathItemSummary = {};
    const rest: Json = {};
    const take = (method: string, operation: Json): OperationSummary => {
      const { summary, body } = splitOperation(operation);
      const note = operation[noteField];
      if (typeof note === "string") index.notes[index.operations.length] = note;
      if (operation[consequential] === true && methodEffect(method) === "read")
        ((index.effects ??= {}).write ??= []).push(index.operations.length);
      index.operations.push(shapes.number(Object.keys(body)));
      index.mediaOf.push(media.number(contentTypes(operation, document)));
      index.requiredOf.push(required.number(requiredNames(item, operation, document)));
      pieces.push(body);
      return summary;
    };
    for (const [key, field] of Object.entries(item)) {
      const isText = (key === "summary" || key === "description") && typeof field === "string";
      if (methods.has(key) && isObject(field)) define(summaries, key, take(key, field));
      else if (key === "additionalOperations" && areCallable(field)) {
        const more = Object.entries(field).map(([method, operation]) => [method, take(method, operation)]);
        summaries.additionalOperations = Object.fromEntries(more) as Record<string, OperationSummary>;
      } else define(isText ? summaries : rest, key, field);
    }
    define(index.paths, path, summaries);
    if (Object.keys(rest).length > 0) pendingItems.push([number, rest]);
  }
  if (pieces.length !== firstOperation + index.operations.length)
    throw new Error("operations and pieces disagree");
  for (const [number, rest] of pendingItems) {
    const list = Object.values(rest).every(Array.isArray) ? index.pathLists : index.pathItems;
    list.push([number, shapes.number(Object.keys(rest)), pieces.length]);
    pieces.push(rest);
  }
  const root: Json = {};
  for (const [key, value] of Object.entries(document)) {
    index.root.push(key);
    if ((key === "paths" && index.hasPaths) || (key === "components" && index.hasComponents)) continue;
    define(isSmall(value) ? index.rootValues : root, key, value);
  }
  pieces[0] = root;
  pieces[1] = cutComponents((document["components"] ?? {}) as Json, pieces);
  const { schemas } = (document["components"] ?? {}) as { schemas?: object };
  return {
    index,
    pieces: pieces.map((piece) => JSON.stringify(piece)),
    schemas: Object.keys(schemas ?? {}).length,
  };
}

/** Otherwise they are in the document all the same, as anything else of a path item. */
export function areCallable(value: unknown): value is Record<string, Json> {
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([method, operation]) => additionalMethods.includes(method) && isObject(operation),
    )
  );
}

/** Gives each component a piece of its own, appended to `pieces`. */
function cutComponents(components: Json, pieces: unknown[]): ComponentsDirectory {
  const directory: ComponentsDirectory = { sections: {}, other: {} };
  for (const [section, members] of Object.entries(components)) {
    if (!isObject(members) || section.startsWith("x-") || typeof members["$ref"] === "string") {
      define(directory.other, section, members);
      continue;
    }
    const names = pieces.push(Object.keys(members)) - 1;
    define(directory.sections, section, { names, first: pieces.length });
    pieces.push(...Object.values(members));
  }
  return directory;
}

/** Characters of JSON a value of the root may have to be read with every search. */
const smallRoot = 4096;

function isSmall(value: unknown): boolean {
  return (JSON.stringify(value) ?? "").length <= smallRoot;
}

/** What the index holds of an operation, and the rest. A field of an unexpected type stays in the rest, untouched. */
function splitOperation(operation: Json): { summary: OperationSummary; body: Json } {
  const summary: Json = {};
  const body: Json = {};
  for (const [key, value] of Object.entries(operation)) {
    const indexed =
      ((key === "operationId" || key === "summary") && typeof value === "string") ||
      (key === "tags" && Array.isArray(value) && value.every((tag) => typeof tag === "string")) ||
      (key === "deprecated" && typeof value === "boolean");
    define(indexed ? summary : body, key, value);
  }
  return { summary, body };
}

/** What a call must give, by name. */
function requiredNames(item: Json, operation: Json, document: Json): string[] {
  const parameters = new Map<string, Json>();
  for (const list of [item["parameters"], operation["parameters"]]) {
    for (const given of Array.isArray(list) ? list : []) {
      const parameter = mergeReference(given, document);
      if (isObject(parameter) && typeof parameter["name"] === "string")
        parameters.set(`${String(parameter["in"])} ${parameter["name"]}`, parameter);
    }
  }
  const names = [...parameters.values()]
    .filter((parameter) => parameter["required"] === true || parameter["in"] === "path")
    .map(({ name }) => String(name));
  const body = mergeReference(operation["requestBody"], document);
  return isObject(body) && body["required"] === true ? [...names, "body"] : names;
}

function contentTypes(operation: Json, document: Json): string[] {
  const body = mergeReference(operation["requestBody"], document);
  const content = isObject(body) ? body["content"] : undefined;
  return isObject(content) ? Object.keys(content) : [];
}

/** Numbers equal lists alike, so that a thousand operations share a dozen shapes. */
class Interner {
  lists: string[][] = [];
  #numbers = new Map<string, number>();
  number(list: string[]): number {
    const key = JSON.stringify(list);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.lists.length);
    return this.lists.push(list) - 1;
  }
}

/** Assignment that treats `__proto__` as the ordinary key it is in a document. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
