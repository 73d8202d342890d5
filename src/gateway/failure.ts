// A value that does not fit its schema, and the way from an error's location to both. Pure.

import type { OutputUnit } from "@cfworker/json-schema";
import { isRecord } from "../spec/document.ts";
import type { Json } from "../spec/document.ts";
import { member } from "./finding.ts";
import type { Strictness } from "./request-schema.ts";

export type Failure = {
  errors: OutputUnit[];
  value: unknown;
  schema: Json;
  label: string;
  resolve: (reference: string) => Json | true;
  strictness: Strictness;
};

export function follow(schema: unknown, failure: Failure): Json {
  let current = schema;
  for (let step = 0; step < 16 && isRecord(current) && typeof current["$ref"] === "string"; step += 1)
    current = failure.resolve(current["$ref"]);
  return isRecord(current) ? current : {};
}

export function schemaAt(location: string, failure: Failure): unknown {
  let current: unknown = failure.schema;
  for (const token of tokensOf(location)) {
    if (token === "$ref" && isRecord(current)) current = failure.resolve(String(current["$ref"]));
    else if (typeof current === "object" && current !== null) current = (current as Json)[token];
    else return undefined;
  }
  return current;
}

export function valueAt(location: string, failure: Failure): unknown {
  let current: unknown = failure.value;
  for (const token of tokensOf(location))
    current = typeof current === "object" && current !== null ? (current as Json)[token] : undefined;
  return current;
}

export function nameOf(location: string, label: string): string {
  return tokensOf(location).reduce(member, label);
}

export function parentOf(location: string): string {
  return location.slice(0, Math.max(1, location.lastIndexOf("/")));
}

export function tokensOf(location: string): string[] {
  return location
    .split("/")
    .slice(1)
    .map((token) => decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~"));
}
