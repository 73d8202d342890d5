// A result's text → the value in it. Pure; a number that a double cannot hold stays exact.

type Source = { source?: string };

/** Undefined for what is no JSON: a text is its own result. */
export function parseResult(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text, exact as (key: string, value: unknown) => unknown) };
  } catch {
    return undefined;
  }
}

function exact(_key: string, value: unknown, context?: Source): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
