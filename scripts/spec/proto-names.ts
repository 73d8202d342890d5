// `__proto__` is a legal name of a schema, property or parameter. Libraries that assign `target[key] = value`
// lose it or change a prototype, so it travels under another name until the document is done.

const name = "__proto__";
const alias = "\u{e000}proto\u{e000}";

export function hideProto(text: string): string {
  return text.includes(name) ? text.replaceAll(name, alias) : text;
}

export function showProto(text: string): string {
  return text.includes(alias) ? text.replaceAll(alias, name) : text;
}

export function mapText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => mapText(element, change));
  // fromEntries defines properties, it does not assign them.
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [change(key), mapText(child, change)]),
  );
}
