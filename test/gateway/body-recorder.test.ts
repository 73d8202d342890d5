import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { cutDocument } from "../../scripts/spec/cut-document.ts";
import { BodyRecorder } from "../../src/gateway/body-recorder.ts";
import type { RecordedCalls } from "../../src/gateway/body-recorder.ts";
import { Redactor } from "../../src/gateway/redact.ts";
import { limits } from "../../src/limits.ts";
import type { Limits } from "../../src/limits.ts";
import type { OperationDetails } from "../../src/spec/operation-details.ts";
import { Operations } from "../../src/spec/operations.ts";
import { encodePieces } from "../../src/spec/pieces.ts";

const canary = "canary-4f1c9d7be2";
const { index, pieces } = cutDocument({ openapi: "3.1.0", paths: {} });
const { document } = new Operations(index, encodePieces(pieces).buffer as ArrayBuffer, limits);

const account = { type: "object", properties: { password: { type: "string", format: "password" } } };
const details = (schema: object, type = "application/json"): OperationDetails => ({
  parameters: [],
  requestBody: { required: false, content: [{ type, schema, encoding: {} }] },
  responses: { default: { content: { [type]: { schema } } } },
  security: [],
});

function recorder(options: { calls?: RecordedCalls; redact?: string[]; limits?: Partial<Limits> } = {}) {
  const { calls = "all", redact = [] } = options;
  return new BodyRecorder(calls, {
    redactor: new Redactor([canary]),
    redact,
    document,
    limits: { ...limits, ...options.limits } as Limits,
  });
}
const bytes = (text: string) => new TextEncoder().encode(text);
const json = "application/json";
/** What is kept of a body that is sent. */
const sent = (
  text: string,
  type = json,
  { schema = {}, ...more }: { schema?: object; redact?: string[] } = {},
) => recorder(more).sent({ bytes: bytes(text), type, details: details(schema) });

test("calls whose bodies are recorded are none, those that act, or all", () => {
  const effects = ["read", "write", "delete"] as const;
  const recorded = (calls: RecordedCalls) => effects.filter((effect) => recorder({ calls }).records(effect));
  expect(["none", "writes", "all"].map((calls) => recorded(calls as RecordedCalls))).toEqual([
    [],
    ["write", "delete"],
    ["read", "write", "delete"],
  ]);
});

describe("of a body that is sent", () => {
  test.each([
    ["JSON", '{"a":[1,null],"b":"é"}', json],
    ["a text", "a;b\n1;2", "text/csv"],
    ["a form", "a=1&b=x+y", "application/x-www-form-urlencoded"],
    ["lines of JSON", '{"a":1}\n{"a":2}', "application/x-ndjson"],
  ])("%s is kept as it is", async (_, text, type) => {
    expect(await sent(text, type)).toEqual({ type, bytes: bytes(text).length, text, cut: 0 });
  });

  test.each([
    ["a field by its name", '{"owner":{"email":"PRIVATE"}}', json, { redact: ["owner.email"] }],
    ["one of two fields of that name", '{"email":"PRIVATE","email":{"a":1}}', json, { redact: ["email"] }],
    ["a field its schema calls secret", '{"password":"PRIVATE"}', json, { schema: account }],
    ["such a field in a list", '[{"password":"PRIVATE"}]', json, { schema: { items: account } }],
    ["the credential", `{"a":"x ${canary} PRIVAT"}`.replace("PRIVAT", ""), json, {}],
    ["the credential, escaped", `{"a":"${canary.replace("c", "\\u0063")}"}`, json, {}],
    ["the credential in a text", `PUT ${canary}`, "text/plain", {}],
    [
      "a field of a form",
      "owner[email]=PRIVATE&b=2",
      "application/x-www-form-urlencoded",
      { redact: ["owner.email"] },
    ],
    [
      "a field in a list of a form",
      "people[0][email]=PRIVATE",
      "application/x-www-form-urlencoded",
      { redact: ["people.email"] },
    ],
    [
      "a field of JSON in a form",
      `owner=${encodeURIComponent('{"email":"PRIVATE"}')}`,
      "application/x-www-form-urlencoded",
      { redact: ["email"] },
    ],
    [
      "a form's field by its schema",
      "password=PRIVATE",
      "application/x-www-form-urlencoded",
      { schema: account },
    ],
    ["a field of a line", '{"email":"PRIVATE"}\n{"a":1}', "application/x-ndjson", { redact: ["email"] }],
  ])("%s is not kept, and the rest is", async (_, text, type, options) => {
    const kept = await sent(text, type, options);
    expect(decodeURIComponent("text" in kept ? kept.text : "")).toContain("[redacted]");
    expect(JSON.stringify(kept)).not.toMatch(/PRIVATE|canary/);
  });

  const form = "application/x-www-form-urlencoded";
  const password = { type: "string", format: "password" };
  const formOf = (properties: object) => ({
    type: "object",
    properties: { ...properties, plain: { type: "string" } },
  });
  const secrets = formOf({ list: { type: "array", items: password } });
  const owner = formOf({ owner: account });
  test.each([
    ["a list, field by field", "list=PRIVATE&list=PRIVATE", { schema: secrets }],
    ["a list, with brackets", "list[]=PRIVATE", { schema: secrets }],
    ["a list, in one field", "list=PRIVATE,PRIVATE", { schema: secrets }],
    ["a map by numbers", "map[0]=PRIVATE", { schema: formOf({ map: { additionalProperties: password } }) }],
    ["a name with a dot", "a.b=PRIVATE", { schema: formOf({ "a.b": password }) }],
    ["a name with brackets", "a[b]=PRIVATE", { schema: formOf({ "a[b]": password }) }],
    ["an object beside the others", "password=PRIVATE", { schema: owner }],
    ["an object in one field", "owner=password,PRIVATE", { schema: owner }],
    ["an object beside the others, by its name", "email=PRIVATE", { redact: ["owner.email"] }],
    ["an object in one field, by its name", "owner=name|x|email|PRIVATE", { redact: ["email"] }],
  ])("a secret in %s of a form is not kept, and the rest is", async (_, text, options) => {
    const kept = await sent(`plain=shown&${text}`, form, options);
    const pairs = [...new URLSearchParams("text" in kept ? kept.text : "")];
    expect(pairs).toEqual([
      ["plain", "shown"],
      ...[...new URLSearchParams(text)].map(([name]) => [name, "[redacted]"]),
    ]);
  });

  test("of an object in a form's fields, what is not secret is kept", async () => {
    const kept = await sent("owner[password]=PRIVATE&owner[name]=ann", form, {
      schema: formOf({ owner: { properties: { ...account.properties, name: { type: "string" } } } }),
    });
    expect("text" in kept && decodeURIComponent(kept.text)).toBe(
      "owner[password]=[redacted]&owner[name]=ann",
    );
  });

  test.each([
    ["if", { if: account }],
    ["dependentSchemas", { dependentSchemas: { plain: account } }],
    ["dependencies", { dependencies: { plain: account } }],
    ["unevaluatedProperties", { properties: { plain: {} }, unevaluatedProperties: password }],
    ["contains", { properties: { password: { contains: password } } }],
    ["unevaluatedItems", { properties: { password: { unevaluatedItems: password } } }],
  ])("a field that %s calls secret is not kept", async (_, schema) => {
    const kept = await sent('{"plain":"shown","password":["PRIVATE"]}', json, { schema });
    expect(kept).toMatchObject({
      text: expect.stringMatching(/^{"plain":"shown","password":\[?"\[redacted]"/),
    });
  });

  test.each([
    ["JSON that is broken", '{"email":"PRIVATE",}', json, { redact: ["email"] }],
    ["XML", "<email>PRIVATE</email>", "application/xml", { redact: ["email"] }],
    [
      "a text with a secret schema",
      "PRIVATE",
      "text/plain",
      { schema: { type: "string", format: "password" } },
    ],
    ["lines whose schema has secrets", '{"password":"PRIVATE"}', "application/x-ndjson", { schema: account }],
  ])(
    "%s keeps nothing but its digest where fields are secret, and all where none is",
    async (_, text, type, options) => {
      const sha256 = createHash("sha256").update(text).digest("hex");
      expect(await sent(text, type, options)).toEqual({ type, bytes: text.length, sha256, why: "fields" });
      expect(await sent(text, type)).toMatchObject({ text });
    },
  );

  test.each([
    ["a picture", "image/png", new Uint8Array([0x89, 0x50, 0, 1])],
    ["a text that is none", "text/plain", new Uint8Array([0xff, 0xfe, 0x00])],
    ["files", "multipart/form-data; boundary=x", bytes("--x\r\n")],
  ])("%s keeps size, type and digest", async (_, type, body) => {
    const sha256 = createHash("sha256").update(body).digest("hex");
    const kept = await recorder().sent({ bytes: body, type, details: details({}) });
    expect(kept).toEqual({ type, bytes: body.length, sha256, why: "bytes" });
  });
});

describe("of an answer", () => {
  const answered = (
    data: { json: unknown } | { bytes: string },
    type = json,
    schema: object = {},
    redact: string[] = [],
  ) =>
    recorder({ redact }).answered({
      answer: { status: 200, ok: true, headers: {}, data },
      bytes: 5,
      type,
      details: details(schema, type),
    });

  test("what the program got of it is kept", async () => {
    expect(await answered({ json: { a: "[redacted]" } })).toEqual({
      type: json,
      bytes: 5,
      text: '{"a":"[redacted]"}',
      cut: 0,
    });
    expect(await answered({ json: "plain" }, "text/plain")).toMatchObject({ text: "plain" });
  });

  test("a text in which fields cannot be found keeps its digest, where there may be secret ones", async () => {
    for (const one of [
      answered({ json: "PRIVATE" }, "text/xml", {}, ["email"]),
      answered({ json: "{PRIVATE" }, json, {}, ["email"]),
      answered({ json: "PRIVATE" }, json, { type: "string", writeOnly: true }),
    ])
      expect(await one).toMatchObject({ why: "fields", sha256: expect.stringMatching(/^\w{64}$/) });
  });

  test("one too deep to be written keeps nothing, and fails nothing", async () => {
    let deep: unknown = 1;
    for (let n = 0; n < 200_000; n += 1) deep = [deep];
    expect(await answered({ json: deep })).toBeUndefined();
  });
});

describe("bounds", () => {
  const text = (length: number) => "x".repeat(length);
  const send = (to: BodyRecorder, body: string) =>
    to.sent({ bytes: bytes(body), type: "text/plain", details: details({}) });

  test.each([
    ["at", 10, 0],
    ["over", 11, 1],
  ])("a body %s its characters says how many were cut", async (_, length, cut) => {
    const to = recorder({ limits: { journalBodyChars: 10 } });
    expect(await send(to, text(length))).toMatchObject({ text: text(10), cut });
  });

  test("the real one is as limits.ts says", async () => {
    expect(await send(recorder(), text(limits.journalBodyChars + 5))).toMatchObject({ cut: 5 });
  });

  test("those of a run share what a run may leave, and none is cut within a character", async () => {
    const to = recorder({ limits: { journalBodiesChars: 10 } });
    expect(await send(to, text(7))).toMatchObject({ cut: 0 });
    expect(await send(to, "ab😀")).toMatchObject({ text: "ab", cut: 2 });
    expect(await send(to, text(2))).toMatchObject({ text: "x", cut: 1 });
    expect(await send(to, text(2))).toMatchObject({ text: "", cut: 2 });
  });

  test("a secret is looked for before the cut", async () => {
    const to = recorder({ limits: { journalBodyChars: 8 } });
    expect(await send(to, canary)).toMatchObject({ text: "[redacte", cut: 2 });
  });

  test("what is sent and larger than may be looked through keeps its digest", async () => {
    const to = recorder({ limits: { journalBodyBytes: 10 } });
    expect(await send(to, text(10))).toMatchObject({ cut: 0 });
    expect(await send(to, text(11))).toMatchObject({ bytes: 11, why: "large" });
  });
});
