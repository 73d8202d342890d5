import { expect, test } from "vitest";
import { filterRows, sortRows } from "../../src/web/page/arrange-rows.ts";
import { chartColumns, isSeries, pointsOf, ticks } from "../../src/web/page/chart-data.ts";
import { findTable } from "../../src/web/page/find-table.ts";
import { cell } from "../../src/web/page/format.ts";
import { indentJson } from "../../src/web/page/indent-json.ts";
import { parseResult } from "../../src/web/page/parse-result.ts";

test.each([
  "[]",
  "{}",
  '{"a":{},"b":[],"c":[1,2,{"d":null}]}',
  '"a \\" { [ , : \\\\"',
  '{"a":"{\\"b\\":[1,2]}"}',
  "12345678901234567890.5e-3",
])("indenting changes nothing of %s but its blanks", (text) => {
  const indented = indentJson(text);
  expect(JSON.parse(indented)).toEqual(JSON.parse(text));
  expect(indented).toBe(text.startsWith("1") ? text : JSON.stringify(JSON.parse(text), null, 2));
});

test("an integer larger than a double holds stays exact, in the tree and in the raw text", () => {
  const text = '{"id":12345678901234567890,"small":7}';
  expect(parseResult(text)).toEqual({ value: { id: 12_345_678_901_234_567_890n, small: 7 } });
  expect(indentJson(text)).toContain("12345678901234567890");
  expect(cell([{ id: 12_345_678_901_234_567_890n }])).toBe('[{"id":"12345678901234567890"}]');
});

test("a text that is no JSON is its own result", () => {
  expect(parseResult("hello")).toBeUndefined();
  expect(parseResult("undefined")).toBeUndefined();
});

test("a uniform array is a table, with a column for each key that any row has", () => {
  expect(
    findTable([
      { a: 1, b: 2 },
      { a: 3, c: "x" },
    ]),
  ).toEqual({
    place: "$",
    columns: ["a", "b", "c"],
    rows: [
      [1, 2, undefined],
      [3, undefined, "x"],
    ],
  });
});

test("the longest uniform array inside a value is its table, and its place is said", () => {
  const value = { ok: true, few: [{ a: 1 }, { a: 2 }], result: { items: [{ id: 1 }, { id: 2 }, { id: 3 }] } };
  expect(findTable(value)).toMatchObject({ place: "$.result.items", columns: ["id"] });
});

test("lists of one length take their names from a list of names beside them", () => {
  const rows = [
    ["Ada", 3],
    ["Bo", 5],
  ];
  expect(findTable({ columns: ["name", "spent"], rows })).toEqual({
    place: "$.rows",
    columns: ["name", "spent"],
    rows,
  });
  expect(findTable(rows)?.columns).toEqual(["0", "1"]);
});

test.each([
  ["texts", ["a", "b"]],
  ["nothing", []],
  ["different things", [{ a: 1 }, { b: 1 }, { c: 1 }, { d: 1 }]],
  ["one object", { a: 1 }],
  ["lists of different lengths", [[1], [1, 2]]],
  ["null", null],
])("%s are no table", (_, value) => {
  expect(findTable(value)).toBeUndefined();
});

test("keys of a prototype are columns like any other, and never those of Object", () => {
  const value = JSON.parse('[{"__proto__":1,"constructor":2},{"__proto__":3}]') as unknown;
  expect(findTable(value)).toEqual({
    place: "$",
    columns: ["__proto__", "constructor"],
    rows: [
      [1, 2],
      [3, undefined],
    ],
  });
});

test("a filter keeps the rows that have every word somewhere", () => {
  const rows = [
    ["Oak table", 120],
    ["Oak chair", 45],
    ["Pine table", 80],
  ];
  expect(filterRows(rows, "TABLE oak")).toEqual([["Oak table", 120]]);
  expect(filterRows(rows, "45")).toEqual([["Oak chair", 45]]);
  expect(filterRows(rows, "  ")).toEqual(rows);
});

test("rows sort by number as numbers, by text as people do, and what is empty stays last both ways", () => {
  const rows = [
    [10, "item 10"],
    [null, "item 9"],
    [9, null],
    [9n ** 30n, "Item 1"],
  ];
  const column = (sorted: unknown[][], n: number) => sorted.map((row) => row[n]);
  expect(column(sortRows(rows, { column: 0, descending: false }), 0)).toEqual([9, 10, 9n ** 30n, null]);
  expect(column(sortRows(rows, { column: 0, descending: true }), 0)).toEqual([9n ** 30n, 10, 9, null]);
  expect(column(sortRows(rows, { column: 1, descending: false }), 1)).toEqual([
    "Item 1",
    "item 9",
    "item 10",
    null,
  ]);
});

const sales = findTable([
  { id: 1, day: "2026-01-03", total: 5, by: "Ada" },
  { id: 2, day: "2026-01-01", total: 9, by: "Bo" },
  { id: 3, day: "2026-01-02", total: 0, by: "Cy" },
]);

test("a chart measures a number that is no id, by a column that is none", () => {
  if (sales === undefined) throw new Error("no table");
  const { labels, values } = chartColumns(sales) ?? {};
  expect(values?.map((n) => sales.columns[n])).toEqual(["total", "id"]);
  expect(labels?.map((n) => sales.columns[n])).toEqual(["day", "by", "id", "total"]);
});

test("only points in time are joined by a line", () => {
  if (sales === undefined) throw new Error("no table");
  expect(isSeries(pointsOf(sales.rows, 1, 2), true)).toBe(true);
  expect(isSeries(pointsOf(sales.rows, 3, 2), true)).toBe(false);
});

test("a table without numbers, or of one row, has no chart", () => {
  expect(chartColumns({ place: "$", columns: ["a"], rows: [["x"], ["y"]] })).toBeUndefined();
  expect(chartColumns({ place: "$", columns: ["a"], rows: [[1]] })).toBeUndefined();
});

test.each([
  [0, 687, [0, 200, 400, 600, 800]],
  [3, 4, [0, 1, 2, 3, 4]],
  [-30, 55, [-50, 0, 50, 100]],
  [0, 0.3, [0, 0.1, 0.2, 0.3]],
  [0, 0, [0]],
])("ticks from %d to %d are round, enclose both and zero", (low, high, expected) => {
  expect(ticks(low, high)).toEqual(expected);
});
