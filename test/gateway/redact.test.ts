import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkMarker } from "../../src/gateway/check-marker.ts";
import { answerSchema, redactFields } from "../../src/gateway/redact-fields.ts";
import { Redactor, secretsOf } from "../../src/gateway/redact.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const base64 = (text: string) => Buffer.from(text).toString("base64");
const hex = (text: string) => Buffer.from(text).toString("hex");
const percent = (text: string) =>
  [...utf8(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const unicode = (text: string) =>
  Array.from(
    { length: text.length },
    (_, n) => `\\u${text.charCodeAt(n).toString(16).padStart(4, "0")}`,
  ).join("");
const entity = (text: string) => [...text].map((character) => `&#${character.codePointAt(0)};`).join("");
const html = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");

/** Every way of writing a secret that must not come through. */
const encodings: Record<string, (secret: string) => string> = {
  plain: (secret) => secret,
  "in a header": (secret) => `Bearer ${secret}`,
  Base64: base64,
  "Base64 after one more character": (secret) => base64(`a${secret}b`),
  "Base64 after two": (secret) => base64(`ab${secret}cd`),
  "Base64 of a whole header": (secret) => base64(`authorization: Bearer ${secret}\r\n`),
  base64url: (secret) => Buffer.from(`?${secret}`).toString("base64url"),
  "Base64 of Base64": (secret) => base64(base64(secret)),
  "percent-encoded where needed": encodeURIComponent,
  "percent-encoded throughout": percent,
  "percent-encoded twice": (secret) => encodeURIComponent(percent(secret)),
  "as a form": (secret) => new URLSearchParams({ secret }).toString().slice("secret=".length),
  JSON: (secret) => JSON.stringify(secret).slice(1, -1),
  "JSON in JSON": (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3),
  "JSON with slashes escaped": (secret) => JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/"),
  "escaped throughout": unicode,
  "escaped in upper case": (secret) =>
    unicode(secret).replaceAll(/[0-9a-f]{4}/g, (digits) => digits.toUpperCase()),
  HTML: html,
  "HTML throughout": entity,
  hex,
  "hex in upper case": (secret) => hex(secret).toUpperCase(),
  "hex with colons": (secret) => hex(secret).replaceAll(/(..)(?=.)/g, "$1:"),
};

describe("the credential", () => {
  const example = 'sk_live+4f1/c9"d7=be2 A&<é';
  test.each(Object.keys(encodings))("is found %s", (name) => {
    const written = encodings[name]!(example);
    const clean = new Redactor([example]).text(`before ${written} after`);
    expect(clean).toContain("[redacted]");
    expect(clean.startsWith("before ") && clean.endsWith(" after")).toBe(true);
    // What Base64 leaves at its ends are bits of the neighbours: no four characters of the secret's own.
    expect(clean.length).toBeLessThan("before [redacted] after".length + 45);
  });

  test("whatever it is, however written and wherever it stands, does not survive, and nothing else changes", () => {
    const ascii = fc.string({
      unit: fc.constantFrom(...'abcXYZ0189+/=-_.~%&"<>\\'),
      minLength: 12,
      maxLength: 40,
    });
    const around = fc.string({ unit: fc.constantFrom(..."ghi GHI 567\n{}[],:é€😀"), maxLength: 30 });
    let inputs = 0;
    fc.assert(
      fc.property(ascii, around, around, (secret, before, after) => {
        // A secret of few characters is in every text of them, and moves where it is found.
        fc.pre(new Set(secret).size > 5 && !/\\\\/.test(secret));
        const redactor = new Redactor([secret]);
        // The same text without the secret comes back as it is.
        expect(redactor.text(`${before}|${after}`)).toBe(`${before}|${after}`);
        for (const encode of Object.values(encodings)) {
          const clean = redactor.text(`${before}|${encode(secret)}|${after}`);
          expect(clean.startsWith(`${before}|`) && clean.endsWith(`|${after}`)).toBe(true);
          expect(clean).toContain("[redacted]");
          for (const other of Object.values(encodings))
            if (clean.includes(other(secret))) throw new Error(clean);
          if (clean.includes(secret.slice(0, 10))) throw new Error(clean);
          inputs += 1;
        }
      }),
      { numRuns: 500 },
    );
    expect(inputs).toBeGreaterThan(10_000);
  });

  test("of a plain text between others leaves exactly the others", () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.array(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 6 }),
        (secret, parts) => {
          // "%3" before a secret that begins with 0 may be its first character, encoded.
          fc.pre(!parts.some((part) => /%[0-9a-f]?$/i.test(part)));
          expect(new Redactor([secret]).text(parts.join(secret))).toBe(parts.join("[redacted]"));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("is taken out of JSON, keys too, and what is left is the same value", () => {
    const json = fc.jsonValue();
    fc.assert(
      fc.property(fc.uuid(), json, fc.constantFrom(...Object.keys(encodings)), (secret, value, name) => {
        const redactor = new Redactor([secret]);
        const text = JSON.stringify({ value, [secret]: 1, echo: encodings[name]!(secret) });
        const parsed = redactor.parse(text) as Record<string, unknown>;
        expect(parsed["value"]).toEqual(JSON.parse(JSON.stringify(value)));
        expect(parsed["[redacted]"]).toBe(1);
        expect(parsed["echo"]).toContain("[redacted]");
        expect(JSON.stringify(parsed)).not.toContain(secret);
      }),
      { numRuns: 1_000 },
    );
  });

  test("of digits is taken out of numbers", () => {
    const redactor = new Redactor(["12345678901"]);
    expect(redactor.parse('{"id": 12345678901, "n": 5, "t": "x12345678901"}')).toEqual({
      id: "[redacted]",
      n: 5,
      t: "x[redacted]",
    });
    expect(redactor.parse("[1.2345678901e10]")).toEqual(["[redacted]"]);
    expect(redactor.parse('{"a12345678901": {"12345678901": 1}}')).toEqual({
      "a[redacted]": { "[redacted]": 1 },
    });
  });

  test("that begins within an escape leaves JSON that can be read", () => {
    expect(new Redactor(["nabcdefgh1"]).parse(String.raw`{"a": "x\nabcdefgh1", "b": "nabcdefgh1"}`)).toEqual({
      a: "x\nabcdefgh1",
      b: "[redacted]",
    });
  });

  test("is overwritten in bytes, and they stay as many", () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.uint8Array({ maxLength: 60 }),
        fc.uint8Array({ maxLength: 60 }),
        (secret, before, after) => {
          const bytes = new Uint8Array([...before, ...utf8(secret), ...after]);
          const clean = new Redactor([secret]).bytes(bytes);
          expect(clean.length).toBe(bytes.length);
          expect(clean.slice(0, before.length)).toEqual(before);
          expect(clean.slice(before.length + secret.length)).toEqual(after);
          expect(Buffer.from(clean).toString("latin1")).toContain("[redacted]*");
          expect(Buffer.from(clean).toString("latin1")).not.toContain(secret.slice(0, 12));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("that holds another is one place in bytes", () => {
    const redactor = new Redactor(["me:password1", "password1"]);
    expect(Buffer.from(redactor.bytes(utf8("<me:password1>"))).toString()).toBe("<[redacted]**>");
  });

  test("outside ASCII is found in bytes as well", () => {
    const secret = "pässwörd-éé";
    const clean = new Redactor([secret]).bytes(utf8(`x${secret}y`));
    expect(Buffer.from(clean).toString("utf8")).toBe("x[redacted]*****y");
  });

  test("shorter than eight characters goes only where it stands alone; below four it is left", () => {
    expect(new Redactor(["admin"]).text('{"key":"admin","role":"administrator","url":"?k=admin&x"}')).toBe(
      '{"key":"[redacted]","role":"administrator","url":"?k=[redacted]&x"}',
    );
    expect(new Redactor(["abc", "", "12"]).text("abc 12")).toBe("abc 12");
    expect(new Redactor(["12"]).parse("[12]")).toEqual([12]);
  });

  test("of thousands of characters is found too", () => {
    const secret = Array.from({ length: 300 }, (_, n) => (n * 7919).toString(36)).join(".");
    expect(new Redactor([secret]).text(`a${secret}b${base64(secret)}c`)).toMatch(
      /^a\[redacted\]b\[redacted\].{0,3}c$/,
    );
  });

  test("what a credential hides: the token without its scheme, a password with and without its user", () => {
    expect(secretsOf({ kind: "header", name: "authorization", value: "Bearer t0ken" })).toEqual(["t0ken"]);
    expect(
      secretsOf({ kind: "header", name: "authorization", value: `Basic ${base64("me:pass:word")}` }),
    ).toEqual([base64("me:pass:word"), "me:pass:word", "pass:word"]);
    expect(secretsOf({ kind: "query", name: "key", value: "k" })).toEqual(["k"]);
    expect(secretsOf({ kind: "none" })).toEqual([]);
  });
});

describe("secret fields", () => {
  const schemas: Record<string, unknown> = {
    "#/User": {
      type: "object",
      properties: {
        name: { type: "string" },
        password: { type: "string", format: "password" },
        friends: { type: "array", items: { $ref: "#/User" } },
        keys: { additionalProperties: { type: "string", writeOnly: true } },
        pin: { allOf: [{ type: "integer" }, { writeOnly: true }] },
        contact: { oneOf: [{ type: "string" }, { properties: { code: { format: "password" } } }] },
      },
    },
    "#/Plain": { properties: { name: {}, self: { $ref: "#/Plain" } } },
  };
  const resolve = (value: unknown) =>
    typeof value === "object" && value !== null && "$ref" in value ? schemas[String(value.$ref)] : value;
  const user = { $ref: "#/User" };

  test("are those the schema marks, through references, lists, maps and compositions", () => {
    const data = {
      name: "a",
      password: "p",
      pin: 7,
      keys: { x: "1", y: "2" },
      contact: { code: "c", kind: "k" },
      friends: [{ name: "b", password: "q", friends: [{ password: "r" }] }],
      other: { password: "not of this schema" },
    };
    expect(redactFields(data, user, [], resolve)).toEqual({
      name: "a",
      password: "[redacted]",
      pin: "[redacted]",
      keys: { x: "[redacted]", y: "[redacted]" },
      contact: { code: "[redacted]", kind: "k" },
      friends: [{ name: "b", password: "[redacted]", friends: [{ password: "[redacted]" }] }],
      other: { password: "not of this schema" },
    });
  });

  test("that are null stay null: there is nothing to hide", () => {
    expect(redactFields({ password: null }, user, [], resolve)).toEqual({ password: null });
  });

  test("are those policy names, anywhere or at the end of a path", () => {
    const data = {
      email: "a",
      owner: { email: "b", tags: [{ email: "c" }] },
      list: [{ owner: { email: "d", id: 1 } }],
    };
    expect(redactFields(structuredClone(data), undefined, ["email"], resolve)).toEqual({
      email: "[redacted]",
      owner: { email: "[redacted]", tags: [{ email: "[redacted]" }] },
      list: [{ owner: { email: "[redacted]", id: 1 } }],
    });
    expect(redactFields(structuredClone(data), undefined, ["owner.email"], resolve)).toEqual({
      email: "a",
      owner: { email: "[redacted]", tags: [{ email: "c" }] },
      list: [{ owner: { email: "[redacted]", id: 1 } }],
    });
  });

  test("of a schema without any leave the answer untouched, circles included", () => {
    const data = { name: "a", self: { self: {} } };
    expect(redactFields(data, { $ref: "#/Plain" }, [], resolve)).toBe(data);
    expect(redactFields("text", user, ["x"], resolve)).toBe("text");
  });

  test("are found however deep an answer goes, and soon", () => {
    const levels = 200_000;
    const text = `${'{"friends":['.repeat(levels)}{"password":"p","x":{"code":"c"}}${"]}".repeat(levels)}`;
    let inner = redactFields(JSON.parse(text), user, ["x.code"], resolve) as { friends: unknown[] };
    for (let level = 0; level < levels; level += 1) inner = inner.friends[0] as { friends: unknown[] };
    expect(inner).toEqual({ password: "[redacted]", x: { code: "[redacted]" } });
  });

  test("come from the schema of the status, its range or the default, and the content type", () => {
    const of = (schema: string) => ({
      content: { "application/json": { schema }, "text/csv": { schema: "csv" } },
    });
    const details = { responses: { "200": of("ok"), "4XX": of("wrong"), default: of("rest") } };
    const at = (status: number, type = "application/json; charset=utf-8") =>
      answerSchema(details, status, type, (value) => value);
    expect([at(200), at(404), at(500), at(200, "text/csv"), at(200, "application/problem+json")]).toEqual([
      "ok",
      "wrong",
      "rest",
      "csv",
      "ok",
    ]);
    expect(answerSchema({ responses: {} }, 200, "application/json", (value) => value)).toBeUndefined();
  });
});

describe("the marker", () => {
  const call = (over: object) => ({ method: "PUT", path: "/a", params: {}, query: {}, headers: {}, ...over });
  const refused = (over: object) => () => checkMarker(JSON.stringify(call(over)), call(over) as never);
  test.each([
    ["params.id", { params: { id: "[redacted]" } }],
    ["query.q", { query: { q: ["a", "x [redacted]"] } }],
    ["headers.x", { headers: { x: "[redacted]" } }],
    ["body.user.password", { body: { json: { user: { password: "[redacted]" } } } }],
    ["body", { body: { text: 'a: "[redacted]"' } }],
    ["body", { body: { json: { "[redacted]": 1 } } }],
    ["body", { body: { bytes: base64('{"password":"[redacted]"}') } }],
    ["body.0.bytes", { body: { form: [{ name: "file", bytes: base64("ab[redacted]") }] } }],
  ])("is refused in %s", (place, over) => {
    expect(refused(over)).toThrow(new RegExp(`^${place.replaceAll(".", "\\.")}.* holds "\\[redacted\\]"`));
  });
  test("a text that only looks like its Base64 is sent", () => {
    expect(refused({ body: { json: { note: base64("[redacted]") } } })).not.toThrow();
  });
  test("anything else is sent", () => {
    expect(refused({ body: { json: { note: "redacted [red] acted" } } })).not.toThrow();
  });
});
