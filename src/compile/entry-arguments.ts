// What the program's function is called with: by their names, the globals its parameters ask for. A parameter nobody could
// fill is answered before the program runs.

import { isListed } from "./check-names.ts";
import { isNode, walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";
import type { Scopes } from "./scopes.ts";

type EntryArguments =
  | { ok: true; /** Source of the arguments. */ text: string; /** The globals among them. */ uses: string[] }
  | { ok: false; message: string; offset: number };

/** Whoever reads one of these off a parameter means this global. */
const telling: Record<string, string[]> = {
  api: ["request"],
  spec: ["paths", "components", "info", "servers", "tags", "openapi"],
};

/** @param reason why a name cannot be had, for a pattern that asks for it */
export function entryArguments(
  fn: Node,
  scopes: Scopes,
  given: string[],
  reason: (name: string) => string,
): EntryArguments {
  const texts: string[] = [];
  const uses: string[] = [];
  for (const [position, parameter] of (fn["params"] as Node[]).entries()) {
    const optional = parameter.type === "AssignmentPattern";
    const target = optional ? (parameter["left"] as Node) : parameter;
    const found = argument(target, position === 0);
    if (!found.ok) return found;
    texts.push(found.text);
    uses.push(...found.uses);

    function argument(node: Node, first: boolean): EntryArguments {
      if (node.type === "ObjectPattern" && first) return fromPattern(node, fn, scopes, given, reason);
      const name = node.type === "Identifier" ? String(node["name"]) : undefined;
      if (name === undefined || optional) {
        return name !== undefined && given.includes(name) ? value(name) : value("undefined", []);
      }
      // `context` is also what many call the object of all globals: what is read off it tells.
      if (given.includes(name) && name !== "context") return value(name);
      const read = fromUses(name, fn, scopes, given, first);
      return name === "context" && !(read.ok && read.uses.length > 0) ? value(name) : read;
    }
  }
  // By its place, whatever the parameters are called.
  if (texts.length > 0 && fn.type !== "ArrowFunctionExpression" && namesArguments(fn)) uses.push(...given);
  return { ok: true, text: texts.join(", "), uses };
}

function namesArguments(fn: Node): boolean {
  let found = false;
  walk(fn, ({ type, name }) => void (found ||= type === "Identifier" && name === "arguments"));
  return found;
}

function value(text: string, uses = [text]): EntryArguments {
  return { ok: true, text, uses };
}

const all = (given: string[]) => `{ ${given.join(", ")} }`;

function fromPattern(
  pattern: Node,
  fn: Node,
  scopes: Scopes,
  given: string[],
  reason: (name: string) => string,
): EntryArguments {
  const asked: string[] = [];
  for (const property of pattern["properties"] as Node[]) {
    const key = property["key"];
    if (property.type !== "Property" || property["computed"] === true || !isNode(key)) {
      asked.push(...given);
      continue;
    }
    const name = String(key["name"] ?? key["value"]);
    const local = property["value"] as Node;
    if (given.includes(name)) asked.push(name);
    else if (local.type !== "AssignmentPattern" && isRead(local, fn, scopes))
      return { ok: false, message: reason(name), offset: property.start };
  }
  return { ok: true, text: all(given), uses: asked };
}

function isRead(local: Node, fn: Node, scopes: Scopes): boolean {
  const names = new Set<unknown>();
  walk(local, ({ type, name }) => void (type === "Identifier" && names.add(name)));
  return scopes
    .of(fn)
    .some((variable) => names.has(variable.name) && variable.references.some((each) => each.isRead()));
}

/** A parameter of any name: what the program reads off it tells what it is taken for. */
function fromUses(name: string, fn: Node, scopes: Scopes, given: string[], first: boolean): EntryArguments {
  const variable = scopes.of(fn).find((each) => each.name === name);
  const uses = new Map(
    variable?.references
      .filter((reference) => reference.isRead())
      .map((reference) => [reference.identifier as unknown, undefined as string[] | undefined]),
  );
  if (uses.size === 0) return value("undefined", []);
  let stray: { message: string; offset: number } | undefined;
  const read = new Set<string>();
  walk(fn, (node, parent) => {
    if (!uses.has(node) || parent === undefined) return;
    const members = first ? membersOf(node, parent, given, scopes) : undefined;
    if (members !== undefined) for (const member of members) read.add(member);
    else
      stray ??= {
        message: `${name} gets no value: nothing is passed to the program but ${given.filter(isListed).join(", ")}. Write the value into the program.`,
        offset: node.start,
      };
  });
  const members = [...read];
  if (stray === undefined && members.every((member) => given.includes(member)))
    return value(all(given), members);
  const meant = Object.entries(telling).find(
    ([global, own]) => given.includes(global) && members.every((member) => own.includes(member)),
  )?.[0];
  if (stray === undefined && meant !== undefined) return value(meant);
  const wrong = members.find((member) => !given.includes(member)) ?? "";
  const call = given.includes("api") ? " Calls are api.request({method, path})." : "";
  stray ??= {
    message: `${name}.${wrong} does not exist: a program is called with {${given.filter(isListed).join(", ")}} and nothing else.${call}`,
    offset: placeOf(fn, uses, wrong),
  };
  return { ok: false, ...stray };
}

/** The names read off a use of the parameter; undefined when it is used in another way. */
function membersOf(node: Node, parent: Node, given: string[], scopes: Scopes): string[] | undefined {
  if (parent.type === "MemberExpression" && parent["object"] === node && parent["computed"] !== true)
    return [String((parent["property"] as Node)["name"])];
  if (parent.type === "VariableDeclarator" && (parent["id"] as Node).type === "ObjectPattern") {
    const properties = (parent["id"] as Node)["properties"] as Node[];
    return properties.flatMap(({ key, computed }) =>
      isNode(key) && computed !== true ? [String(key["name"] ?? key["value"])] : given,
    );
  }
  // Handed on as it came, to a function of the program's own.
  const callee = parent.type === "CallExpression" ? (parent["callee"] as Node) : undefined;
  return callee?.type === "Identifier" && scopes.top.has(String(callee["name"])) ? given : undefined;
}

function placeOf(fn: Node, uses: Map<unknown, unknown>, member: string): number {
  let offset = fn.start;
  walk(fn, ({ type, object, property }) => {
    if (type !== "MemberExpression" || !uses.has(object) || !isNode(property)) return;
    if (property["name"] === member && offset === fn.start) offset = (object as Node).start;
  });
  return offset;
}
