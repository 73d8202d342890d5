import { describe, expect, test } from "vitest";
import { compileProgram } from "../../src/compile/compile-program.ts";
import { SourceEdit } from "../../src/compile/source-edit.ts";

/** Runs the module as the guest does. */
async function run(code: string, globals: Record<string, unknown> = {}): Promise<unknown> {
  const compiled = compileProgram(code, "execute");
  if (!compiled.ok) throw new Error(compiled.message);
  const url = `data:text/javascript,${encodeURIComponent(`${compiled.program.module}\n//${Math.random()}`)}`;
  const module = (await import(url)) as { default(globals: object, tick: () => void): Promise<unknown> };
  return module.default(globals, () => undefined);
}

describe("a program may be", () => {
  test.each([
    ["an async arrow function", "async () => 1 + spec"],
    ["one in parentheses, with a semicolon", "(async () => { return 1 + spec; });"],
    ["an anonymous function", "(async function () { return 1 + spec })"],
    ["a named function", "async function main() { return 1 + spec }"],
    ["a default export", "export default async () => 1 + spec"],
    ["a named default export", "export default async function main() { return 1 + spec }"],
    ["declarations and a default export", "const one = 1;\nexport default async () => one + spec"],
    ["a function that takes the globals", "async ({ spec }) => 1 + spec"],
    ["statements ending in an expression", "const one = 1;\none + spec"],
    ["statements ending in a call", "async function main() { return 1 + spec }\nmain()"],
    ["an expression", "1 + spec // no function"],
    ["statements with return", "const one = await 1; return one + spec;"],
    ["an invoked function", "(async () => 1 + spec)()"],
    ["a fenced block", "```js\nasync () => 1 + spec\n```"],
    [
      "TypeScript",
      "const add = (a: number, b?: number): number => (a as number) + b!;\nadd<number>(1, spec)",
    ],
    ["a function in a variable, never called", "const main = async () => 1 + spec"],
    [
      "functions of which the last is meant",
      "function one() { return 1 }\nasync function main() { return one() + spec }",
    ],
    ["loops without braces", "let n = 0; for (const x of [1, spec]) n += x; n"],
    ["an anonymous function statement", "async function () { return 1 + spec }"],
    ["prose around one fenced block", "Here it is:\n```ts\nasync () => 1 + spec\n```\nDone."],
    ["a hashbang", "#!/usr/bin/env node\n1 + spec"],
    [
      "a default export that uses what stands below it",
      "export default async () => one + spec\nconst one = 1",
    ],
    ["a default export of a value", "export default 1 + spec"],
    ["a redeclaration of a global", "const console = 1; console + spec"],
  ])("%s", async (_, code) => {
    expect(await run(code, { spec: 41 })).toBe(42);
  });
});

describe("compiling", () => {
  test("cannot be broken out of by a brace", () => {
    expect(compileProgram("1 }); })(); globalThis.pwned = (() => {", "execute")).toMatchObject({ ok: false });
  });

  test.each([
    ["Object.keys(spec.paths)", true],
    ["api.request({})", false],
    ["({ spec: 1 }).spec", false],
    ["globalThis['sp' + 'ec']", true],
    ["const find = 1; find", false],
    ["find('x')", true],
  ])("%s uses the document: %s", (code, expected) => {
    const compiled = compileProgram(code, "execute");
    expect(compiled.ok && compiled.program.usesDocument).toBe(expected);
  });

  test.each([
    ["async () => {\n  const a = 1;\n  throw new Error('x');\n}", 3, 9],
    ["const a = 1;\nnull.x", 2, 6],
    ["export default async () => null.x", 1, 33],
  ])("an error in %j is at line %i, column %i of the model's own text", async (code, line, column) => {
    const compiled = compileProgram(code, "execute");
    if (!compiled.ok) throw new Error(compiled.message);
    const error = await run(code).catch((thrown: unknown) => thrown as Error);
    // Node names the module by its data: URL, the isolate by its file name.
    const stack =
      (error as Error).stack?.replaceAll(/data:text\/javascript,\S*?(?=:\d+:\d+)/g, "program.js") ?? "";
    expect(compiled.program.positionInStack(stack)).toEqual({ line, column });
  });
});

test("an edit never moves a line, and maps every place back", () => {
  const source = "one two\nthree four";
  const edit = new SourceEdit(source);
  edit.insert(4, "<");
  edit.insert(7, ">");
  edit.insert(8, "((");
  expect(edit.text()).toBe("one <two>\n((three four");
  expect(edit.original({ line: 1, column: 6 })).toEqual({ line: 1, column: 5 });
  expect(edit.original({ line: 2, column: 3 })).toEqual({ line: 2, column: 1 });
  expect(edit.original({ line: 9, column: 1 })).toBeUndefined();
});
