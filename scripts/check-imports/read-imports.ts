import { tsPlugin } from "@sveltejs/acorn-typescript";
import { type Node, Parser } from "acorn";

export interface ImportUse {
  /** The text between the quotes; undefined for an import() of a computed value. */
  specifier: string | undefined;
  typeOnly: boolean;
  line: number;
}

interface ModuleUses {
  imports: ImportUse[];
  /** Lines that name LOADER, as a variable, property or key. */
  loaderLines: number[];
}

type AnyNode = Node & Record<string, unknown>;

const TypeScriptParser = Parser.extend(tsPlugin());
const JsxParser = Parser.extend(tsPlugin({ jsx: {} }));

/** What a module imports and whether it names LOADER, read from its syntax tree. */
export function readImports(source: string, jsx = false): ModuleUses {
  const uses: ModuleUses = { imports: [], loaderLines: [] };
  const program = (jsx ? JsxParser : TypeScriptParser).parse(source, {
    ecmaVersion: "latest",
    sourceType: "module",
    locations: true,
    allowHashBang: true,
  });
  visit(program as unknown as AnyNode, uses);
  return uses;
}

function visit(node: AnyNode, uses: ModuleUses): void {
  const line = node.loc?.start.line ?? 0;
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration": {
      const kind = node["importKind"] ?? node["exportKind"];
      if (node["source"])
        uses.imports.push({ specifier: literal(node["source"]), typeOnly: kind === "type", line });
      break;
    }
    case "ImportExpression":
      uses.imports.push({ specifier: literal(node["source"]), typeOnly: false, line });
      break;
    case "TSImportType":
      uses.imports.push({ specifier: literal(node["argument"]), typeOnly: true, line });
      break;
    case "Identifier":
      if (node["name"] === "LOADER") uses.loaderLines.push(line);
      break;
    case "Literal":
      // env["LOADER"]
      if (node["value"] === "LOADER") uses.loaderLines.push(line);
      break;
  }
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, uses);
  }
}

function literal(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "TSLiteralType") return literal(node["literal"]);
  return node.type === "Literal" && typeof node["value"] === "string" ? node["value"] : undefined;
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
