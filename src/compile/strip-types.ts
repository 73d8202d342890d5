// TypeScript → the JavaScript in it, every character where it was: types become spaces.

import { isNode, walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";

type Range = [start: number, end: number];
/** A text in place of one of the same length. */
type Change = [at: number, text: string];

/** What has a meaning at run time, and so cannot be blanked. */
const notStrippable: Record<string, string> = {
  TSEnumDeclaration: "an enum without a text for each member is not available: write a plain object.",
  TSModuleDeclaration: "namespace is not available: write a plain object.",
  TSParameterProperty: "parameter properties are not available: assign the field in the constructor.",
  TSImportEqualsDeclaration: "import is not available: there are no modules here.",
  TSExportAssignment: "export = is not available: use export default.",
  Decorator: "decorators are not available.",
};

type Stripped = { ok: true; code: string } | { ok: false; message: string; offset: number };

export function stripTypes(code: string, program: Node): Stripped {
  const ranges: Range[] = [];
  const changes: Change[] = [];
  let refused: { message: string; offset: number } | undefined;
  walk(program, (node) => {
    const asObject = node.type === "TSEnumDeclaration" ? enumAsObject(node, code) : undefined;
    if (asObject !== undefined && node["declare"] !== true) {
      changes.push(...asObject);
      return false;
    }
    const message = notStrippable[node.type];
    if (message !== undefined && node["declare"] !== true) refused ??= { message, offset: node.start };
    if (
      isDeclarationOnly(node) ||
      /^TSType(Annotation|ParameterDeclaration|ParameterInstantiation)$/.test(node.type)
    ) {
      ranges.push([node.start, node.end]);
      return false;
    }
    ranges.push(...insideOf(node, code));
    return undefined;
  });
  if (refused !== undefined) return { ok: false, ...refused };
  let stripped = code;
  for (const [start, end] of ranges) {
    stripped =
      stripped.slice(0, start) +
      stripped.slice(start, end).replaceAll(/[^\n\r\u2028\u2029]/g, " ") +
      stripped.slice(end);
  }
  for (const [at, text] of changes)
    stripped = stripped.slice(0, at) + text + stripped.slice(at + text.length);
  return { ok: true, code: stripped };
}

/**
 * `enum A { B = "b" }` → `var  A= { B : "b"};`, in its own place. One that counts by itself has no such form, nor has one
 * without room for what is put in.
 */
function enumAsObject(node: Node, code: string): Change[] | undefined {
  const members = node["members"] as Node[];
  const id = node["id"] as Node;
  const word = code.indexOf("enum", node.start);
  if (!/\s/.test(code[id.end] ?? "") || word > id.start) return undefined;
  const changes: Change[] = [
    [node.start, node["const"] === true ? "const" : "var "],
    [id.end, "="],
  ];
  if (node["const"] === true) changes.push([word, "    "]);
  // A declaration needs no semicolon, an expression may: `}` moves to where a space or the last comma stands.
  if (/[ \t]/.test(code[node.end - 2] ?? "")) changes.push([node.end - 2, "};"]);
  else {
    const last = members.at(-1);
    const comma = last === undefined ? -1 : code.indexOf(",", last.end);
    if (comma === -1 || comma > node.end) return undefined;
    changes.push([comma, "}"], [node.end - 1, ";"]);
  }
  for (const member of members) {
    const [name, value] = [member["id"] as Node, member["initializer"]];
    if (!isNode(value) || value.type !== "Literal" || typeof value["value"] !== "string") return undefined;
    changes.push([code.indexOf("=", name.end), ":"]);
  }
  return changes;
}

function isDeclarationOnly(node: Node): boolean {
  const { type, value } = node;
  return (
    /^TS(InterfaceDeclaration|TypeAliasDeclaration|DeclareFunction|IndexSignature)$/.test(type) ||
    node["declare"] === true ||
    isTypeOnly(node) ||
    // Abstract members and the heads of overloads.
    (node["abstract"] === true && !type.startsWith("Class")) ||
    (isNode(value) && value.type === "TSDeclareMethod")
  );
}

/** `import type …`, `import { type … }`, `export type …`, `export interface …`. */
function isTypeOnly({ type, importKind, exportKind, specifiers }: Node): boolean {
  if (type === "ExportNamedDeclaration") return exportKind === "type";
  if (type !== "ImportDeclaration") return false;
  const names = specifiers as Node[];
  return importKind === "type" || (names.length > 0 && names.every((name) => name["importKind"] === "type"));
}

/** The type syntax of a node that is otherwise kept. */
function insideOf(node: Node, code: string): Range[] {
  const { type, start, end } = node;
  const expression = isNode(node["expression"]) ? node["expression"] : undefined;
  if ((type === "TSAsExpression" || type === "TSSatisfiesExpression") && expression)
    return [[expression.end, end]];
  if (type === "TSNonNullExpression") return [[end - 1, end]];
  if (type === "TSTypeAssertion" && expression) return [[start, expression.start]];
  const ranges: Range[] = [];
  if (type === "Identifier" && node["optional"] === true)
    ranges.push([start + String(node["name"]).length, end]);
  if (/^(PropertyDefinition|MethodDefinition|AccessorProperty)$/.test(type) && isNode(node["key"])) {
    ranges.push(...modifiers(start, node["key"].start, code));
    if (node["optional"] === true || node["definite"] === true) {
      const mark = code.slice(node["key"].end).search(/[?!]/) + node["key"].end;
      ranges.push([mark, mark + 1]);
    }
  }
  if (type === "VariableDeclarator" && node["definite"] === true && isNode(node["id"])) {
    const mark = code.indexOf("!", node["id"].start);
    ranges.push([mark, mark + 1]);
  }
  if (/^Class(Declaration|Expression)$/.test(type)) ranges.push(...classHead(node, code));
  const [first, second] = Array.isArray(node["params"]) ? (node["params"] as Node[]) : [];
  if (first?.type === "Identifier" && first["name"] === "this") {
    ranges.push([first.start, second?.start ?? code.indexOf(")", first.end)]);
  }
  return ranges;
}

/** Words before a class member's name that only types know. */
function modifiers(start: number, end: number, code: string): Range[] {
  const found = code
    .slice(start, end)
    .matchAll(/\b(?:public|private|protected|readonly|abstract|override|declare)\b/g);
  return [...found].map((match) => [start + match.index, start + match.index + match[0].length]);
}

/** `abstract` before a class and `implements …` behind its name. */
function classHead(node: Node, code: string): Range[] {
  const ranges: Range[] = [];
  const body = node["body"] as Node;
  if (code.startsWith("abstract", node.start)) ranges.push([node.start, node.start + "abstract".length]);
  const implemented = (node["implements"] as Node[] | undefined)?.[0];
  if (implemented !== undefined) ranges.push([code.lastIndexOf("implements", implemented.start), body.start]);
  return ranges;
}
