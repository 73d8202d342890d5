// One thing found wrong with a call, and how it is said. Pure.

import { show } from "./call.ts";

export type Finding = {
  /** The field, as a program would write it: `body.items[2].name`. */
  where: string;
  /** What is wrong with it, as the rest of the sentence. */
  problem: string;
  /** The part of the schema that decided. */
  schema?: unknown;
  /** The field that was probably meant. */
  instead?: string;
};

export function sayFinding({ where, problem, schema }: Finding): string {
  const part = schema === undefined ? "" : showSchema(schema);
  return `${where} ${problem}${part === "" ? "" : ` (schema: ${part})`}`;
}

const telling = [
  "$ref",
  "type",
  "enum",
  "const",
  "format",
  "pattern",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "required",
  "items",
];

/** A schema's own assertions, without what it says in words and without its depths. */
export function showSchema(schema: unknown): string {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return "";
  const part: Record<string, unknown> = {};
  for (const key of telling) {
    const value = (schema as Record<string, unknown>)[key];
    if (value === undefined) continue;
    if (key === "items" && typeof value === "object" && value !== null) {
      const { $ref, type, enum: values } = value as Record<string, unknown>;
      part["items"] = { $ref, type, enum: values };
    } else part[key] = value;
  }
  const text = JSON.stringify(part);
  return text === "{}" ? "" : text.length > 240 ? `${text.slice(0, 237)}…` : text;
}

/** A given value, short: a text in quotes, a list or object by its start. */
export function showGiven(value: unknown): string {
  return show(value).slice(0, 80);
}

/** `body` and `items` → `body.items`; a number as `[2]`, anything else as `["a b"]`. */
export function member(holder: string, name: string): string {
  if (/^\d+$/.test(name)) return `${holder}[${name}]`;
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)
    ? `${holder}.${name}`
    : `${holder}[${JSON.stringify(name)}]`;
}
