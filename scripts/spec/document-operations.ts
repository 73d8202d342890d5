import { httpMethods } from "../../src/spec/format.ts";

type Json = Record<string, unknown>;

export interface DocumentOperation {
  /** `GET /users/{id}` */
  address: string;
  method: string;
  path: string;
  pathItem: Json;
  operation: Json;
  /** Where it is, as tokens of a JSON pointer. */
  tokens: string[];
}

/** The operations of `paths`, in the document's order, those under OpenAPI 3.2's `additionalOperations` too. */
export function* documentOperations(document: Json): Generator<DocumentOperation> {
  for (const [path, pathItem] of Object.entries(isObject(document["paths"]) ? document["paths"] : {})) {
    if (!isObject(pathItem) || path.startsWith("x-")) continue;
    const additional = isObject(pathItem["additionalOperations"]) ? pathItem["additionalOperations"] : {};
    const found = [
      ...httpMethods.map((method) => [method.toUpperCase(), pathItem[method], [method]] as const),
      ...Object.entries(additional).map(
        ([method, operation]) => [method, operation, ["additionalOperations", method]] as const,
      ),
    ];
    for (const [method, operation, below] of found) {
      if (!isObject(operation)) continue;
      yield {
        address: `${method} ${path}`,
        method,
        path,
        pathItem,
        operation,
        tokens: ["paths", path, ...below],
      };
    }
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
