import { expect, test } from "vitest";
import { compileProgram } from "../../src/compile/compile-program.ts";

/** How often a program meets the check. */
async function ticksOf(code: string): Promise<number> {
  const compiled = compileProgram(code, "execute");
  if (!compiled.ok) throw new Error(compiled.message);
  let ticks = 0;
  const url = `data:text/javascript,${encodeURIComponent(`${compiled.program.module}\n//${Math.random()}`)}`;
  const module = (await import(url)) as {
    default(globals: object, tick: () => number, left: number): Promise<unknown>;
  };
  // It may not turn once before it asks again.
  const tick = () => {
    ticks += 1;
    return 0;
  };
  await module.default({ api: [1, 2, 3] }, tick, 0);
  return ticks;
}

test.each([
  "let o=1;for(let i=0;i<3;i++)o=i;o",
  "let o=0;while(o<3)o++;o",
  "let o;for(const a of [1,2])o=(b)=>(c)=>a+b+c;o(1)(2)",
  "let o=0;for(let i=0;i<2;i++)for(let j=0;j<2;j++)o+=1;(()=>o)()",
  "let o;for(const a of [1])o=()=>a\n;o()",
])("what ends where something else begins stays apart from it: %s", async (code) => {
  expect(await ticksOf(code)).toBeGreaterThan(0);
});

test("a program without loops and functions hardly meets the check (the control)", async () => {
  expect(await ticksOf("let n = 0; n += 1; n")).toBeLessThan(3);
});

test.each([
  "let n = 0; for (; n < 3; n += 1) { n; }",
  "let n = 0; for (; n < 3; n += 1) n;",
  "for (let n = 0; n < 3; n += 1);",
  "for (const n of api) { n; }",
  "for (const n of api) n;",
  "for (const n in api) n;",
  "let n = 0; while (n < 3) { n += 1; }",
  "let n = 0; while (n < 3) n += 1;",
  "let n = 0; do { n += 1; } while (n < 3);",
  "let n = 0; do n += 1; while (n < 3);",
  "let n = 0; out: while (n < 3) { n += 1; continue out; }",
])("the check is met by each turn of a loop, whatever its form: %s", async (code) => {
  expect(await ticksOf(code)).toBeGreaterThanOrEqual(3);
});

test.each([
  "function f() {}\nf(); f(); f(); 1",
  "const f = function () {}; f(); f(); f(); 1",
  "const f = () => 1; f(); f(); f(); 1",
  "const f = () => { return 1; }; f(); f(); f(); 1",
  "const f = async () => 1; f(); f(); f(); 1",
  "const f = () => ({}); f(); f(); f(); 1",
  "const o = { f() {} }; o.f(); o.f(); o.f(); 1",
  "const o = { get f() { return 1; } }; o.f; o.f; o.f; 1",
  "class C { constructor() {} static f() {} }; new C(); new C(); C.f(); 1",
  "function f(n) { return n === 0 ? 0 : f(n - 1); }\nf(3)",
  "const f = (n) => n === 0 ? 0 : f(n - 1); f(3)",
  "function* f() {}\n[...f(), ...f(), ...f()].length",
  "let n = 0; class C { a = n < 3 ? (n += 1, new C()) : 0 } new C(); 1",
  "let n = 0; class C { a = class extends (n < 3 ? (n += 1, new C(), Array) : Array) {} } new C(); 1",
  "let n = 0; class C { #a = (n += 1, n < 3 && new C()) } new C(); 1",
])("the check is met by each call of a function, whatever its form: %s", async (code) => {
  expect(await ticksOf(code)).toBeGreaterThanOrEqual(3);
});

test("a function in a field of a class keeps its name", async () => {
  const code = "class C { f = () => 1; } if (new C().f.name !== 'f') throw 0; 1";
  expect(await ticksOf(code)).toBeLessThan(3);
});

test("a program whose types can be read in ever more ways is refused, and one of a few levels is not", () => {
  const nested = (levels: number) =>
    compileProgram("<T>(".repeat(levels) + "1" + ")".repeat(levels), "search").ok;
  expect([nested(4), nested(14)]).toEqual([true, false]);
});
