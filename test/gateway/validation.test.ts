import { describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import type { Limits } from "../../src/limits.ts";
import { documentOf, operationsOf, prepare } from "./prepare.ts";

const schemas = {
  Item: {
    type: "object",
    required: ["id", "name", "created", "@odata.type"],
    properties: {
      id: { type: "integer", readOnly: true },
      created: { $ref: "#/components/schemas/SetByApi" },
      name: { type: "string", minLength: 2, maxLength: 10 },
      amount: { type: "number", minimum: 0, exclusiveMaximum: 100, multipleOf: 0.01 },
      state: { type: "string", enum: ["open", "closed", "archived"] },
      tags: { type: "array", items: { type: "string" }, maxItems: 3, uniqueItems: true },
      code: { type: "string", pattern: "^[A-Z]{3}$" },
      broken: { type: "string", pattern: "(?i)[a" },
      slashed: { type: "string", pattern: "/^[0-9]+$/" },
      at: { type: "string", format: "date-time" },
      link: { type: "string", format: "uri" },
      mail: { type: "string", format: "email" },
      day: { type: "string", format: "date" },
      note: { type: ["string", "null"] },
      old: { type: "string", nullable: true },
      kind: { const: "item" },
      onOff: { type: "string", enum: [true, false] },
      flags: { type: "array", enum: ["a", "b"], items: { type: "string" } },
      parent: { $ref: "#/components/schemas/Item" },
      meta: { type: "object", additionalProperties: { type: "integer" } },
      closed: { type: "object", properties: { a: {} }, additionalProperties: false },
      lost: { $ref: "#/components/schemas/Nowhere" },
    },
  },
  SetByApi: { type: "string", readOnly: true },
  Cat: {
    type: "object",
    required: ["pet", "meow"],
    properties: { pet: { type: "string" }, meow: { type: "boolean" } },
  },
  Dog: {
    type: "object",
    required: ["pet", "bark"],
    properties: { pet: { type: "string" }, bark: { type: "boolean" } },
  },
  Pet: {
    oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }],
    discriminator: {
      propertyName: "pet",
      mapping: { dog: "#/components/schemas/Dog", cat: "#/components/schemas/Cat" },
    },
  },
  Base: { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
  Extended: {
    allOf: [
      { $ref: "#/components/schemas/Base" },
      { type: "object", properties: { b: { type: "integer" } } },
    ],
  },
  Sealed: {
    type: "object",
    allOf: [{ properties: { a: {} } }],
    properties: { b: {} },
    additionalProperties: false,
  },
  Loop: { allOf: [{ $ref: "#/components/schemas/Loop" }] },
  Overlapping: { oneOf: [{ type: "number" }, { type: "integer" }] },
};

function check(schema: object, json: unknown, bounds: Limits = limits): Promise<unknown> {
  const requestBody = { content: { "application/json": { schema } } };
  const operations = operationsOf(documentOf({ requestBody }, { components: { schemas } }), bounds);
  return prepare(operations, { method: "POST", path: "/things", body: { json } }, { limits: bounds });
}
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const message = (schema: object, json: unknown) =>
  check(schema, json).then(
    () => "it went out",
    (error: Error) => error.message,
  );

describe("a body is checked against its schema before it is sent", () => {
  test.each([
    [{ name: "ok" }, "it went out"],
    [{}, "body.name is missing, and required"],
    [{ naem: "ok" }, "body.name is missing, and required; you gave naem, which is not a property"],
    [{ name: 7 }, 'body.name is 7, not a string (schema: {"type":"string"'],
    [{ name: "a" }, 'body.name is "a", against its minLength (schema: {"type":"string","minLength":2})'],
    [{ name: "ok", amount: -1 }, "body.amount is -1, against its minimum"],
    [{ name: "ok", amount: 100 }, "against its exclusiveMaximum"],
    [{ name: "ok", amount: 0.07 }, "it went out"],
    [{ name: "ok", amount: 0.071 }, "against its multipleOf"],
    [
      { name: "ok", state: "close" },
      'is none of its values; did you mean "closed"? (schema: {"enum":["open","closed","archived"]})',
    ],
    [{ name: "ok", tags: ["a", 2] }, "body.tags[1] is 2, not a string"],
    [{ name: "ok", tags: ["a", "a"] }, "against its uniqueItems"],
    [{ name: "ok", code: "abc" }, 'against its pattern (schema: {"type":"string","pattern":"^[A-Z]{3}$"})'],
    [
      { name: "ok", parent: { name: "ok", parent: { name: 1 } } },
      "body.parent.parent.name is 1, not a string",
    ],
    [{ name: "ok", meta: { "a b": "x" } }, 'body.meta["a b"] is "x", not an integer'],
    [{ name: "ok", closed: { a: 1, z: 2 } }, "body.closed.z is not a property"],
    [{ name: "ok", kind: "thing" }, 'body.kind is "thing", not "item"'],
    [{ name: "ok", day: "2.1.2026" }, "against its pattern"],
    [{ name: "ok", day: "2026-01-02T00:00:00Z" }, "it went out"],
    [{ name: "ok", Closed: {} }, "body.Closed is not a property; did you mean closed?"],
    [{ name: "ok", staet: "open" }, "body.staet is not a property; did you mean state?"],
    [[], "body is [], not an object"],
    [{ name: null }, "body.name is null, not a string"],
    [{ name: "ok", tags: [null] }, "body.tags[0] is null, not a string"],
    [{ name: "ok", amount: null, closed: null, parent: null, meta: { a: null } }, "it went out"],
    [false, "body is false, not an object"],
  ])("%j: %s", async (json, words) => {
    expect(await message(ref("Item"), json)).toContain(words);
  });

  test("what documents get wrong refuses nothing", async () => {
    const lenient = {
      name: "ok",
      at: "2026-01-02 03:04",
      link: "example.com/a b",
      mail: "somebody",
      broken: "anything",
      slashed: "12",
      note: null,
      old: null,
      onOff: "on",
      flags: ["a"],
      lost: { any: 1 },
      id: 7,
      extra: true,
    };
    expect(await message(ref("Item"), lenient)).toBe("it went out");
    expect(await message(ref("Extended"), { a: "x", b: 1 })).toBe("it went out");
    expect(await message(ref("Overlapping"), 3)).toBe("it went out");
    expect(await message(ref("Loop"), { a: 1 })).toBe("it went out");
    expect(await message({ type: "file", minimum: 1, exclusiveMinimum: true }, 2)).toBe("it went out");
  });

  test("a schema that branches into itself is given up on, not followed to the end of time", async () => {
    const again = { $ref: "#/components/schemas/Tree" };
    const branch = (name: string) => ({ required: [name], properties: { next: again, [name]: {} } });
    const Tree = { anyOf: ["a", "b", "c", "d"].map(branch) };
    let tree: object = { a: 1 };
    for (let depth = 0; depth < 30; depth += 1) tree = { next: tree };
    const requestBody = { content: { "application/json": { schema: again } } };
    const operations = operationsOf(documentOf({ requestBody }, { components: { schemas: { Tree } } }));
    const call = { method: "POST", path: "/things", body: { json: tree } };
    await expect(prepare(operations, call)).resolves.toBeDefined();
    // The control: a small one is refused.
    await expect(prepare(operations, { ...call, body: { json: { next: { a: 1 } } } })).rejects.toThrow(
      "body.",
    );
  });

  test("additionalProperties: false beside allOf means the properties of all of them", async () => {
    expect(await message(ref("Sealed"), { a: 1, b: 2 })).toBe("it went out");
    expect(await message(ref("Sealed"), { a: 1, c: 2 })).toContain("body.c is not a property");
    expect(await message(ref("Extended"), { b: "x" })).toContain('body.b is "x", not an integer');
  });

  test("a union tells of the branch that was meant, or what its branches are", async () => {
    expect(await message(ref("Pet"), { pet: "dog", meow: true })).toContain(
      "body.bark is missing, and required",
    );
    expect(await message(ref("Pet"), { pet: "cow" })).toContain(
      'body has pet "cow", which names none of its kinds (schema: {"enum":["dog","cat"]})',
    );
    const either = {
      anyOf: [{ type: "string" }, { type: "object", required: ["a"], properties: { a: {} } }],
    };
    expect(await message(either, 3)).toContain(
      'fits none of its 2 alternatives (schema: {"type":["string","object"]})',
    );
    expect(await message(either, { b: 1 })).toContain("body.a is missing");
    const constants = { oneOf: [{ const: "x" }, { const: "y" }] };
    expect(await message(constants, "z")).toContain('(schema: {"enum":["x","y"]})');
  });

  test("several things are named at once, five of them at most", async () => {
    const text = await message(ref("Item"), {
      amount: "x",
      state: 1,
      tags: 1,
      code: 1,
      at: 1,
      link: 1,
      mail: 1,
    });
    expect(text.match(/^- body\./gm)).toHaveLength(limits.findings);
    expect(text).toContain("- and 3 more");
    // One word a field: what is no text is not also told to be none of the texts it may be.
    expect(text.match(/body\.state .*/g)).toEqual([expect.stringContaining("body.state is 1, not a string")]);
    expect(text).toContain("validate: false");
    const few = check(ref("Item"), { amount: "x", state: 1 }, { ...limits, findings: 1 });
    await expect(few).rejects.toThrow("- and 2 more");
    const all = await message(ref("Item"), { name: "ok", amount: "x", state: 1, tags: 1, code: 1, at: 1 });
    expect(all).not.toContain("more");
  });

  test("a value is sent unchecked where checking would cost too much", async () => {
    const list = (length: number) => Array.from({ length }, () => 1);
    const texts = { type: "array", items: { type: "string" } };
    const bounds = { ...limits, checkedValues: 50 };
    // The list itself counts as well.
    await expect(check(texts, list(49), bounds)).rejects.toThrow("body[0] is 1, not a string");
    await expect(check(texts, list(50), bounds)).resolves.toBeDefined();
    await expect(check(texts, list(limits.checkedValues - 1))).rejects.toThrow("not a string");
    await expect(check(texts, list(limits.checkedValues))).resolves.toBeDefined();

    // Of a list larger than that only the first is told.
    const told = (length: number, bounded: Limits) =>
      check(texts, list(length), bounded).catch((error: Error) => error.message.match(/^- body/gm)?.length);
    expect(await told(9, { ...limits, explainedValues: 10 })).toBe(limits.findings);
    expect(await told(10, { ...limits, explainedValues: 10 })).toBe(1);
    expect(await told(limits.explainedValues - 1, limits)).toBe(limits.findings);
    expect(await told(limits.explainedValues, limits)).toBe(1);

    const items = { type: "array", items: ref("SetByApi") };
    const ten = [...Array.from({ length: 9 }, () => "x"), 1];
    await expect(check(items, ten, { ...limits, checkedReferences: 10 })).rejects.toThrow("body[9] is 1");
    await expect(check(items, ten, { ...limits, checkedReferences: 9 })).resolves.toBeDefined();
  });

  test("validate: false sends it, and what is wrong is known for when the API refuses", async () => {
    const requestBody = { content: { "application/json": { schema: ref("Item") } } };
    const operations = operationsOf(documentOf({ requestBody }, { components: { schemas } }));
    const json = { name: 7, mail: "x", id: 1, extra: 1 };
    const call = { method: "POST", path: "/things", body: { json }, validate: false };
    const { findings } = await prepare(operations, call);
    expect(findings()).toEqual([
      "body.id is set by the API itself (readOnly)",
      'body.name is 7, not a string (schema: {"type":"string"})',
      'body.mail is "x", against its format (schema: {"type":"string","format":"email"})',
      expect.stringContaining("body.extra is not a property"),
    ]);
    expect((await prepare(operations, { ...call, body: { json: { name: "ok" } } })).findings()).toEqual([]);
  });
});

describe("parameters are checked", () => {
  const parameters = [
    { name: "id", in: "path", required: true, schema: { type: "integer" } },
    { name: "limit", in: "query", schema: { type: "integer", maximum: 100 } },
    { name: "flag", in: "query", schema: { type: "boolean" } },
    { name: "sort", in: "query", schema: { type: "array", items: { enum: ["name", "date"] } } },
    { name: "level", in: "query", schema: { type: "integer", enum: [1, 2] } },
    {
      name: "filter",
      in: "query",
      style: "deepObject",
      explode: true,
      schema: { type: "object", properties: { state: { enum: ["on", "off"] } } },
    },
    { name: "page", in: "query", schema: { type: "object", properties: { size: { type: "integer" } } } },
    { name: "need", in: "query", required: true, schema: { type: "string" } },
    { name: "X-Trace", in: "header", schema: { type: "string", format: "uuid" } },
    { name: "key", in: "query", required: true, schema: { type: "string" } },
    { name: "Authorization", in: "header", required: true, schema: { type: "string" } },
    {
      name: "body",
      in: "query",
      content: { "application/json": { schema: { type: "object", required: ["a"] } } },
    },
  ];
  const operations = operationsOf(documentOf({ parameters }, {}, "GET /things/{id}"));
  const call = (rest: object) =>
    prepare(
      operations,
      { method: "GET", path: "/things/{id}", params: { id: 1 }, query: { need: "x" }, ...rest },
      { credential: { kind: "query", name: "key", value: "secret" } },
    ).then(
      ({ url }) => decodeURIComponent(url.search),
      (error: Error) => error.message,
    );

  test.each([
    [{ limit: 10 }, "?need=x&limit=10"],
    [{ limit: "10" }, "?need=x&limit=10"],
    [{ limit: "ten" }, 'query.limit is "ten", not an integer'],
    [{ limit: 101 }, "query.limit is 101, against its maximum"],
    [{ flag: "true" }, "?need=x&flag=true"],
    [{ flag: 1 }, "query.flag is 1, not a boolean"],
    [{ need: 5 }, "?need=5"],
    [{ sort: ["name", "dat"] }, 'query.sort[1] is "dat", which is none of its values; did you mean "date"?'],
    [{ sort: "name" }, "?need=x&sort=name"],
    [{ need: ["a", "b"] }, 'query.need is ["a","b"], not a string: give one text, e.g. list.join(",")'],
    [{ level: "2" }, "?need=x&level=2"],
    [{ level: 3 }, "query.level is 3, which is none of its values"],
    [{ filter: { state: "onn" } }, 'query.filter.state is "onn"'],
    [{ "filter[state]": "on" }, "?need=x&filter[state]=on"],
    [{ size: 5 }, "?need=x&size=5"],
    [{ lmit: 5 }, "query.lmit is no query parameter of this operation; did you mean limit?"],
    [{ zzzzzz: 5 }, "it has limit, flag, sort"],
    [{ id: 5 }, "id is a path parameter: put it into params"],
    [{ body: { b: 1 } }, "query.body.a is missing"],
    [{ body: { a: 1 } }, '?need=x&body={"a":1}'],
  ])("query %j: %s", async (query, words) => {
    expect(await call({ query: { need: "x", ...query } })).toContain(words);
  });

  test("one that is required and missing is named, but not what Twofold sets itself", async () => {
    expect(await call({ query: {} })).toMatch(/^[^\n]+\n- query\.need is missing[^\n]+\nCorrect/);
  });
  test("in path and header as well", async () => {
    expect(await call({ params: { id: "x" } })).toContain('params.id is "x", not an integer');
    expect(await call({ headers: { "x-trace": "x" } })).toContain("against its format");
    expect(await call({ headers: { "x-trce": "x" } })).toContain("did you mean X-Trace?");
    expect(await call({ headers: { "x-unrelated": "x", prefer: "wait" } })).toBe("?need=x");
  });
  test("a misplaced name is told its place", async () => {
    expect(await call({ params: { id: 1, limit: 5 } })).toContain(
      "It is a query parameter: put it into query.",
    );
    expect(await call({ params: { idd: 1 } })).toContain("Did you mean id?");
  });
  test("validate: false sends names and values the document does not have", async () => {
    expect(await call({ query: { lmit: 5, limit: "x" }, validate: false })).toBe("?lmit=5&limit=x");
  });
});
