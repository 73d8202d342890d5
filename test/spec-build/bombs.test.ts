import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadDocument } from "../../scripts/spec/load-document.ts";
import { measureTree } from "../../scripts/spec/measure-tree.ts";
import { readingLimits } from "../../scripts/spec/reading-limits.ts";
import { documentWith, folder } from "./folder.ts";

async function load(content: unknown, limits = readingLimits): Promise<unknown> {
  await using made = await folder({ "api.json": content });
  return (await loadDocument(join(made.path, "api.json"), { limits })).document;
}

function nested(levels: number): unknown {
  let schema: unknown = { type: "string" };
  for (let level = 0; level < levels; level++) schema = { not: schema };
  return documentWith(schema);
}

test("deep nesting is refused; a little less is read", async () => {
  await expect(load(nested(150))).resolves.toBeDefined();
  await expect(load(nested(250))).rejects.toThrow(/nested too deeply: more than 200 levels/);
});

test("a value is measured before anything walks it: its depth, with what its aliases bring", () => {
  const nest = (levels: number, inside: unknown = 1) => {
    let value = inside;
    for (let level = 0; level < levels; level++) value = { a: value };
    return value;
  };
  const { depth } = readingLimits;
  const measure = (value: unknown) => () => measureTree(value, "a.yaml", readingLimits);
  const shared = nest(depth - 10);
  expect(measure(nest(depth))).not.toThrow();
  expect(measure([shared, nest(5, shared)])).not.toThrow();
  expect(measure(nest(depth + 2))).toThrow(/nested too deeply/);
  expect(measure([shared, nest(20, shared)])).toThrow(/nested too deeply/);
});

test("JSON nested deeper than the parser's stack is said to be nested too deeply, with the limit", async () => {
  const document = (levels: number) =>
    JSON.stringify(documentWith({})).replace(/}$/, `,"x-deep":${"[".repeat(levels)}${"]".repeat(levels)}}`);
  await expect(load(document(100))).resolves.toBeDefined();
  await expect(load(document(100_000))).rejects.toThrow(/nested too deeply: more than 200 levels/);
});

test.each(["[", '{"a":', "- "])("a hundred thousand times %j is refused at once", async (opening) => {
  const started = performance.now();
  const closing = { "[": "]", '{"a":': "1}", "- ": "" }[opening] ?? "";
  await expect(load(opening.repeat(100_000) + closing.repeat(opening === "[" ? 100_000 : 1))).rejects.toThrow(
    /nest|not valid|levels/i,
  );
  expect(performance.now() - started).toBeLessThan(5000);
});

function laughs(levels: number): string {
  const lines = [
    "openapi: 3.1.0",
    "info: {title: t, version: '1'}",
    "paths: {}",
    "x-0: &l0 {lol: {lol: lol}}",
  ];
  for (let level = 1; level <= levels; level++) {
    lines.push(`x-${level}: &l${level} [${Array.from({ length: 9 }, () => `*l${level - 1}`).join(", ")}]`);
  }
  return lines.join("\n");
}

test("a billion laughs are refused quickly; a few are written out", async () => {
  await expect(load(laughs(3))).resolves.toBeDefined();
  const started = performance.now();
  await expect(load(laughs(30))).rejects.toThrow(/more than 10000000 objects/);
  expect(performance.now() - started).toBeLessThan(2000);
});

test("laughs of few objects and many strings are refused by what they would be as text", async () => {
  const names = "abcdefgh";
  const bomb = (levels: number) =>
    [
      "openapi: 3.1.0",
      "info: {title: t, version: '1'}",
      "paths: {}",
      ...Array.from(
        { length: levels },
        (_, level) =>
          `x-${level}: &${names[level]} [${Array(9).fill(level === 0 ? "z" : `*${names[level - 1]}`)}]`,
      ),
    ].join("\n");
  // As many objects as that are within their limit: 9^7 and their parents.
  const started = performance.now();
  await expect(load(bomb(8))).rejects.toThrow(
    /api\.json#\/x-7: has more than 250000000 characters once its aliases are written out/,
  );
  expect(performance.now() - started).toBeLessThan(1000);
  // The control: the same with fewer levels is read, and its text is within a limit that it states exactly.
  const small = (await load(bomb(4))) as object;
  const exact = JSON.stringify(small, null, 2).length;
  await expect(load(bomb(4), { ...readingLimits, writtenChars: exact - 200 })).rejects.toThrow(/characters/);
  await expect(load(bomb(4), { ...readingLimits, writtenChars: exact + 200 })).resolves.toBeDefined();
});

test("a long string shared many times counts each time", async () => {
  const shared = `openapi: 3.1.0\ninfo: {}\npaths: {}\nx-s: &s ${"z".repeat(10_000)}\nx-l: [${Array(100).fill("*s")}]`;
  await expect(load(shared, { ...readingLimits, writtenChars: 1_000_000 })).rejects.toThrow(
    /#\/x-l: has more than/,
  );
  await expect(load(shared, { ...readingLimits, writtenChars: 1_100_000 })).resolves.toBeDefined();
});

test("an alias that contains itself is refused", async () => {
  await expect(load("openapi: 3.1.0\ninfo: {}\npaths: {}\nx: &x {y: *x}")).rejects.toThrow(
    /alias contains itself/,
  );
});

test("files that write each other out many times over are refused by what they grow to", async () => {
  const many = (next: string): object =>
    Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`x-${index}`, { $ref: next }]));
  const files: Record<string, unknown> = { "api.json": { ...documentWith({}), ...many("0.json") } };
  for (let level = 0; level < 9; level++) files[`${level}.json`] = many(`${level + 1}.json`);
  files["9.json"] = { end: true };
  await using made = await folder(files);
  await expect(
    loadDocument(join(made.path, "api.json"), { limits: { ...readingLimits, nodes: 100_000 } }),
  ).rejects.toThrow(/more than 100000 objects/);
});

test("more files than the limit are refused; as many are read", async () => {
  const properties = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [`p${index}`, { $ref: `${index}.json` }]),
  );
  const files = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [`${index}.json`, { title: `${index}` }]),
  );
  await using made = await folder({ ...files, "api.json": documentWith({ properties }) });
  const path = join(made.path, "api.json");
  await expect(loadDocument(path, { limits: { ...readingLimits, files: 10 } })).resolves.toBeDefined();
  await expect(loadDocument(path, { limits: { ...readingLimits, files: 9 } })).rejects.toThrow(
    /more than 9 files/,
  );
});

test("a file larger than the limit is refused before it is read", async () => {
  await expect(load(documentWith({}), { ...readingLimits, totalBytes: 50 })).rejects.toThrow(
    /more than the 50 left/,
  );
});

test("references in a circle between files lead nowhere rather than on for ever", async () => {
  await using made = await folder({
    "api.json": documentWith({ $ref: "a.json" }),
    "a.json": { $ref: "b.json" },
    "b.json": { $ref: "a.json" },
  });
  await expect(loadDocument(join(made.path, "api.json"))).resolves.toBeDefined();
});

test("text that is not UTF-8, and JSON and YAML that do not parse, are refused with line and column", async () => {
  await using made = await folder({
    "a.json": '{"openapi":\n "3.1.0",,}',
    "b.yaml": "openapi: 3.1.0\ninfo: [a\npaths: {}",
  });
  await writeFile(join(made.path, "c.json"), Buffer.from([0x7b, 0xff, 0xfe]));
  await expect(loadDocument(join(made.path, "a.json"))).rejects.toThrow(/not valid JSON: .*line 2 column/);
  await expect(loadDocument(join(made.path, "b.yaml"))).rejects.toThrow(/b.yaml:3:\d+: is not valid YAML/);
  await expect(loadDocument(join(made.path, "c.json"))).rejects.toThrow(/not UTF-8/);
});

test("keys given twice are said, and the last one counts", async () => {
  await using made = await folder({
    "a.json": '{"openapi":"3.1.0","info":{"title":"1",\n"title":"2"},"paths":{}}',
    "b.yaml": "openapi: 3.1.0\ninfo: {title: '1', version: '1'}\npaths: {}\ninfo: {title: '2'}",
  });
  for (const name of ["a.json", "b.yaml"]) {
    const { document, report } = await loadDocument(join(made.path, name));
    expect(document.info.title).toBe("2");
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]?.place).toMatch(name === "a.json" ? /a.json:2:1$/ : /b.yaml:4:1$/);
  }
});

test("what is not OpenAPI is refused with what it seems to be", async () => {
  await expect(load({ asyncapi: "3.0.0" })).rejects.toThrow(/AsyncAPI/);
  await expect(load({ openapi: "4.0.0" })).rejects.toThrow(/OpenAPI 4.0.0, which is not known/);
  await expect(load("<!doctype html><html></html>")).rejects.toThrow(/not/);
});
