// Model text → a module that can be run, and what it uses. Never runs anything, and never edits text it did not parse.

import { limits as defaultLimits } from "../limits.ts";
import type { Limits } from "../limits.ts";
import { checkNames } from "./check-names.ts";
import { findEntry } from "./find-entry.ts";
import type { Entry } from "./find-entry.ts";
import { freeNames } from "./free-names.ts";
import { guardLoops } from "./guard-loops.ts";
import { literalCalls } from "./literal-calls.ts";
import type { LiteralCall } from "./literal-calls.ts";
import { parseProgram } from "./parse-program.ts";
import type { Refused } from "./parse-program.ts";
import { SourceEdit } from "./source-edit.ts";
import { onlyFencedBlock, stripFence } from "./strip-fence.ts";
import { walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";

export type CompiledProgram = {
  /** Text of a module whose default export takes the globals and runs the program. */
  module: string;
  /** Whether it uses `spec`, `find` or `describe`. */
  usesDocument: boolean;
  /** Whether it uses `find` or `describe`, which need an index of their own. */
  usesFind: boolean;
  /** Whether it names what is only in the bodies of operations: a guess, for a program can reach them unnamed. */
  namesBodies: boolean;
  /** Whether it can only answer the same again, given the same document: it asks neither the clock nor for chance. */
  repeatable: boolean;
  /** The API calls it spells out. */
  calls: LiteralCall[];
  /** The first place of the program in an error's stack, in the model's own lines and columns (both from 1). */
  positionInStack(stack: string): { line: number; column: number } | undefined;
};

export type Compilation = { ok: true; program: CompiledProgram } | Refused;

/** Keys of an operation or document that the index does not hold, and functions that read whatever there is. */
const bodyKeys =
  "parameters requestBody responses description components security servers callbacks externalDocs webhooks stringify structuredClone".split(
    " ",
  );

/** What a tool hands to a program, beside the language's own. */
const given = {
  search: ["spec", "find", "describe", "console"],
  execute: ["spec", "find", "describe", "console", "api"],
};

export function compileProgram(
  text: unknown,
  tool: "search" | "execute",
  limits: Limits = defaultLimits,
): Compilation {
  const wrong = checkText(text, limits);
  if (wrong !== undefined) return { ok: false, message: wrong };
  const parsed = parse(String(text));
  if (!parsed.ok) return parsed;
  const free = freeNames(parsed.program);
  const names = given[tool];
  const refused = checkNames(free, names);
  if (refused !== undefined) return { ok: false, ...refused };
  const edit = new SourceEdit(parsed.code);
  const identifiers = new Set<unknown>();
  const literals = new Set<unknown>();
  walk(parsed.program as unknown as Node, ({ type, name, value }) => {
    if (type === "Identifier") identifiers.add(name);
    if (type === "Literal") literals.add(value);
  });
  const tick = unusedName("tick", identifiers);
  guardLoops(parsed.program as unknown as Node, edit, `${tick}()`);
  enter(
    findEntry(parsed.program),
    edit,
    parsed.code.length,
    `{ ${names.join(", ")} }`,
    unusedName("main", identifiers),
  );
  // The globals are parameters and not on globalThis, where a program could take them from itself; the program has a
  // scope of its own below them, so that it may declare a name we also hand it.
  const module = `export default async ({ ${names.join(", ")} }, ${tick}) => {\nreturn await (async () => {\n${edit.text()}\n})();\n};\n`;
  // A program that names the global object can reach any global by a name we cannot read.
  const uses = (...wanted: string[]) => [...wanted, "globalThis", "self"].some((name) => free.has(name));
  return {
    ok: true,
    program: {
      module,
      usesDocument: uses("spec", "find", "describe"),
      usesFind: uses("find", "describe"),
      namesBodies: bodyKeys.some((key) => identifiers.has(key) || literals.has(key)),
      repeatable: !uses("Date", "Math", "crypto", "performance", "Temporal", "Intl"),
      // Not when `api` is the program's own variable.
      calls: free.has("api") ? literalCalls(parsed.program) : [],
      positionInStack: (stack) => {
        const match = /program\.js:(\d+):(\d+)/.exec(stack);
        return match === null
          ? undefined
          : edit.original({ line: Number(match[1]) - 2, column: Number(match[2]) });
      },
    },
  };
}

function parse(text: string): ReturnType<typeof parseProgram> {
  const whole = parseProgram(stripFence(text));
  const block = whole.ok ? undefined : onlyFencedBlock(text);
  const inner = block === undefined ? whole : parseProgram(block);
  return inner.ok ? inner : whole;
}

function checkText(text: unknown, limits: Limits): string | undefined {
  const example = `e.g. async () => Object.keys(spec.paths)`;
  if (text === undefined) return `The argument "code" is missing. Give a JavaScript program, ${example}`;
  if (typeof text !== "string") {
    return `The argument "code" is ${text === null ? "null" : `a ${typeof text}`}. Give a string, ${example}`;
  }
  if (text.trim() === "") return `The argument "code" is empty. Give a JavaScript program, ${example}`;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= limits.sourceBytes) return undefined;
  return `The program is ${bytes} bytes long; at most ${limits.sourceBytes} are taken. Fetch data inside the program instead of writing it into it.`;
}

/** Makes the program's beginning the beginning of the run, and its last value the answer. */
function enter(entry: Entry, edit: SourceEdit, length: number, globals: string, main: string): void {
  if (entry.exportStart !== undefined) edit.blank(entry.exportStart, entry.node.start);
  switch (entry.kind) {
    case "exported":
      // Called at the end: it may use what is declared below it.
      edit.insertOutside(entry.node.start, entry.node.end, `const ${main} = (`, ");");
      edit.insert(length, `\nreturn typeof ${main} === "function" ? await ${main}(${globals}) : ${main};`);
      return;
    case "function":
      edit.insertOutside(entry.node.start, entry.node.end, "return await (", `)(${globals})`);
      return;
    case "named":
      edit.insert(length, `\nreturn await ${entry.name}(${globals});`);
      return;
    case "value":
      edit.insertOutside(entry.node.start, entry.node.end, "return (", ")");
      return;
    case "statements":
      return;
    default:
      entry satisfies never;
  }
}

/** Compared with names as parsed: in the text one can be written with escapes. */
function unusedName(wanted: string, taken: Set<unknown>): string {
  let name = wanted;
  while (taken.has(name)) name = `$${name}`;
  return name;
}
