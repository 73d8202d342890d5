// Model text → a module that can be run, and what it uses. Never runs anything, and never edits text it did not parse.

import { limits as defaultLimits } from "../limits.ts";
import type { Limits } from "../limits.ts";
import { checkNames, reasonFor } from "./check-names.ts";
import { entryArguments } from "./entry-arguments.ts";
import { findEntry } from "./find-entry.ts";
import type { Entry } from "./find-entry.ts";
import { guardLoops } from "./guard-loops.ts";
import { literalCalls } from "./literal-calls.ts";
import type { LiteralCall } from "./literal-calls.ts";
import type { Refused } from "./parse-program.ts";
import { programNotes } from "./program-notes.ts";
import { readProgram } from "./read-program.ts";
import { readScopes } from "./scopes.ts";
import type { FreeName } from "./scopes.ts";
import { SourceEdit } from "./source-edit.ts";
import { walk } from "./syntax.ts";
import type { Node } from "./syntax.ts";
import { positionAt } from "./unescape-text.ts";

export type CompiledProgram = {
  /** Text of a module whose default export takes the globals and runs the program. */
  module: string;
  /** Whether it uses `spec`, `find` or `describe`. */
  usesDocument: boolean;
  /** Whether it uses `find` or `describe`, which need an index of their own. */
  usesFind: boolean;
  usesDescribe: boolean;
  /** Whether it can reach more of the document than `find` does, which is its index. */
  reachesBodies: boolean;
  /** Whether it names what is only in the bodies of operations: a guess, for a program can reach them unnamed. */
  namesBodies: boolean;
  /** Whether it can only answer the same again, given the same document: it asks neither the clock nor for chance. */
  repeatable: boolean;
  /** Whether of what makes calls it can reach `api.request` alone. */
  onlyRequests: boolean;
  /** The API calls it spells out. */
  calls: LiteralCall[];
  /** The first place of the program in an error's stack, in the model's own lines and columns (both from 1). */
  positionInStack(stack: string): { line: number; column: number } | undefined;
};

type Compilation = { ok: true; program: CompiledProgram } | Refused;

/** Keys of an operation or document that the index does not hold, and functions that read whatever there is. */
const bodyKeys =
  "parameters requestBody responses description components security servers callbacks externalDocs webhooks stringify structuredClone".split(
    " ",
  );

/** What tells the time or draws lots, some of it unasked: an Event has its time, a form's text a boundary by chance. */
const clocksAndChance =
  "Date Math crypto performance scheduler Temporal Intl Event CustomEvent File FormData Request Response".split(
    " ",
  );

/** What a tool hands to a program, beside the language's own. */
const given = {
  search: ["spec", "find", "describe", "console"],
  execute: ["spec", "find", "describe", "console", "api", "results", "context"],
};

export function compileProgram(
  text: unknown,
  tool: "search" | "execute",
  limits: Limits = defaultLimits,
): Compilation {
  const wrong = checkText(text, limits);
  if (wrong !== undefined) return { ok: false, message: wrong };
  const parsed = readProgram(String(text));
  if (!parsed.ok) return parsed;
  const { program, code, place } = parsed;
  const refuse = (message: string, position: { line: number; column: number }): Refused => ({
    ok: false,
    message,
    position: place(position),
  });
  const scopes = readScopes(program);
  const { free } = scopes;
  const names = given[tool];
  const context = { tool, given: names, declared: [...scopes.top.keys()] };
  const missing = checkNames(free, context);
  if (missing !== undefined) return refuse(missing.message, missing.position);
  const found = findEntry(program, scopes);
  if (!found.ok) return refuse(found.message, positionAt(code, found.offset));
  const { entry } = found;
  const fn = "fn" in entry ? entry.fn : undefined;
  const passed =
    fn === undefined
      ? ({ ok: true, text: "", uses: [] } as const)
      : entryArguments(fn, scopes, names, (name) => reasonFor(name, context));
  if (!passed.ok) return refuse(passed.message, positionAt(code, passed.offset));
  const edit = new SourceEdit(code);
  const identifiers = new Set<unknown>();
  const literals = new Set<unknown>();
  walk(program as unknown as Node, ({ type, name, value }) => {
    if (type === "Identifier") identifiers.add(name);
    if (type === "Literal") literals.add(value);
  });
  const tick = unusedName("tick", identifiers);
  const left = unusedName("left", identifiers);
  // Counted here: a call for each turn of a loop would be most of a small one. The first turn is looked at.
  guardLoops(program as unknown as Node, edit, `${left}-- > 0 || (${left} = ${tick}())`);
  enter(entry, edit, code.length, passed.text, unusedName("main", identifiers));
  const handed: readonly string[] = passed.uses;
  const used = new Set([...free.keys(), ...handed]);
  const notes = programNotes(program, fn, used, found.uncalled);
  // The globals are parameters and not on globalThis, where a program could take them from itself; the program has a
  // scope of its own below them, so that it may declare a name we also hand it.
  const module = `export default async ({ ${names.join(", ")} }, ${tick}, ${left} = 0) => {\nreturn await (async () => {\n${edit.text()}\n})();\n};\nexport const notes = ${JSON.stringify(notes)};\n`;
  // A program that names the global object can reach any global by a name we cannot read.
  const uses = (...wanted: string[]) => [...wanted, "globalThis", "self"].some((name) => used.has(name));
  return {
    ok: true,
    program: {
      module,
      usesDocument: uses("spec", "find", "describe"),
      usesFind: uses("find", "describe"),
      usesDescribe: uses("describe"),
      reachesBodies: uses("spec", "describe"),
      namesBodies: bodyKeys.some((key) => identifiers.has(key) || literals.has(key)),
      repeatable: !uses(...clocksAndChance),
      onlyRequests: !uses("results") && !handed.includes("api") && onlyRequests(free.get("api")),
      // Not when `api` is the program's own variable.
      calls: used.has("api")
        ? literalCalls(program).map((call) => ({ ...call, position: place(call.position) }))
        : [],
      positionInStack: (stack) => {
        const match = /program\.js:(\d+):(\d+)/.exec(stack);
        const position =
          match === null
            ? undefined
            : edit.original({ line: Number(match[1]) - 2, column: Number(match[2]) });
        return position && place(position);
      },
    },
  };
}

function onlyRequests(api: FreeName | undefined): boolean {
  return api === undefined || (api.members !== undefined && api.members.isSubsetOf(new Set(["request"])));
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
function enter(entry: Entry, edit: SourceEdit, length: number, passed: string, main: string): void {
  if ("exportStart" in entry && entry.exportStart !== undefined && entry.node !== undefined)
    edit.blank(entry.exportStart, entry.node.start);
  switch (entry.kind) {
    case "anonymous":
      // Called at the end: it may use what is declared below it.
      edit.wrapOutside(entry.node.start, entry.node.end, `const ${main} = (`, ");");
      edit.insert(length, `\nreturn ${entry.fn === undefined ? main : `await ${main}(${passed})`};`);
      return;
    case "function":
      edit.wrapOutside(entry.node.start, entry.node.end, "return await (", `)(${passed})`);
      return;
    case "named":
      edit.insert(
        length,
        `\nreturn ${entry.fn === undefined ? entry.name : `await ${entry.name}(${passed})`};`,
      );
      return;
    case "values":
      for (const { start, end } of entry.nodes) edit.wrapOutside(start, end, "return (", ")");
      return;
    case "variables": {
      const [only = "undefined"] = entry.names;
      edit.insert(length, `\nreturn ${entry.names.length === 1 ? only : `{ ${entry.names.join(", ")} }`};`);
      return;
    }
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
