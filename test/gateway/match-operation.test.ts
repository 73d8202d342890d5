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
    expect(checkLiteralCall({ operation: "getItem", params: ["id"] }, operations)).toBeUndefined();
  });
});
