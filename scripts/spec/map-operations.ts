import { httpMethods } from "../../src/spec/format.ts";
import { mergeReference } from "./json-pointer.ts";

type Json = Record<string, unknown>;
const methods = new Set<string>(httpMethods);

/** The document with other path items. What `change` answers unchanged is shared with the given one, which stays as it is. */
export function mapPathItems(document: Json, change: (item: Json, path: string) => Json): Json {
  const paths = document["paths"];
  if (!isObject(paths)) return document;
  let changed = false;
  const entries = Object.entries(paths).map(([path, value]): [string, unknown] => {
    const item = path.startsWith("x-") ? undefined : mergeReference(value, document);
    if (!isObject(item)) return [path, value];
    const other = change(item, path);
    if (other === item) return [path, value];
    changed = true;
    return [path, other];
  });
  return changed ? { ...document, paths: Object.fromEntries(entries) } : document;
}

/** The path item with other operations, those under OpenAPI 3.2's `additionalOperations` too; itself if none is. */
export function mapOperations(item: Json, change: (operation: Json) => Json): Json {
  const mapped = (holder: Json, isOperation: (key: string) => boolean): Json => {
    const entries = Object.entries(holder).map(([key, value]): [string, unknown] => [
      key,
      isOperation(key) && isObject(value) ? change(value) : value,
    ]);
    return entries.every(([key, value]) => value === holder[key]) ? holder : Object.fromEntries(entries);
  };
  const other = mapped(item, (key) => methods.has(key));
  const additional = item["additionalOperations"];
  const more = isObject(additional) ? mapped(additional, () => true) : additional;
  return more === additional ? other : { ...other, additionalOperations: more };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
