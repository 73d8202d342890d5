import { describe, expect, test } from "vitest";
import { upgrade } from "../../scripts/spec/upgrade.ts";
import { operationsOf, prepare, textOf } from "./prepare.ts";

const list = (name: string, place: string, collectionFormat?: string) => ({
  name,
  in: place,
  ...(place === "path" && { required: true }),
  type: "array",
  items: { type: "string" },
  ...(collectionFormat !== undefined && { collectionFormat }),
});
const document = {
  swagger: "2.0",
  info: { title: "t", version: "1" },
  paths: {
    "/lists/{usual}/{spaced}": {
      get: {
        parameters: [
          list("usual", "path"),
          list("spaced", "path", "ssv"),
          list("none", "query"),
          ...["csv", "ssv", "tsv", "pipes", "multi"].map((format) => list(format, "query", format)),
          list("x-pipes", "header", "pipes"),
        ],
        responses: {},
      },
    },
    "/form": {
      post: {
        consumes: ["application/x-www-form-urlencoded"],
        parameters: [
          list("none", "formData"),
          list("multi", "formData", "multi"),
          list("pipes", "formData", "pipes"),
        ],
        responses: {},
      },
    },
  },
};
const upgraded = upgrade(structuredClone(document), { given: "2.0", family: "2.0" }, "https");
const operations = operationsOf(upgraded.document);
const ab = ["a", "b"];

describe("a list of a Swagger 2.0 document is written by its collectionFormat", () => {
  test("in path, query and header", async () => {
    const { url, headers } = await prepare(operations, {
      method: "GET",
      path: "/lists/{usual}/{spaced}",
      params: { usual: ab, spaced: ab },
      query: { none: ab, csv: ab, ssv: ab, tsv: ab, pipes: ab, multi: ab },
      headers: { "x-pipes": ab },
    });
    expect(url.pathname).toBe("/v1/base/lists/a,b/a%20b");
    expect(url.search).toBe("?none=a,b&csv=a,b&ssv=a%20b&tsv=a%09b&pipes=a%7Cb&multi=a&multi=b");
    expect(headers.get("x-pipes")).toBe("a|b");
  });
  test("in a form", async () => {
    const body = { json: { none: ab, multi: ab, pipes: ab } };
    const prepared = await prepare(operations, { method: "POST", path: "/form", body });
    expect(textOf(prepared.body)).toBe("none=a,b&multi=a&multi=b&pipes=a%7Cb");
  });
});
