import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assignParameters } from "../../src/gateway/assign-parameters.ts";
import { addToQuery, buildUrl } from "../../src/gateway/build-url.ts";
import { CallRefused } from "../../src/gateway/call.ts";
import { matchOperation } from "../../src/gateway/match-operation.ts";
import { base, operationsOf } from "./prepare.ts";

const styled = ["label", "matrix"].flatMap((style) =>
  [true, false].map((explode) => ({
    path: `/${style}-${explode}/{id}`,
    parameters: [{ name: "id", in: "path", required: true, style, explode, schema: {} }],
  })),
);
const templates = ["/items/{id}", "/items/{id}/parts/{part}", "/files/{name}.{format}", "/a b/{x}", "/items"];
const operations = operationsOf({
  openapi: "3.1.0",
  paths: Object.fromEntries([
    ...templates.map((path) => [path, { get: {} }]),
    ...styled.map(({ path, parameters }) => [path, { get: { parameters } }]),
  ]),
});

function urlOf(path: string, params: Record<string, unknown>, query: Record<string, unknown> = {}): URL {
  const matched = matchOperation({ method: "GET", path, params, query }, operations);
  const details = operations.details(matched.operation);
  const given = assignParameters(matched, {}, details, operations.document, { kind: "none" });
  return buildUrl(base, matched.operation, given);
}

/** What a lenient server would make of a path: decoded until nothing changes, then walked. */
function walked(pathname: string): string[] {
  let text = pathname;
  for (let round = 0; round < 8; round += 1) {
    text = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  const stack: string[] = [];
  for (const segment of text.replaceAll("\\", "/").split("/")) {
    if (segment === "..") stack.pop();
    else if (segment !== "." && segment !== "") stack.push(segment);
  }
  return stack;
}

const nasty = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(
      ".",
      "/",
      "\\",
      "%2e",
      "%2f",
      "%25",
      "%5c",
      "@",
      ":",
      "?",
      "#",
      "\t",
      "\n",
      "\0",
      "%",
      ";",
      "a",
      "é",
    ),
    maxLength: 10,
  }),
  fc.constantFrom(
    "..",
    ".",
    "%2e%2e",
    ".%2e",
    "..%2f..",
    "//evil",
    "/\\evil",
    "%252e%252e",
    "..;/x",
    "%c0%ae%c0%ae",
  ),
);

describe("the URL of a call", () => {
  test("never leaves origin and base path, whatever path and values a program gives", () => {
    let sent = 0;
    fc.assert(
      fc.property(
        fc.oneof(nasty, fc.constantFrom(...templates)),
        nasty,
        nasty,
        nasty,
        (path, id, part, query) => {
          let url: URL;
          try {
            const names = { id, part, name: id, format: part, x: id };
            const used = Object.fromEntries(
              Object.entries(names).filter(([name]) => path.includes(`{${name}}`)),
            );
            url = urlOf(path.startsWith("/") ? path : `/items/${path}`, used, {
              q: query,
              [query || "k"]: id,
            });
          } catch (error) {
            if (error instanceof CallRefused) return;
            throw error;
          }
          sent += 1;
          expect(url.origin).toBe("https://api.example");
          expect(url.pathname.startsWith("/v1/base/")).toBe(true);
          expect(url.username + url.password + url.hash).toBe("");
          expect(walked(url.pathname).slice(0, 2)).toEqual(["v1", "base"]);
        },
      ),
      { numRuns: 10_000 },
    );
    // The control: most inputs are harmless and do become a URL.
    expect(sent).toBeGreaterThan(2_000);
  });

  test("never leaves them either when a style writes lists and objects of such values", () => {
    let sent = 0;
    const value = fc.oneof(
      nasty,
      fc.array(nasty, { maxLength: 3 }),
      fc.dictionary(fc.oneof(nasty, fc.constantFrom("a", "b")), nasty, { maxKeys: 3 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...styled), value, ({ path }, id) => {
        let url: URL;
        try {
          url = urlOf(path, { id });
        } catch (error) {
          if (error instanceof CallRefused) return;
          throw error;
        }
        sent += 1;
        expect(url.href.startsWith(`https://api.example/v1/base${path.replace("{id}", "")}`)).toBe(true);
        expect(url.pathname.slice("/v1/base/".length).split("/")).toHaveLength(2);
        expect(walked(url.pathname).slice(0, 3)).toEqual(["v1", "base", path.split("/")[1]]);
      }),
      { numRuns: 10_000 },
    );
    expect(sent).toBeGreaterThan(2_000);
  });

  test("decodes back to the values it was given", () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .filter((each) => each.isWellFormed());
    let sent = 0;
    fc.assert(
      fc.property(text, text, fc.array(text, { maxLength: 3 }), (id, part, list) => {
        let url: URL;
        try {
          url = urlOf("/items/{id}/parts/{part}", { id, part }, { list, one: part });
        } catch (error) {
          if (error instanceof CallRefused) return;
          throw error;
        }
        sent += 1;
        const [, , , , first = "", , second = ""] = url.pathname.split("/");
        expect([decodeURIComponent(first), decodeURIComponent(second)]).toEqual([id, part]);
        expect(url.searchParams.getAll("list")).toEqual(list);
        expect(url.searchParams.getAll("one")).toEqual([part]);
      }),
      { numRuns: 10_000 },
    );
    expect(sent).toBeGreaterThan(9_000);
  });

  test("gets the credential as the only pair of its name, and is not otherwise rewritten", () => {
    const url = urlOf("/items", {}, { filter: "a b", key: "mine", list: ["x", "y"] });
    addToQuery(url, "key", "s e&c");
    expect(url.search).toBe("?filter=a%20b&list=x&list=y&key=s%20e%26c");
  });

  test.each(["..", ".", "%2e%2e", "a/../b", "..%2f", "a\\..\\b", ["x", ".."], { a: ".." }])(
    "names the value %j, which is a step to another path",
    (id) => {
      expect(() => urlOf("/items/{id}", { id })).toThrow(
        /params\.id is .+, which some servers read as a step/,
      );
    },
  );

  test("a slash a style puts a dot before is no step either", () => {
    expect(() => urlOf("/label-false/{id}", { id: "/admin" })).toThrow("does not stay below");
    expect(urlOf("/label-false/{id}", { id: "a/b" }).pathname).toBe("/v1/base/label-false/.a%2Fb");
  });

  test("what the URL class alone would make of such input leaves the base (the control)", () => {
    expect(new URL("//evil.example/x", base).host).toBe("evil.example");
    expect(new URL(`${base.href}/../../admin`).pathname).toBe("/admin");
  });

  test("takes a template with params, or the same path filled in, to the same place", () => {
    const expected = "https://api.example/v1/base/items/a%2Fb/parts/c%20d";
    expect(urlOf("/items/{id}/parts/{part}", { id: "a/b", part: "c d" }).href).toBe(expected);
    expect(urlOf("/items/a%2Fb/parts/c d", {}).href).toBe(expected);
  });

  test("takes a template of which some placeholders are filled already", () => {
    expect(urlOf("/items/7/parts/{part}", { part: "a/b" }).pathname).toBe("/v1/base/items/7/parts/a%2Fb");
    expect(() => urlOf("/items/7/parts/{part}", {})).toThrow(
      "{part} in /items/{id}/parts/{part} has no value",
    );
  });

  test("fills several placeholders of one segment", () => {
    expect(urlOf("/files/{name}.{format}", { name: "report", format: "csv" }).pathname).toBe(
      "/v1/base/files/report.csv",
    );
    expect(urlOf("/files/report.2026.csv", {}).pathname).toBe("/v1/base/files/report.2026.csv");
  });

  test("encodes literal parts of the document's own template once", () => {
    expect(urlOf("/a b/{x}", { x: 1 }).pathname).toBe("/v1/base/a%20b/1");
  });

  test("reads a query written into the path as a query", () => {
    expect(urlOf("/items?limit=5&tag=a%20b", {}, { page: 2 }).search).toBe("?limit=5&tag=a%20b&page=2");
  });

  test("repeats a query parameter for an array, skips null, keeps 0, false and the empty string", () => {
    expect(urlOf("/items", {}, { a: [1, "x"], b: null, c: 0, d: false, e: "" }).search).toBe(
      "?a=1&a=x&c=0&d=false&e=",
    );
  });

  test.each([
    ["an empty object in the path", "/items/{id}", { id: {} }, {}, "nothing is left on the wire"],
    ["an empty value", "/items/{id}", { id: "" }, {}, "an empty string"],
    ["a value beside one in the path", "/items/7", { id: 8 }, {}, "already has a value"],
  ])("refuses %s and names it", (_, path, params, query, words) => {
    expect(() => urlOf(path, params, query)).toThrow(words);
  });
});
