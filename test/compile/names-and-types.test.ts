import { describe, expect, test } from "vitest";
import { compileProgram } from "../../src/compile/compile-program.ts";
import { stripTypes } from "../../src/compile/strip-types.ts";
import { parseProgram } from "../../src/compile/parse-program.ts";

const refusal = (code: string, tool: "search" | "execute" = "execute") => {
  const compiled = compileProgram(code, tool);
  return compiled.ok ? "runs" : compiled.message;
};

describe("a name a program cannot have is answered before it runs", () => {
  test.each([
    [
      "fetch('x')",
      "fetch is not available: there is no network. Call the API with api.request({method, path}).",
    ],
    ["const fs = require('fs')", "require is not available: there are no modules."],
    ["process.env.TOKEN", "process is not available: there is no Node.js"],
    ["Buffer.from('x')", "Buffer is not available: there is no Node.js. Use Uint8Array"],
    ["caches.default", "caches is not available: nothing is kept between runs."],
    ["total = 1; total", "total is not declared: write const total"],
    ["specs.paths", "specs is not defined. Did you mean spec?"],
    ["spce.paths", "spce is not defined. Did you mean spec?"],
    ["const orders = []; ordres.length", "ordres is not defined. Did you mean orders?"],
    ["fetch(process.env.A)", "Not available either: process (line 1)."],
    ["listOrders()", 'If it is an operation of the API, describe("listOrders") shows how to call it.'],
    ["spec().paths", "spec is an object, not a function: read spec.paths."],
    ["await execute('x')", "it is a tool, not a function"],
    ["API.request({})", "API is not defined. Did you mean api?"],
    ["undefinedThing + 1", "undefinedThing is not defined. In scope: spec, find, describe, console, api"],
  ])("%s → %s", (code, expected) => {
    expect(refusal(code)).toContain(expected);
  });

  test("with the line and column of its first use", () => {
    expect(compileProgram("const a = 1;\n  await fetch(a)", "execute")).toMatchObject({
      position: { line: 2, column: 9 },
    });
  });

  test.each([
    "typeof fetch",
    "const fetch = 1; fetch",
    "({ process: 1 }).process",
    "[1].map((require) => require)",
    "function f() { return arguments.length } f()",
    "label: for (const x of [1]) { continue label; }",
    "try { null.x } catch { 1 }",
    "class A { static #p = 1; static has(o) { return #p in o } } A.has(A)",
    "const { a = 1, ...rest } = {}; [a, rest]",
    "new Intl.DateTimeFormat('en'); structuredClone({}); crypto.randomUUID()",
  ])("%s runs", (code) => {
    expect(refusal(code)).toBe("runs");
  });

  test("api is execute's alone", () => {
    expect(refusal("api.request({})", "search")).toContain("Use the execute tool");
    expect(refusal("({ api }) => api.request({})", "search")).toContain("Use the execute tool");
    expect(refusal("({ api, spec }) => spec.info", "search")).toBe("runs");
  });
});

describe("a parameter nobody fills is answered before it runs", () => {
  test.each([
    ["async (orderId) => api.request({ id: orderId })", "orderId gets no value", 38],
    ["async (client) => client.get('/orders')", "client.get does not exist: a program is called with", 19],
    ["(api, id) => api.request({ id })", "id gets no value", 28],
    ["({ accountId }) => accountId", "accountId is not defined", 4],
  ])("%s", (code, expected, column) => {
    const compiled = compileProgram(code, "execute");
    expect(compiled).toMatchObject({ ok: false, position: { line: 1, column } });
    expect(refusal(code)).toContain(expected);
  });

  test.each([
    "(unused) => 1",
    "(api, n = 1) => [api, n]",
    "({ n = 1 }) => n",
    "(client) => client.request({})",
    "const f = (id) => id; f(1)",
  ])("%s runs", (code) => {
    expect(refusal(code)).toBe("runs");
  });
});

describe("what is no program says what to change, and where", () => {
  test.each<[string, string, [number, number] | undefined]>([
    ["async () => {\n  if (1) {\n}", "The program ends before the { of line 1, column 13 is closed.", [3, 2]],
    ["f(g(1);", "; comes before the ( of line 1, column 2 is closed.", [1, 7]],
    ["[1, 2)", ") stands where the [ of line 1, column 1 wants ].", [1, 6]],
    ["f() }", "There is one } too many.", [1, 5]],
    ["({ a: 1\n  b: 2 })", "Unexpected b. A comma or an operator may be missing before it.", [2, 3]],
    ["const a;", "const a has no value. Give it one, or write let.", [1, 8]],
    ["[1].map((x) => await x)", "await stands in a function that is not async", [1, 16]],
    ["f(“a”)", '“ is no quotation mark of JavaScript. Write ".', [1, 3]],
    ["f(\u200b1)", "The invisible character U+200B stands here.", [1, 3]],
    ["f({ id: <ID> })", "< begins no value", [1, 9]],
    ["f(1, ...)", "... stands for something that was left out", [1, 9]],
    ["# all\nf()", "# begins no comment. Write //.", [1, 2]],
    ["const s = `a${f(`b`)}c", "A template is not closed", [1, 22]],
    ["() => 1;\n() => 2;", "This is a second function without a name", [2, 1]],
    ["() => 1;\nf();\nfunction f() {}", "This function has no name, so nothing calls it", [1, 1]],
    ["f();\nimport('x');\nimport('y')", "import is not available", [2, 1]],
    ["def main():\n  pass", "This looks like Python", undefined],
    ["SELECT id FROM orders", "This looks like SQL", undefined],
    ["class A extends B { f( }", "} stands where the ( of line 1, column 22 wants )", [1, 24]],
    ["f(&quot;a&quot;, (x) => x", "Unexpected", [1, 3]],
    ["(x) =&gt; x", "escaped as HTML", undefined],
    ["list all open orders", "This looks like prose", undefined],
    ['{"method": "GET", "path": "/orders"}', "This is what api.request takes, not a program", undefined],
    ['"cancel an order"', 'To look for operations write find("cancel an order")', undefined],
  ])("%s", (code, expected, place) => {
    const compiled = compileProgram(code, "execute");
    expect(compiled.ok ? "runs" : compiled.message).toContain(expected);
    const position = place && { line: place[0], column: place[1] };
    expect(compiled.ok ? undefined : compiled.position).toEqual(position);
  });
});

describe("TypeScript", () => {
  test.each([
    ["const a: number = 1", "const a         = 1"],
    ["let b!: string", "let b         "],
    ["f(x as any)", "f(x       )"],
    ["x!.y!()", "x .y ()"],
    ["<any>x", "     x"],
    ["const f = <T,>(a?: T): T[] => [a!]", "const f =     (a    )      => [a ]"],
    ["interface A { b: string }\n1", "                         \n1"],
    ["type A = {\n b: 1 }\n1", "          \n       \n1"],
    [
      "class A<T> extends B<T> implements C, D { private readonly x?: number = 1; static y!: string }",
      "class A    extends B                    {                  x          = 1; static y          }",
    ],
    [
      "abstract class A { abstract f(): void; g(this: A, a: number) {} }",
      "         class A {                     g(         a        ) {} }",
    ],
    ["new Map<string, number[]>() satisfies object", "new Map                  ()                 "],
    ["const enum A {\n  B = 'b', // first\n}\n[A.B]", "const      A={\n  B : 'b'} // first\n;\n[A.B]"],
  ])("%s", (code, expected) => {
    const parsed = parseProgram(code);
    expect(parsed).toMatchObject({ ok: true, code: expected });
    expect(expected).toHaveLength(code.length);
  });

  test.each([
    ["enum Color { Red }", "an enum without a text for each member is not available: write a plain object"],
    ["namespace A { export const b = 1 }", "namespace is not available"],
    ["class A { constructor(private x: number) {} }", "parameter properties are not available"],
  ])("%s is refused with what to write", (code, expected) => {
    expect(refusal(code)).toContain(expected);
  });

  test("an error is placed where the parser that understood more of it stopped", () => {
    expect(compileProgram("const a: number = 1;\nconst b: = 2;", "execute")).toMatchObject({
      ok: false,
      position: { line: 2 },
    });
  });

  test("nothing but types is touched", () => {
    const code = "const s = 'as any'; /* : x */ const t = `${s as string}<T>`;";
    const parsed = parseProgram(code);
    expect(parsed).toMatchObject({ code: "const s = 'as any'; /* : x */ const t = `${s          }<T>`;" });
    expect(stripTypes("1", { type: "Program", start: 0, end: 1, body: [] })).toEqual({ ok: true, code: "1" });
  });
});
