import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { documentOf, operationsOf, prepare, textOf } from "./prepare.ts";

type Content = Record<string, object>;

/** The body as a program's own call is carried: `{json}`, `{text}`, `{bytes}` or `{form}`. */
async function sent(content: Content | undefined, body: object | undefined, rest: object = {}) {
  const requestBody = content === undefined ? {} : { requestBody: { content } };
  const operations = operationsOf(documentOf(requestBody));
  const prepared = await prepare(operations, {
    method: "POST",
    path: "/things",
    ...(body && { body }),
    ...rest,
  });
  return { type: prepared.headers.get("content-type"), text: textOf(prepared.body), bytes: prepared.body };
}
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** What a standard server reads: the platform's own parser of multipart bodies. */
async function parse({ type, bytes }: { type: string | null; bytes: Uint8Array | undefined }) {
  const form = await new Response(bytes as BodyInit, { headers: { "content-type": type ?? "" } }).formData();
  return [...form];
}

describe("a body goes as the operation takes it", () => {
  test.each([
    [{ "application/json": {} }, { json: { a: 1 } }, "application/json", '{"a":1}'],
    [{ "application/json": {} }, { json: 0 }, "application/json", "0"],
    [{ "application/json": {} }, { json: false }, "application/json", "false"],
    [{ "application/json": {} }, { json: null }, "application/json", "null"],
    [{ "application/json": { schema: { type: "string" } } }, { text: "" }, "application/json", '""'],
    [{ "application/json": { schema: { type: "string" } } }, { text: "5" }, "application/json", '"5"'],
    [{ "application/json": {} }, { text: '{"by":"hand"}' }, "application/json", '{"by":"hand"}'],
    [{ "application/merge-patch+json": {} }, { json: {} }, "application/merge-patch+json", "{}"],
    [{ "text/csv": {} }, { text: "a;b" }, "text/csv", "a;b"],
    [{ "text/plain": {} }, { json: 5 }, null, "refused"],
    [{ "application/x-ndjson": {} }, { json: [{ a: 1 }, 2] }, "application/x-ndjson", '{"a":1}\n2\n'],
    [{ "application/json-seq": {} }, { json: [1] }, "application/json-seq", "\u001e1\n"],
    [
      { "application/x-www-form-urlencoded": {} },
      { text: "a=1&b=2" },
      "application/x-www-form-urlencoded",
      "a=1&b=2",
    ],
    [{ "*/*": {} }, { json: { a: 1 } }, "application/json", '{"a":1}'],
    [{ "image/png": {} }, { bytes: base64(Buffer.from("PNG")) }, "image/png", "PNG"],
    [{}, { bytes: base64(Buffer.from("x")) }, "application/octet-stream", "x"],
    [{ "application/xml": {} }, { json: { a: 1 } }, null, "refused"],
    [{ "application/json": {} }, { text: "no json" }, null, "refused"],
  ])("%j and %j → %s", async (content, body, type, text) => {
    const result = sent(content, body).catch(() => ({ type: null, text: "refused" }));
    expect(await result).toMatchObject({ type, text });
  });

  test("the program's own content type decides where it gives one", async () => {
    const content = { "application/json": {}, "text/plain": {} };
    const headers = { "Content-Type": "application/vnd.api+json" };
    expect(await sent(content, { json: {} }, { headers })).toMatchObject({
      type: "application/vnd.api+json",
    });
  });

  test("a missing body, one too many and one of the wrong kind are explained", async () => {
    const schema = { type: "object", required: ["name"], properties: { name: { type: "string" } } };
    const required = operationsOf(
      documentOf({ requestBody: { required: true, content: { "application/json": { schema } } } }),
    );
    const call = { method: "POST", path: "/things" };
    await expect(prepare(required, call)).rejects.toThrow(
      'POST /things needs a body, of application/json (schema: {"type":"object","required":["name"]})',
    );
    expect((await prepare(required, { ...call, validate: false })).body).toBeUndefined();
    await expect(prepare(required, { ...call, body: { json: null } })).rejects.toThrow("needs a body");
    await expect(sent(undefined, { json: {} })).rejects.toThrow("takes no body by the document");
    expect(await sent(undefined, { json: {} }, { validate: false })).toMatchObject({ text: "{}" });
    await expect(sent({ "application/xml": {} }, { json: { a: 1 } })).rejects.toThrow(
      'takes application/xml, and body is {"a":1}. Give the text of it',
    );
    await expect(
      sent({ "application/json": {} }, { form: [{ name: "f", bytes: "AA==" }], multipart: true }),
    ).rejects.toThrow('cannot carry bytes in the field "f"');
  });
});

describe("an urlencoded form", () => {
  const type = "application/x-www-form-urlencoded";
  const fields = { a: "x y", list: [1, 2], none: null, flag: false, deep: { k: 1 } };

  test.each([
    [{}, "a=x+y&list=1&list=2&flag=false&deep=%7B%22k%22%3A1%7D"],
    [{ list: { explode: false } }, "a=x+y&list=1,2&flag=false&deep=%7B%22k%22%3A1%7D"],
    [{ list: { style: "pipeDelimited" } }, "a=x+y&list=1%7C2&flag=false&deep=%7B%22k%22%3A1%7D"],
    [{ deep: { style: "deepObject" } }, "a=x+y&list=1&list=2&flag=false&deep%5Bk%5D=1"],
    [{ deep: { style: "form" } }, "a=x+y&list=1&list=2&flag=false&k=1"],
  ])("with encoding %j → %s", async (encoding, text) => {
    expect(await sent({ [type]: { encoding } }, { json: fields })).toMatchObject({ type, text });
  });

  test("is what `form` becomes where the operation takes that", async () => {
    const form = Object.entries(fields).map(([name, json]) => ({ name, json }));
    expect(await sent({ [type]: {} }, { form, multipart: true })).toMatchObject({ type });
  });

  test("is checked as its schema means it, texts for numbers included", async () => {
    const schema = {
      properties: { n: { type: "integer" }, list: { type: "array", items: { type: "integer" } } },
    };
    const content = { [type]: { schema } };
    await expect(sent(content, { json: { n: "5", list: ["1"] } })).resolves.toBeDefined();
    await expect(sent(content, { json: { n: "x" } })).rejects.toThrow('body.n is "x", not an integer');
  });
});

describe("a multipart form", () => {
  const type = "multipart/form-data";

  test("arrives with every field and byte, whatever they are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            name: fc.stringMatching(/^[\w.[\] é"-]{1,20}$/),
            content: fc.oneof(
              fc.uint8Array({ maxLength: 200 }),
              fc.string({ unit: "grapheme", maxLength: 50 }),
              fc.constantFrom(
                "\r\n",
                "--",
                "--twofold-",
                '\r\n--x\r\nContent-Disposition: form-data; name="y"\r\n\r\n',
              ),
            ),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        async (fields) => {
          const form = fields.map(({ name, content }) =>
            typeof content === "string"
              ? { name, value: content }
              : { name, bytes: base64(content), filename: "f" },
          );
          const parsed = await parse(await sent({ [type]: {} }, { form, multipart: true }));
          expect(parsed.map(([name]) => name)).toEqual(fields.map(({ name }) => name));
          const read = parsed.map(async ([, value]) =>
            typeof value === "string" ? value : new Uint8Array(await value.arrayBuffer()),
          );
          expect(await Promise.all(read)).toEqual(
            fields.map(({ content }) => (typeof content === "string" ? content : new Uint8Array(content))),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test("gives each part the type its encoding says, or the usual one", async () => {
    const form = [
      { name: "meta", json: { a: 1 } },
      { name: "list", json: [1, "x"] },
      { name: "all", json: [1, 2] },
      { name: "joined", json: [1, 2] },
      { name: "plain", json: 7 },
      { name: "none", json: null },
      { name: "icon", bytes: base64(Buffer.from("PNG")), filename: "i.png" },
      { name: "typed", bytes: "AA==", filename: "t", type: "text/css" },
      { name: "note", json: "hi" },
    ];
    const encoding = {
      icon: { contentType: "image/png, image/jpeg" },
      typed: { contentType: "image/png" },
      all: { contentType: "application/json" },
      joined: { style: "form", explode: false },
      note: { contentType: "text/markdown" },
    };
    const { text } = await sent({ [type]: { encoding } }, { form, multipart: true });
    const parts = text
      .split(/--twofold-[0-9a-f]+(?:--)?\r\n/)
      .slice(1, -1)
      .map((part) => part.replaceAll("Content-Disposition: form-data; ", "").trimEnd().split("\r\n"));
    expect(parts).toEqual([
      ['name="meta"', "Content-Type: application/json", "", '{"a":1}'],
      ['name="list"', "", "1"],
      ['name="list"', "", "x"],
      ['name="all"', "Content-Type: application/json", "", "[1,2]"],
      ['name="joined"', "", "1,2"],
      ['name="plain"', "", "7"],
      ['name="icon"; filename="i.png"', "Content-Type: image/png", "", "PNG"],
      ['name="typed"; filename="t"', "Content-Type: text/css", "", "\0"],
      ['name="note"', "Content-Type: text/markdown", "", "hi"],
    ]);
  });

  test("is checked like any body, except for what is in a file", async () => {
    const schema = {
      required: ["file", "name"],
      properties: { file: { type: "string", format: "binary", minLength: 10 }, name: { type: "string" } },
    };
    const file = { name: "file", bytes: "AA==" };
    await expect(
      sent({ [type]: { schema } }, { form: [file, { name: "name", json: "x" }], multipart: true }),
    ).resolves.toBeDefined();
    await expect(sent({ [type]: { schema } }, { form: [file], multipart: true })).rejects.toThrow(
      "body.name is missing",
    );
    await expect(
      sent({ [type]: { schema } }, { form: [{ name: "name", json: "x" }], multipart: true }),
    ).rejects.toThrow("body.file is missing");
  });

  test("is bounded by what occurs in none of its parts, not even where one of them is such a body", async () => {
    const wrap = async (bytes: Uint8Array) => {
      const form = [{ name: "inner", bytes: base64(bytes), filename: "f" }];
      return (await sent({ [type]: {} }, { form, multipart: true })).bytes ?? new Uint8Array();
    };
    const once = await wrap(Buffer.from("x"));
    const form = [{ name: "inner", bytes: base64(once), filename: "f" }];
    const [[, inner] = []] = await parse(await sent({ [type]: {} }, { form, multipart: true }));
    expect(new Uint8Array(await (inner as File).arrayBuffer())).toEqual(new Uint8Array(once));
  });

  test("keeps a file name and a type from writing a header of their own", async () => {
    const form = [{ name: 'a"\r\nX: 1', bytes: "AA==", filename: 'b"\r\nY: 2', type: "text/plain\r\nZ: 3" }];
    const { text } = await sent({ [type]: {} }, { form, multipart: true });
    expect(text).not.toMatch(/^[XYZ]: /m);
    expect(text).toContain('name="a%22%0D%0AX: 1"; filename="b%22%0D%0AY: 2"');
  });
});
