// Fields of a form → multipart or urlencoded bytes, each field as the operation's `encoding` says. No boundary is
// ever written by hand, and no field dropped but null.

import type { Encoding, MediaType } from "../spec/operation-details.ts";
import type { FormPart } from "./call.ts";
import { CallRefused } from "./call.ts";
import { isJson } from "./content-type.ts";
import { toMultipart } from "./multipart.ts";
import type { Part } from "./multipart.ts";
import { fieldPairs, joinedText } from "./serialize-parameter.ts";
import type { Shape } from "./serialize-parameter.ts";

export type Encoded = { bytes: Uint8Array; contentType: string };

export function toUrlencoded(fields: FormPart[], media: MediaType | undefined): Encoded {
  const pairs = fields.flatMap(({ name, value, json }) => {
    const encoding = media?.encoding[name] ?? {};
    const given = value ?? json;
    // Without a style an object is written as its content type has it, JSON unless another is named.
    const plain = typeof given === "object" && !Array.isArray(given) && encoding.style === undefined;
    const shape = shapeOf(name, encoding);
    return fieldPairs(
      plain ? { ...shape, contentType: encoding.contentType ?? "application/json" } : shape,
      given,
    );
  });
  return {
    bytes: new TextEncoder().encode(pairs.join("&")),
    contentType: "application/x-www-form-urlencoded",
  };
}

export function encodeMultipart(
  fields: FormPart[],
  media: MediaType | undefined,
  type: string,
): Promise<Encoded> {
  const parts = fields.flatMap((field) => toParts(field, media?.encoding[field.name] ?? {}));
  return toMultipart(parts, type);
}

function toParts(field: FormPart, encoding: Encoding): Part[] {
  const { name, value, bytes, filename, type } = field;
  const declared = specificType(encoding.contentType);
  if (bytes !== undefined) {
    const given = type === undefined || type === "" ? undefined : type;
    return [
      {
        name,
        bytes: fromBase64(bytes),
        filename: filename ?? name,
        type: given ?? declared ?? "application/octet-stream",
      },
    ];
  }
  const json = value ?? field.json;
  if (json === null || json === undefined) return [];
  const text = (written: string, partType = declared): Part => ({
    name,
    bytes: new TextEncoder().encode(written),
    ...(partType === undefined ? {} : { type: partType }),
  });
  if (Array.isArray(json)) {
    // One part that holds the list, when the operation says so; else one part an item.
    if (declared !== undefined && isJson(declared)) return [text(JSON.stringify(json))];
    if (encoding.style !== undefined || encoding.explode === false) {
      const shape = shapeOf(name, encoding);
      if (!shape.explode) return [text(joinedText(shape, json))];
    }
    return json.flatMap((item: unknown) => toParts({ name, json: item }, encoding));
  }
  if (typeof json === "object") return [text(JSON.stringify(json), declared ?? "application/json")];
  return [
    text(
      declared !== undefined && isJson(declared) && typeof json !== "string"
        ? JSON.stringify(json)
        : String(json),
    ),
  ];
}

function shapeOf(name: string, { style = "form", explode, allowReserved = false }: Encoding): Shape {
  return { name, style, explode: explode ?? style === "form", allowReserved };
}

/** The first type of a list such as `image/png, image/jpeg`; a range names none. */
function specificType(contentType: string | undefined): string | undefined {
  const first = contentType?.split(",")[0]?.trim();
  return first === undefined || first === "" || first.includes("*") ? undefined : first;
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(text) as Uint8Array<ArrayBuffer>;
  } catch {
    throw new CallRefused("body", "The bytes of the body could not be read. Give a Uint8Array.");
  }
}
