// The program in what was sent, whatever it is wrapped in: fences, prose, a JSON string, the tool's own arguments; or why
// there is none.

import type * as acorn from "acorn";
import { otherLanguage } from "./explain-syntax.ts";
import { parseProgram } from "./parse-program.ts";
import type { Parsed, Refused } from "./parse-program.ts";
import { fencedBlock, stripFence } from "./strip-fence.ts";
import { isNode, walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";
import { unescapeText } from "./unescape-text.ts";
import type { Position } from "./unescape-text.ts";

type ReadProgram = {
  ok: true;
  code: string;
  program: acorn.Program;
  /** A place in `code` → the place in the text that was sent. */
  place(position: Position): Position;
};

export function readProgram(text: string): ReadProgram | Refused {
  const stripped = stripFence(text);
  const whole = parseProgram(stripped);
  if (whole.ok && !isBlockOfLabels(whole.program)) return unwrapped(whole, stripped) ?? asSent(whole);
  const value = parseProgram(`(${stripped.replace(/[;\s]+$/, "")}\n)`);
  if (value.ok) return unwrapped(value, stripped) ?? asValue(value);
  if (whole.ok) return asSent(whole);
  const block = fencedBlock(text);
  const inner = typeof block === "string" ? parseProgram(block) : undefined;
  if (inner?.ok === true) return asSent(inner);
  if (inner !== undefined) return inner;
  if (typeof block === "number" && block > 1)
    return { ok: false, message: `The text holds ${block} fenced programs. Send one, without a fence.` };
  const written = text.includes("\n") || !text.includes("\\n") ? undefined : unescapeText(text);
  const escaped = written && parseProgram(written.code);
  if (escaped?.ok === true) return { ...escaped, place: written?.place ?? same };
  const other = otherLanguage(text);
  // Without a place: it is wrong as a whole.
  return other === undefined ? whole : { ok: false, message: other };
}

const same = (position: Position) => position;

function asSent(parsed: Extract<Parsed, { ok: true }>): ReadProgram {
  return { ...parsed, place: same };
}

/** An expression that is no statement: an anonymous function, an object literal. A parenthesis stands before it. */
function asValue(parsed: Extract<Parsed, { ok: true }>): ReadProgram | Refused {
  const literal = inParentheses(onlyExpression(parsed.program));
  const isData = literal?.type === "ObjectExpression" && isJson(parsed.program);
  if (!isData) {
    const place = ({ line, column }: Position) => ({
      line,
      column: line === 1 ? Math.max(1, column - 1) : column,
    });
    return { ...parsed, place };
  }
  const isCall = ["method", "path"].every((name) => property(literal, name) !== undefined);
  return {
    ok: false,
    message: isCall
      ? "This is what api.request takes, not a program. Write await api.request({…}) in the execute tool."
      : "This is JSON, not a program. Send JavaScript, e.g. async () => Object.keys(spec.paths).",
  };
}

/** Nothing in it but values that are spelled out. */
function isJson(program: acorn.Program): boolean {
  let is = true;
  walk(program as unknown as Node, (node, parent) => {
    const isKey = parent?.type === "Property" && parent["key"] === node && parent["value"] !== node;
    is &&=
      isKey ||
      /^(Program|ExpressionStatement|Parenthesized|Object|Array|Property|Literal|Unary)/.test(node.type);
  });
  return is;
}

/** A program of one string: what is in the string is the program. The same for `{"code": "…"}`, the tool's arguments. */
function unwrapped(parsed: Extract<Parsed, { ok: true }>, text: string): ReadProgram | Refused | undefined {
  const only = inParentheses(onlyExpression(parsed.program));
  const literal = only?.type === "ObjectExpression" ? property(only, "code") : only;
  if (literal?.type !== "Literal" || typeof literal["value"] !== "string") return undefined;
  const start = text.indexOf(String(literal["raw"])) + 1;
  const { code, place } = unescapeText(text, start, start + String(literal["raw"]).length - 2);
  const inner = parseProgram(stripFence(code));
  if (inner.ok && (only !== literal || isProgram(inner.program))) return { ...inner, place };
  if (only !== literal && !inner.ok)
    return { ...inner, ...(inner.position === undefined ? {} : { position: place(inner.position) }) };
  return /\s/.test(literal["value"])
    ? {
        ok: false,
        message: `The program is only a text. To look for operations write find(${JSON.stringify(literal["value"].slice(0, 60))}).`,
      }
    : undefined;
}

/** More than a word or a value: a function, or a statement. */
function isProgram(program: acorn.Program): boolean {
  const only = inParentheses(onlyExpression(program));
  return only === undefined ? program.body.length > 0 : /Function|Await|Call/.test(only.type);
}

function onlyExpression({ body }: acorn.Program): Node | undefined {
  const [only] = body;
  return body.length === 1 && only?.type === "ExpressionStatement"
    ? (only.expression as unknown as Node)
    : undefined;
}

function inParentheses(node: Node | undefined): Node | undefined {
  return node?.type === "ParenthesizedExpression" ? inParentheses(node["expression"] as Node) : node;
}

function property(object: Node | undefined, name: string): Node | undefined {
  const properties = (object?.["properties"] as Node[] | undefined) ?? [];
  const found = properties.find(
    ({ key, computed }) => isNode(key) && computed !== true && (key["name"] ?? key["value"]) === name,
  );
  return found?.["value"] as Node | undefined;
}

/** `{ title: spec.info.title }` is a block to JavaScript, and an object to whoever wrote it. */
function isBlockOfLabels({ body }: acorn.Program): boolean {
  const [only] = body;
  return body.length === 1 && only?.type === "BlockStatement" && isLabels(only);
}

/** Whether a block could be an object: nothing but `name: value`. */
export function isLabels(block: acorn.BlockStatement): boolean {
  return (
    block.body.length > 0 &&
    block.body.every((node) => node.type === "LabeledStatement" && node.body.type === "ExpressionStatement")
  );
}
