// The header by which an API recognises a call it has seen before. Never invented where the document names none.

import type { Parameter } from "../spec/operation-details.ts";

const names = /^(x-)?(idempotency|idempotence|idempotent)[-_]?(key|token|id)?$|^paypal-request-id$/i;

/**
 * A key of the program's own is kept: it may be the same over several runs, and that is what it is for.
 * @returns the headers, and whether they carry a key the API knows; it stays the same for every attempt
 */
export function withIdempotencyKey(
  headers: Record<string, unknown>,
  parameters: readonly Parameter[],
  uuid: () => string,
): { headers: Record<string, unknown>; keyed: boolean } {
  const parameter = parameters.find(({ name, in: place }) => place === "header" && names.test(name));
  if (parameter === undefined) return { headers, keyed: false };
  const name = parameter.name.toLowerCase();
  const given = Object.entries(headers).some(([own, value]) => own.toLowerCase() === name && value != null);
  if (given) return { headers, keyed: true };
  if (!takesUuid(parameter.schema)) return { headers, keyed: false };
  return { headers: { ...headers, [parameter.name]: uuid() }, keyed: true };
}

const example = "123e4567-e89b-42d3-a456-426614174000";

function takesUuid(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return true;
  const { type, format, enum: values, const: only, maxLength, pattern } = schema as Record<string, unknown>;
  if (values !== undefined || only !== undefined) return false;
  if (type !== undefined && type !== "string" && !(Array.isArray(type) && type.includes("string")))
    return false;
  if (typeof format === "string" && !["uuid", "password", ""].includes(format)) return false;
  if (typeof maxLength === "number" && maxLength < example.length) return false;
  if (typeof pattern !== "string") return true;
  try {
    return new RegExp(pattern, "u").test(example);
  } catch {
    return false;
  }
}
