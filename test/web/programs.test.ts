import { expect, test } from "vitest";
import { compileProgram } from "../../src/compile/compile-program.ts";
import { limits } from "../../src/limits.ts";
import { completionsAt } from "../../src/web/page/completions.ts";
import * as programs from "../../src/web/page/programs.ts";
import type { OperationRow } from "../../src/web/page/programs.ts";

const hostile = '"); api.request({}); ("\n`${1}`\u2028//';

test.each([
  ["tags", programs.tagsProgram],
  ["operations of a tag", programs.operationsOf(hostile, 0)],
  ["find", programs.findProgram(hostile)],
  ["describe", programs.describeProgram(hostile)],
  ["completion", programs.completionProgram],
  ["the first search", programs.firstPrograms.search],
])("the page's own program for %s compiles as a search, whatever text is in it", (_, program) => {
  expect(compileProgram(program, "search", limits)).toMatchObject({ ok: true });
});

test.each([
  ["GET", "/items/{id}/parts/{part-number}"],
  ["POST", "/items"],
  ["DELETE", `/${hostile}`],
])("a call written for %s %s compiles as an execute", (method, path) => {
  const program = programs.callProgram([method, path, "", "", false]);
  expect(compileProgram(program, "execute", limits)).toMatchObject({ ok: true });
});

test("the page knows its own look-ups by how they begin", () => {
  expect(programs.isLookUp({ excerpt: programs.tagsProgram.slice(0, 300) })).toBe(true);
  expect(programs.isLookUp({ excerpt: programs.firstPrograms.search })).toBe(false);
});

const rows: OperationRow[] = [
  ["GET", "/items", "listItems", "List items", false],
  ["GET", "/items/{id}", "getItem", "One item", false],
  ["DELETE", "/items/{id}", "", "", false],
];
const labels = (before: string, tool: "search" | "execute" = "execute", explicit = false) =>
  completionsAt(before, tool, rows, explicit)?.options.map(({ label }) => label);

test.each([
  ['describe("', ["listItems", "getItem", "DELETE /items/{id}"]],
  ["describe('getI", ["getItem"]],
  ['api.request({ operation: "delete', ["DELETE /items/{id}"]],
  ['api.request({ method: "GET", path: "/items/', ["/items/{id}"]],
  ['spec.paths["', ["/items", "/items/{id}"]],
  ['api.request({ method: "', ["GET", "DELETE"]],
  ["const a = api.", ["request"]],
  ["results.", ["get"]],
  ["spec.", ["paths", "components", "info", "tags"]],
  ['find("x", { ', ["limit", "tag", "method"]],
  ["api.request({ ", ["method", "path", "params", "query", "headers", "body", "operation"]],
  ["fi", ["find", "describe", "spec", "console", "api", "results"]],
])("after %s stands what may come next", (before, expected) => {
  expect(labels(before)).toEqual(expected);
});

test("a search is not offered what it does not have", () => {
  expect(labels("a", "search")).toEqual(["find", "describe", "spec", "console"]);
  expect(labels("api.", "search")).toEqual([]);
});

test("nothing is offered unasked inside a text, after a number or on an empty line", () => {
  expect(labels('const a = "fi')).toBeUndefined();
  expect(labels("const a = 12")).toBeUndefined();
  expect(labels("")).toBeUndefined();
  expect(labels("", "search", true)).toEqual(["find", "describe", "spec", "console"]);
});

test("a completion takes the place of what was typed of it, and no more", () => {
  const before = 'const answer = describe("getI';
  expect(completionsAt(before, "search", rows, false)?.from).toBe(before.length - "getI".length);
});
