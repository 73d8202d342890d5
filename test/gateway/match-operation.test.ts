import { describe, expect, test } from "vitest";
import { checkLiteralCall } from "../../src/gateway/check-literal-call.ts";
import { matchOperation } from "../../src/gateway/match-operation.ts";
import { operationsOf } from "./prepare.ts";

const operations = operationsOf({
  openapi: "3.1.0",
  paths: {
    "/items": { get: { operationId: "listItems" }, post: { operationId: "createItem" } },
    "/items/{id}": { get: { operationId: "getItem" }, delete: { operationId: "twice" } },
    "/parts/{id}": { delete: { operationId: "twice" }, patch: {} },
  },
});
const match = (operation: string) =>
  matchOperation({ operation, params: { id: 1 }, query: { a: 2 } }, operations);

describe("a call by operationId", () => {
  test("means the operation of that name, with its params and query", () => {
    const { operation, params, query } = match("getItem");
    expect(`${operation.method} ${operation.path}`).toBe("GET /items/{id}");
    expect({ params, query }).toEqual({ params: { id: 1 }, query: [["a", 2]] });
  });
  test("takes what find and describe write as well", () => {
    expect(match(" GET /items/{id}").operation.operationId).toBe("getItem");
  });
  test("of an unknown name is told the nearest three", () => {
    expect(() => match("getItm")).toThrow(
      'No operation of the document is called "getItm". Nearest: GET /items/{id} (getItem) · ',
    );
  });
  test("of a name that several have is told their addresses", () => {
    expect(() => match("twice")).toThrow(
      '2 operations of the document are called "twice". Give one of these in place of operation: {method: "DELETE", path: "/items/{id}"} · {method: "DELETE", path: "/parts/{id}"}.',
    );
  });
  test("of a document without names is told to give method and path", () => {
    const nameless = operationsOf({ openapi: "3.1.0", paths: { "/a": { get: {} } } });
    expect(() => matchOperation({ operation: "x", params: {}, query: {} }, nameless)).toThrow(
      "None of them has an operationId; give method and path.",
    );
  });
  test("that is spelled out is looked at before the program runs", () => {
    expect(checkLiteralCall({ operation: "getItm", params: [] }, operations)).toContain("Nearest:");
    expect(checkLiteralCall({ operation: "getItem", params: [] }, operations)).toContain(
      "needs params: {id}",
    );
    expect(checkLiteralCall({ operation: "getItem", params: ["item_id"] }, operations)).toBe(
      "GET /items/{id} needs params: {id}, not params.item_id.",
    );
    expect(checkLiteralCall({ operation: "getItem", params: ["id"] }, operations)).toBeUndefined();
  });
});

describe("a call by method and path", () => {
  const shop = operationsOf({
    openapi: "3.1.0",
    paths: {
      "/orders": { get: {}, post: {}, delete: {} },
      "/orders/{id}": { get: {}, delete: {} },
      "/carts/": { get: {} },
    },
  });
  const at = (method: string, path: string) =>
    matchOperation({ method, path, params: {}, query: {} }, shop).operation.path;

  test("may have a slash too many or too few where the document has the path only the other way", () => {
    expect(at("GET", "/orders/")).toBe("/orders");
    expect(at("POST", "orders")).toBe("/orders");
    expect(at("GET", "orders/")).toBe("/orders");
    expect(at("GET", "orders/7")).toBe("/orders/{id}");
    expect(at("GET", "/orders/7/")).toBe("/orders/{id}");
    expect(at("GET", "/carts")).toBe("/carts/");
  });
  test("that could delete all for want of an id is not taken", () => {
    expect(() => at("DELETE", "/orders/")).toThrow("a value is missing behind it");
    expect(at("DELETE", "/orders/7")).toBe("/orders/{id}");
    expect(at("DELETE", "/orders")).toBe("/orders");
  });
  test("by a whole URL is told what of it to leave out", () => {
    expect(() => at("GET", "https://api.example/v1/orders/7")).toThrow(
      'leave out "https://api.example/v1", the path begins behind it: "/orders/7".',
    );
    expect(() => at("GET", "https://elsewhere.example/nothing/at/all")).toThrow(
      'leave out "https://elsewhere.example"',
    );
    expect(() => at("GET", "ftp://orders")).toThrow("is not in the document");
  });
});
