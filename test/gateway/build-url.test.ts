import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildUrl } from "../../src/gateway/build-url.ts";
import { matchOperation } from "../../src/gateway/match-operation.ts";
import { CallRefused } from "../../src/gateway/call.ts";
import type { ArtifactIndex } from "../../src/spec/format.ts";
import { Operations } from "../../src/spec/operations.ts";

const base = new URL("https://api.example/v1/base");
const templates = ["/items/{id}", "/items/{id}/parts/{part}", "/files/{name}.{format}", "/a b/{x}", "/items"];
const index = {
  paths: Object.fromEntries(templates.map((path) => [path, { get: {} }])),
  media: [],
  mediaOf: [],
  notes: {},
} as unknown as ArtifactIndex;
const operations = new Operations(index);

function urlOf(path: string, params: Record<string, unknown>, query: Record<string, unknown> = {}): URL {
  const call = { method: "GET", path, params, query, headers: {} };
  const matched = matchOperation(call, operations);
  return buildUrl(base, matched.operation, matched.params, matched.query);
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
    expect(urlOf("/items?limit=5&tag=a%20b", {}, { page: 2 }).search).toBe("?limit=5&tag=a+b&page=2");
  });

  test("repeats a query parameter for an array, skips null, keeps 0, false and the empty string", () => {
    expect(urlOf("/items", {}, { a: [1, "x"], b: null, c: 0, d: false, e: "" }).search).toBe(
      "?a=1&a=x&c=0&d=false&e=",
    );
  });

  test.each([
    ["an object in the query", "/items", {}, { filter: { a: 1 } }, "query.filter"],
    ["an object in the path", "/items/{id}", { id: {} }, {}, "params.id"],
    ["an empty value", "/items/{id}", { id: "" }, {}, "an empty string"],
    ["a value beside one in the path", "/items/7", { id: 8 }, {}, "already has a value"],
  ])("refuses %s and names it", (_, path, params, query, words) => {
    expect(() => urlOf(path, params, query)).toThrow(words);
  });
});
