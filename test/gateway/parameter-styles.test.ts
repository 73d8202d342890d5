import { describe, expect, test } from "vitest";
import { cookiePairs, headerText, pathText, queryPairs } from "../../src/gateway/serialize-parameter.ts";
import { documentOf, operationsOf, prepare } from "./prepare.ts";

const string = "blue";
const array = ["blue", "black", "brown"];
const object = { R: 100, G: 200, B: 150 };

/** OpenAPI 3.2.1, "Style Examples", row by row; what the table calls n/a is not here. */
const table: [place: string, style: string, explode: boolean, value: unknown, text: string][] = [
  ["path", "matrix", false, string, ";color=blue"],
  ["path", "matrix", false, array, ";color=blue,black,brown"],
  ["path", "matrix", false, object, ";color=R,100,G,200,B,150"],
  ["path", "matrix", true, string, ";color=blue"],
  ["path", "matrix", true, array, ";color=blue;color=black;color=brown"],
  ["path", "matrix", true, object, ";R=100;G=200;B=150"],
  ["path", "label", false, string, ".blue"],
  ["path", "label", false, array, ".blue,black,brown"],
  ["path", "label", false, object, ".R,100,G,200,B,150"],
  ["path", "label", true, string, ".blue"],
  ["path", "label", true, array, ".blue.black.brown"],
  ["path", "label", true, object, ".R=100.G=200.B=150"],
  ["path", "simple", false, string, "blue"],
  ["path", "simple", false, array, "blue,black,brown"],
  ["path", "simple", false, object, "R,100,G,200,B,150"],
  ["path", "simple", true, string, "blue"],
  ["path", "simple", true, array, "blue,black,brown"],
  ["path", "simple", true, object, "R=100,G=200,B=150"],
  ["header", "simple", false, string, "blue"],
  ["header", "simple", false, array, "blue,black,brown"],
  ["header", "simple", false, object, "R,100,G,200,B,150"],
  ["header", "simple", true, array, "blue,black,brown"],
  ["header", "simple", true, object, "R=100,G=200,B=150"],
  ["query", "form", false, "", "color="],
  ["query", "form", false, string, "color=blue"],
  ["query", "form", false, array, "color=blue,black,brown"],
  ["query", "form", false, object, "color=R,100,G,200,B,150"],
  ["query", "form", true, string, "color=blue"],
  ["query", "form", true, array, "color=blue&color=black&color=brown"],
  ["query", "form", true, object, "R=100&G=200&B=150"],
  ["query", "spaceDelimited", false, array, "color=blue%20black%20brown"],
  ["query", "spaceDelimited", false, object, "color=R%20100%20G%20200%20B%20150"],
  ["query", "pipeDelimited", false, array, "color=blue%7Cblack%7Cbrown"],
  ["query", "pipeDelimited", false, object, "color=R%7C100%7CG%7C200%7CB%7C150"],
  ["query", "deepObject", true, object, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"],
  ["query", "deepObject", false, object, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"],
  ["cookie", "form", false, string, "color=blue"],
  ["cookie", "form", false, array, "color=blue,black,brown"],
  ["cookie", "form", false, object, "color=R,100,G,200,B,150"],
  ["cookie", "cookie", false, string, "color=blue"],
  ["cookie", "cookie", true, array, "color=blue; color=black; color=brown"],
  ["cookie", "cookie", true, object, "R=100; G=200; B=150"],
];

function written(place: string, shape: Parameters<typeof queryPairs>[0], value: unknown): string | undefined {
  switch (place) {
    case "path":
      return pathText(shape, value);
    case "header":
      return headerText(shape, value);
    case "cookie":
      return cookiePairs(shape, value).join("; ");
    default:
      return queryPairs(shape, value).join("&");
  }
}

describe("a value is written as the specification's own table has it", () => {
  test.each(table)("%s, style %s, explode %s: %j → %s", (place, style, explode, value, text) => {
    expect(written(place, { name: "color", style, explode, allowReserved: false }, value)).toBe(text);
  });
});

/** RFC 6570, sections 3.2.2 to 3.2.8: the values of section 3.2 under the operators OpenAPI's styles stand for. */
const count = ["one", "two", "three"];
const keys = { semi: ";", dot: ".", comma: "," };
const rfc: [place: string, style: string, explode: boolean, name: string, value: unknown, text: string][] = [
  ["path", "simple", false, "hello", "Hello World!", "Hello%20World%21"],
  ["path", "simple", false, "half", "50%", "50%25"],
  ["path", "simple", false, "count", count, "one,two,three"],
  ["path", "simple", false, "keys", keys, "semi,%3B,dot,.,comma,%2C"],
  ["path", "simple", true, "keys", keys, "semi=%3B,dot=.,comma=%2C"],
  ["path", "label", false, "who", "fred", ".fred"],
  ["path", "label", false, "count", count, ".one,two,three"],
  ["path", "label", true, "count", count, ".one.two.three"],
  ["path", "label", false, "keys", keys, ".semi,%3B,dot,.,comma,%2C"],
  ["path", "label", true, "keys", keys, ".semi=%3B.dot=..comma=%2C"],
  ["path", "matrix", false, "half", "50%", ";half=50%25"],
  ["path", "matrix", false, "empty", "", ";empty"],
  ["path", "matrix", false, "count", count, ";count=one,two,three"],
  ["path", "matrix", true, "count", count, ";count=one;count=two;count=three"],
  ["path", "matrix", false, "keys", keys, ";keys=semi,%3B,dot,.,comma,%2C"],
  ["path", "matrix", true, "keys", keys, ";semi=%3B;dot=.;comma=%2C"],
  ["query", "form", true, "half", "50%", "half=50%25"],
  ["query", "form", true, "empty", "", "empty="],
  ["query", "form", false, "count", count, "count=one,two,three"],
  ["query", "form", true, "count", count, "count=one&count=two&count=three"],
  ["query", "form", false, "keys", keys, "keys=semi,%3B,dot,.,comma,%2C"],
  ["query", "form", true, "keys", keys, "semi=%3B&dot=.&comma=%2C"],
  ["query", "form", true, "undef", null, ""],
  ["query", "form", true, "empty_keys", [], ""],
];

describe("a value is written as RFC 6570 expands it", () => {
  test.each(rfc)("%s, style %s, explode %s: %s = %j → %s", (place, style, explode, name, value, text) => {
    expect(written(place, { name, style, explode, allowReserved: false }, value) ?? "").toBe(text);
  });
});

describe("values beyond the table", () => {
  const query = (value: unknown, more: object = {}) =>
    queryPairs({ name: "q", style: "form", explode: true, allowReserved: false, ...more }, value).join("&");

  test.each([
    [0, "q=0"],
    [false, "q=false"],
    ["", "q="],
    [null, ""],
    [[null, 1, null], "q=1"],
    ["2026-01-02T03:04:05.000Z", "q=2026-01-02T03%3A04%3A05.000Z"],
    [[{ a: 1 }], "q=%7B%22a%22%3A1%7D"],
    ["é & +", "q=%C3%A9%20%26%20%2B"],
  ])("%j → %s", (value, text) => {
    expect(query(value)).toBe(text);
  });

  test("deepObject goes deeper the way most servers read it", () => {
    const value = { a: { b: 1 }, list: ["x", "y"], rows: [{ c: 1 }, { c: 2 }], none: null };
    expect(decodeURIComponent(query(value, { style: "deepObject" }))).toBe(
      "q[a][b]=1&q[list][]=x&q[list][]=y&q[rows][0][c]=1&q[rows][1][c]=2",
    );
  });

  test("allowReserved lets reserved characters and encoded ones pass, but nothing that ends the value", () => {
    expect(query("/a:b?c=d,e%2Ff 50%", { allowReserved: true })).toBe("q=/a:b?c=d,e%2Ff%2050%25");
    expect(query("x&admin=1+2#y", { allowReserved: true })).toBe("q=x%26admin=1%2B2%23y");
    // In a path it does not make two segments of one.
    const shape = { name: "q", style: "simple", explode: false, allowReserved: true };
    expect(pathText(shape, "a/b:c?d")).toBe("a%2Fb:c%3Fd");
  });

  test("a parameter with content is written as that type", () => {
    const json = { contentType: "application/json" };
    expect(decodeURIComponent(query({ lat: 40.6 }, json))).toBe('q={"lat":40.6}');
    expect(decodeURIComponent(query('{"lat":40.6}', json))).toBe('q={"lat":40.6}');
    expect(query("a b", { contentType: "text/plain" })).toBe("q=a%20b");
    const header = { name: "H", style: "simple", explode: false, allowReserved: false, ...json };
    expect(headerText(header, { a: "é" })).toBe('{"a":"\\u00e9"}');
  });

  test("a cookie's value cannot add a cookie or a header", () => {
    const shape = (style: string) => ({ name: "c", style, explode: true, allowReserved: false });
    expect(cookiePairs(shape("form"), "a; b=c\r\nd")).toEqual(["c=a%3B%20b%3Dc%0D%0Ad"]);
    expect(() => cookiePairs(shape("cookie"), "a; b=c")).toThrow("no cookie can carry");
  });
});

describe("what Twofold sets itself", () => {
  const parameters = ["token", "other"].flatMap((name) => [
    { name, in: "cookie", schema: {} },
    { name, in: "header", schema: {} },
    { name, in: "query", schema: {} },
  ]);
  parameters.push({ name: "Cookie", in: "header", schema: {} }, { name: "Host", in: "header", schema: {} });
  const operations = operationsOf(documentOf({ parameters }, {}, "GET /things"));
  const call = (rest: object, kind: "cookie" | "header") =>
    prepare(
      operations,
      { method: "GET", path: "/things", ...rest },
      { credential: { kind, name: "token", value: "ours" } },
    );

  test("no cookie parameter stands in for, whatever the document declares", async () => {
    const { headers } = await call({ params: { token: "theirs", other: { token: "theirs too" } } }, "cookie");
    expect(headers.get("cookie")).toBe("token=ours");
  });
  test.each(["token", "Cookie", "Host"])("no header parameter does: %s", async (name) => {
    await expect(call({ headers: { [name]: "theirs" } }, "header")).rejects.toThrow(
      "is not for programs to set",
    );
  });
});

describe("the defaults of a place", () => {
  const parameters = [
    { name: "id", in: "path", required: true, schema: { type: "array", items: { type: "integer" } } },
    { name: "q", in: "query", schema: { type: "array", items: { type: "string" } } },
    { name: "joined", in: "query", explode: false, schema: { type: "array", items: { type: "string" } } },
    { name: "X-H", in: "header", schema: { type: "array", items: { type: "integer" } } },
    { name: "c", in: "cookie", schema: { type: "string" } },
    { name: "day", in: "query", schema: { type: "string", format: "date" } },
  ];
  const operations = operationsOf(documentOf({ parameters }, {}, "GET /things/{id}"));
  const call = (rest: object) =>
    prepare(operations, { method: "GET", path: "/things/{id}", params: { id: [3, 4] }, ...rest });

  test("path and header are simple, the query exploded, a cookie goes as a pair", async () => {
    const { url, headers } = await call({
      params: { id: [3, 4], c: "x y" },
      query: { q: ["a", "b c"] },
      headers: { "x-h": [1, 2] },
    });
    expect(url.href).toBe("https://api.example/v1/base/things/3,4?q=a&q=b%20c");
    expect(headers.get("x-h")).toBe("1,2");
    expect(headers.get("cookie")).toBe("c=x%20y");
  });

  test("a list may be given as its one item, or joined as it would be on the wire", async () => {
    expect((await call({ params: { id: 3 }, query: { q: "a,b", joined: "a,b" } })).url.search).toBe(
      "?q=a%2Cb&joined=a,b",
    );
  });

  test("the Date of a day goes as that day", async () => {
    const day = new Date(Date.UTC(2026, 0, 2));
    expect((await call({ query: { day } })).url.search).toBe("?day=2026-01-02");
  });
});
