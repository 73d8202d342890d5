import { mergeReference } from "./json-pointer.ts";

type Json = Record<string, unknown>;

/**
 * Puts each path item in the place of a reference to it, so that its operations are checked, counted and annotated under
 * that path as any other. Parameters beside a reference come on top of those it leads to.
 */
export function placePathItems(document: Json): void {
  const paths = document["paths"];
  if (!isObject(paths)) return;
  for (const [path, value] of Object.entries(paths)) {
    if (path.startsWith("x-") || !isObject(value) || typeof value["$ref"] !== "string") continue;
    const { parameters, ...others } = value;
    const item = mergeReference(others, document);
    if (!isObject(item) || "$ref" in item) continue;
    const lists = [item["parameters"], parameters].filter(Array.isArray);
    const placed = { ...item, ...(lists.length > 0 && { parameters: lists.flat() }) };
    Object.defineProperty(paths, path, {
      value: structuredClone(placed),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
