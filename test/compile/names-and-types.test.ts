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
  ])("%s", (code, expected) => {
    const parsed = parseProgram(code);
    expect(parsed).toMatchObject({ ok: true, code: expected });
    expect(expected).toHaveLength(code.length);
  });

  test.each([
    ["enum Color { Red }", "enum is not available: write a plain object"],
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
