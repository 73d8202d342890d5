// RFC 6901 pointers as OpenAPI writes them in `$ref`: `#/paths/~1users~1{id}/get`, percent-encoded or not.

export function pointerTokens(reference: string): string[] | undefined {
  if (reference === "#") return [];
  if (!reference.startsWith("#/")) return undefined;
  return reference
    .slice(2)
    .split("/")
    .map((token) => decode(token).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function resolvePointer(document: unknown, reference: string, seen: string[] = []): unknown {
  let value = document;
  for (const token of pointerTokens(reference) ?? [undefined]) {
    value = mergeReference(value, document, seen);
    if (token === undefined || typeof value !== "object" || value === null || !Object.hasOwn(value, token))
      return undefined;
    value = (value as Record<string, unknown>)[token];
  }
  return value;
}

/** The object a `$ref` stands for, its siblings laid over it; any other value as it is. A reference that leads nowhere stays. */
export function mergeReference(value: unknown, document: unknown, seen: string[] = []): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  // Looked at before anything is copied: `value` may hold thousands of schemas.
  if (typeof (value as { $ref?: unknown }).$ref !== "string") return value;
  const { $ref, ...siblings } = value as { $ref: string };
  if (seen.includes($ref)) return value;
  const target = mergeReference(resolvePointer(document, $ref, [...seen, $ref]), document, [...seen, $ref]);
  if (target === undefined) return value;
  if (
    Object.keys(siblings).length === 0 ||
    typeof target !== "object" ||
    target === null ||
    Array.isArray(target)
  )
    return target;
  return { ...target, ...siblings };
}

function decode(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}
