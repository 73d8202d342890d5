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
    ["a function that names a global as its parameter", "async (spec) => 1 + spec"],
    ["one that names several, in its own order", "async (api, spec) => 1 + spec"],
    ["one that takes them together", "async (ctx) => 1 + ctx.spec"],
    [
      "one that takes them together and hands them on",
      "const go = (c) => 1 + c.spec\nasync (ctx) => go(ctx)",
    ],
    ["one with a default of its own", "async (n = 41) => 1 + n"],
    ["one with options of its own", "async ({ n = 41 } = {}) => 1 + n"],
    ["a declaration of the answer", "const one = 1\nconst value = one + spec"],
    ["a declaration by pattern", "const { value } = { value: 1 + spec }"],
    ["an if with the answer in its branches", "if (spec) { 1 + spec } else { 0 }"],
    ["a try with the answer in it", "try { 1 + spec } catch { 0 } finally { 7 }"],
    ["a bare function before a helper", "async () => one() + spec;\nfunction one() { return 1 }"],
    [
      "the function nobody calls, not the last",
      "function main() { return add(1) }\nfunction add(a) { return a + spec }",
    ],
    [
      "the function nobody else calls",
      "function main(n = 40) { return n > spec ? n : main(n + used()) }\nfunction used() { return 1 }",
    ],
    ["a named export", "export const main = () => 1 + spec"],
    ["a default export by name", "async function main(spec) { return 1 + spec }\nexport default main;"],
    [
      "a function behind a directive, with semicolons",
      '"use strict";\nasync (spec) => one + spec;;\nconst one = 1',
    ],
    ["a list of exports", "function main() { return 1 + spec }\nexport { main as default }"],
    ["the tool's arguments", '{"code": "async () => {\\n  return 1 + spec;\\n}"}'],
    ["a program in a string", '"async () => {\\n  return 1 + spec;\\n}"'],
    ["one with its line breaks written out", "async () => {\\n  return 1 + spec;\\n}"],
    ["a fenced block that is cut off", "```js\nasync () => 1 + spec"],
    ["one JavaScript block among others", "```json\n{}\n```\n```js\n1 + spec\n```"],
    ["an enum of texts", "enum A { One = '1' }\nNumber(A.One) + spec"],
    ["types imported and exported", "import type { A } from 'a'\nexport type B = A\n1 + spec"],
  ])("%s", async (_, code) => {
    expect(await run(code, { spec: 41 })).toBe(42);
  });
});

test("a program runs once, whoever calls its function", async () => {
  for (const code of [
    "const main = () => { spec.n += 1; return spec.n }\nmain()",
    "const main = () => { spec.n += 1; return spec.n }\nmain",
    "function main() { spec.n += 1; return spec.n }",
    "export default function main() { spec.n += 1; return spec.n }",
    "function main() { spec.n += 1; return spec.n }\nexport default main()",
    "async () => { spec.n += 1; return spec.n }\nconst unused = 1",
  ]) {
    expect(await run(code, { spec: { n: 0 } })).toBe(1);
  }
});

test("a text alone is the answer, empty or not", async () => {
  expect([await run('""'), await run("'orders'")]).toEqual(["", "orders"]);
});

test("an object literal alone is an object, whatever JavaScript makes of its braces", async () => {
  expect(await run("{ a: 1 + spec }", { spec: 41 })).toEqual({ a: 42 });
  expect(await run("{ a: spec, b: 1 };", { spec: 41 })).toEqual({ a: 41, b: 1 });
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
    ["async ({ spec }) => spec", true],
    ["async ({ api }) => api.request({})", false],
    ["(ctx) => ctx.find('x')", true],
    ["(openapi) => openapi.paths", true],
  ])("%s uses the document: %s", (code, expected) => {
    const compiled = compileProgram(code, "execute");
    expect(compiled.ok && compiled.program.usesDocument).toBe(expected);
  });

  test.each<[string, boolean]>([
    ["find('orders')", false],
    ["async () => { const spec = find('orders'); return spec[0]; }", false],
    ["async (find) => find('orders')", false],
    ["find('orders').map((hit) => spec.paths[hit.path])", true],
    ["describe(find('orders')[0])", true],
    ["async ({ find }) => find('orders')", false],
    ["async ({ find, spec }) => spec", true],
    ["const { find, spec } = globalThis; spec.paths", true],
    ["async (ctx) => ctx.spec.paths", true],
    ["async (ctx) => { const { 'spec': s } = ctx; return s.paths; }", true],
    ["async (ctx) => { const find = 'spec'; const { [find]: s } = ctx; return s.paths; }", true],
    ["async function ({ find }) { return arguments[0].spec.paths; }", true],
  ])("%s can reach more than the index: %s", (code, expected) => {
    const compiled = compileProgram(code, "execute");
    expect(compiled.ok && compiled.program.reachesBodies).toBe(expected);
  });

  test.each<[string, boolean]>([
    ["Object.keys(spec.paths)", true],
    ["const Date = 1; Date", true],
    ["Date.now()", false],
    ["Math.max(1, 2)", false],
    ["new Event('a').timeStamp", false],
    ["new File([], 'a').lastModified", false],
    ["new Response(new FormData()).text()", false],
    ["globalThis.crypto", false],
  ])("%s can only answer the same again: %s", (code, expected) => {
    const compiled = compileProgram(code, "search");
    expect(compiled.ok && compiled.program.repeatable).toBe(expected);
  });

  test.each<[string, boolean]>([
    ["await api.request({})", true],
    ["spec.info", true],
    ["async () => { const api = { paginate: 1 }; return api.paginate; }", true],
    ["api?.request({})", true],
    ["api.paginate({})", false],
    ["[api.request({}), api.graphql('')]", false],
    ["api['request']({})", false],
    ["const client = api; client.request({})", false],
    ["const { request } = api; request({})", false],
    ["Object.keys(api)", false],
    ["(api).request({})", false],
    ["api", false],
    ["async ({ api }) => api.request({})", false],
    ["async (spec, api) => api.request({})", false],
    ["(ctx) => ctx.api.request({})", false],
    ["await api.request({}); results.get('r_1')", false],
    ["globalThis.api.request({})", false],
  ])("%s can reach api.request alone: %s", (code, expected) => {
    const compiled = compileProgram(code, "execute");
    expect(compiled.ok && compiled.program.onlyRequests).toBe(expected);
  });

  test.each([
    ["async () => {\n  const a = 1;\n  throw new Error('x');\n}", 3, 9],
    ["const a = 1;\nnull.x", 2, 6],
    ["export default async () => null.x", 1, 33],
    ["function () {\n  null.x\n}", 2, 8],
    ["async () => {\\n  null.x\\n}", 1, 23],
    ['{"code": "\\n\\tnull.x"}', 1, 20],
    ["try {\n  null.x\n} finally {}", 2, 8],
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
