// Puts a check into every loop, function and field of a class, so that an endless one can be ended where the runtime sets no
// limit of its own.

import type { SourceEdit } from "./source-edit.ts";
import { isNode, walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";

/** @param tick the check to insert: an expression without a comma */
export function guardLoops(program: Node, edit: SourceEdit, tick: string): void {
  walk(program, (node) => {
    const { body, value } = node;
    // Runs with each `new`, which may stand in it: no function is written there, and yet it can call itself.
    if (node.type === "PropertyDefinition" && isNode(value) && !/Function/.test(value.type)) {
      edit.wrap(value.start, value.end, `(${tick}, `, ")");
    }
    if (!isNode(body)) return;
    if (/^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type)) guardStatement(body, edit, tick);
    else if (body.type === "BlockStatement" && /Function/.test(node.type))
      edit.insert(body.start + 1, `${tick};`);
    else if (node.type === "ArrowFunctionExpression") edit.wrap(body.start, body.end, `(${tick}, `, ")");
  });
}

function guardStatement(body: Node, edit: SourceEdit, tick: string): void {
  if (body.type === "BlockStatement") {
    edit.insert(body.start + 1, `${tick};`);
    return;
  }
  edit.wrap(body.start, body.end, `{${tick};`, "}");
}
