// What only the program's text tells, for when its value is undefined or it fails: handed to the isolate beside the program.

import type * as acorn from "acorn";
import { isLabels } from "./read-program.ts";
import { isNode, walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";

type ProgramNotes = {
  /** Places of the document it spells out, e.g. ["paths", "/orders", "get"]. */
  places: string[][];
  /** What to write when its value is undefined. */
  advice?: string;
  /** What it could have misread of `find`. */
  found?: string;
};

/** More are hardly ever spelled out, and each is looked up when a program fails. */
const most = 40;

export function programNotes(
  program: acorn.Program,
  fn: Node | undefined,
  used: Set<string>,
  uncalled: string | undefined,
): ProgramNotes {
  const places = used.has("spec") ? specPlaces(program) : [];
  const ending = program.body.at(-1)?.type ?? "";
  const advice =
    uncalled !== undefined
      ? `Nothing calls ${uncalled}: end with ${uncalled}().`
      : /^(For|While|Do)/.test(ending)
        ? "It ends in a loop, which has no value: write the value behind it."
        : returnAdvice(fn);
  return {
    places,
    ...(advice === undefined ? {} : { advice }),
    ...(used.has("find") && {
      found: "find answers an array of {method, path, operationId, summary, required, reads}, at once.",
    }),
  };
}

function returnAdvice(fn: Node | undefined): string | undefined {
  const body = fn?.["body"];
  if (fn === undefined || !isNode(body) || body.type !== "BlockStatement") return undefined;
  if (isLabels(body as unknown as acorn.BlockStatement))
    return "The braces after => begin the function's body. To return an object write ({…}).";
  let returns = false;
  walk(body, (node) => {
    if (/Function/.test(node.type)) return false;
    if (node.type === "ReturnStatement" && node["argument"] !== null) returns = true;
    return undefined;
  });
  return returns ? undefined : "Its function has no return: write return before the last value.";
}

function specPlaces(program: acorn.Program): string[][] {
  const places: string[][] = [];
  const names = placeNames(program);
  walk(program as unknown as Node, (node, parent) => {
    if (node.type !== "MemberExpression" || parent?.["object"] === node || places.length >= most) return;
    // A method called on a part of the document is no part of it; on the whole it may be meant as one.
    const isMethod = parent?.type === "CallExpression" && parent["callee"] === node;
    const keys = keysOf(node, names);
    if (keys === undefined) return;
    places.push(isMethod && keys.length > 1 ? keys.slice(0, -1) : keys);
  });
  return places;
}

/** Constants that stand for a part of the document: `const { schemas } = spec.components`. A name declared twice is none. */
function placeNames(program: acorn.Program): Map<string, string[] | undefined> {
  const names = new Map<string, string[] | undefined>();
  const add = (node: unknown, keys: string[] | undefined) => {
    if (!isNode(node) || node.type !== "Identifier") return;
    const name = String(node["name"]);
    names.set(name, names.has(name) || name === "spec" ? undefined : keys);
  };
  walk(program as unknown as Node, (node, parent) => {
    if (/Function/.test(node.type))
      for (const parameter of node["params"] as Node[]) add(parameter, undefined);
    if (node.type !== "VariableDeclarator") return;
    const [id, init] = [node["id"] as Node, node["init"]];
    const keys = isNode(init) && parent?.["kind"] === "const" ? keysOf(init, names) : undefined;
    add(id, keys);
    if (id.type !== "ObjectPattern") return;
    for (const { key, value } of id["properties"] as Node[])
      add(value, keys && isNode(key) && typeof key["name"] === "string" ? [...keys, key["name"]] : undefined);
  });
  return names;
}

/** The keys from `spec` to here; undefined when it does not begin there, or one is not spelled out. */
function keysOf(node: Node, names: Map<string, string[] | undefined>): string[] | undefined {
  const keys: string[] = [];
  let at: unknown = node;
  while (isNode(at) && at.type !== "Identifier") {
    if (at.type === "ChainExpression" || at.type === "ParenthesizedExpression") {
      at = at["expression"];
      continue;
    }
    if (at.type !== "MemberExpression") return undefined;
    const key = at["property"] as Node;
    const name = at["computed"] === true ? key["value"] : key["name"];
    if (typeof name !== "string") return undefined;
    keys.unshift(name);
    at = at["object"];
  }
  if (!isNode(at)) return undefined;
  const from = at["name"] === "spec" ? [] : names.get(String(at["name"]));
  return from && [...from, ...keys];
}
