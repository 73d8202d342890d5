// Any version to the 3.1 normal form; 3.2 stays what it is, being 3.1 with more fields.

import { upgradeFromThreeToThreeOne } from "@scalar/openapi-upgrader/3.0-to-3.1";
import { upgradeFromTwoToThree } from "@scalar/openapi-upgrader/2.0-to-3.0";
import { DocumentRefused, type Finding } from "./document-refused.ts";
import { mendNullable, mendThreeZero } from "./mend-three-zero.ts";
import { mendSwagger } from "./mend-swagger.ts";
import { shield } from "./shield.ts";

type Json = Record<string, unknown>;

interface Version {
  /** As the document says it. */
  given: string;
  family: "2.0" | "3.0" | "3.1" | "3.2";
}

export function versionOf(document: unknown, place: string): Version {
  const json =
    typeof document === "object" && document !== null && !Array.isArray(document)
      ? (document as Json)
      : undefined;
  const stated = json?.["openapi"] ?? json?.["swagger"];
  // Unquoted in YAML, 3.0 and 2.0 are the numbers 3 and 2.
  const given = typeof stated === "number" && Number.isInteger(stated) ? `${stated}.0` : String(stated ?? "");
  const family = /^(2\.0|3\.[012])(\.|$|-)/.exec(given)?.[1];
  if (family !== undefined && (family === "2.0") === (json?.["openapi"] === undefined))
    return { given, family: family as Version["family"] };
  if (stated === undefined) {
    throw new DocumentRefused(
      place,
      'is not an OpenAPI document: it has neither "openapi" nor "swagger" at its top.',
      hint(json),
    );
  }
  throw new DocumentRefused(
    place,
    `is OpenAPI ${given}, which is not known here.`,
    "Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2 are.",
  );
}

function hint(json: Json | undefined): string {
  if (json?.["asyncapi"] !== undefined) return "It is an AsyncAPI document.";
  if (json?.["swaggerVersion"] !== undefined) return "It is Swagger 1.x; convert it to 2.0 or later first.";
  return "Give the address of the document itself, not of a page that shows it.";
}

export function isOlder({ family }: Version): boolean {
  return family === "2.0" || family === "3.0";
}

/** `scheme` is what a Swagger document without `schemes` is served with: by the specification, its own URL's. */
export function upgrade(
  document: Json,
  version: Version,
  scheme: "http" | "https",
): { document: Json; findings: Finding[] } {
  if (!isOlder(version)) return { document, findings: [] };
  const { family } = version;
  const swagger = family === "2.0";
  const findings = swagger ? mendSwagger(document, scheme) : mendThreeZero(document);
  const shielded = shield({ ...document, [swagger ? "swagger" : "openapi"]: family }, swagger);
  try {
    const putBack = swagger ? takeExtensions(shielded.document as Json) : undefined;
    const three = swagger ? upgradeFromTwoToThree(shielded.document as never) : shielded.document;
    putBack?.(three as Json);
    const upgraded = shielded.restore(upgradeFromThreeToThreeOne(three as never)) as Json;
    mendNullable(upgraded);
    const { openapi, ...rest } = upgraded;
    return { document: { openapi, ...rest }, findings };
  } catch (error) {
    throw new DocumentRefused(
      "#",
      `cannot be brought from OpenAPI ${version.given} to 3.1: ${(error as Error).message}.`,
    );
  }
}

/** The upgrader takes every key of a path item for an operation and stumbles over what is not. */
function takeExtensions(document: Json): (upgraded: Json) => void {
  const taken: [path: string, key: string, value: unknown][] = [];
  for (const [path, item] of Object.entries((document["paths"] ?? {}) as Json)) {
    if (typeof item !== "object" || item === null) continue;
    for (const [key, value] of Object.entries(item)) {
      if (key === "parameters" || (typeof value === "object" && value !== null && !key.startsWith("x-")))
        continue;
      taken.push([path, key, value]);
      delete (item as Json)[key];
    }
  }
  return (upgraded) => {
    for (const [path, key, value] of taken) ((upgraded["paths"] as Json)[path] as Json)[key] = value;
  };
}
