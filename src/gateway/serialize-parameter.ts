// A parameter's value → the text that stands for it on the wire, by OpenAPI's `style` and `explode`.
// Never drops a value silently: what no text can carry is refused.

import type { Parameter } from "../spec/operation-details.ts";
import { CallRefused, show } from "./call.ts";
import { isJson } from "./content-type.ts";

export type Shape = Pick<Parameter, "name" | "style" | "explode" | "allowReserved" | "contentType">;

type Encode = (text: string) => string;

/** @returns undefined for a value that is nothing (null, an empty list) */
export function pathText(shape: Shape, value: unknown): string | undefined {
  // A slash would make two segments of one value, whatever `allowReserved` says.
  const encode = shape.allowReserved ? encodeReserved(/[:@!$'()*,;=]/) : encodeStrictly;
  if (value === null || value === undefined) return undefined;
  if (shape.contentType !== undefined) return encode(contentText(shape.contentType, value));
  const name = nameOf(shape);
  const { style, explode } = shape;
  const items = members(value, `params.${shape.name}`, encode);
  if (items === undefined) return undefined;
  const all = joinedBy(",", items);
  if (style === "label") return `.${explode ? items.map(paired("=")).join(".") : all}`;
  if (style !== "matrix")
    return explode && style === "simple"
      ? items.map(paired("=")).join(",")
      : joinedBy(delimiters[style] ?? ",", items);
  if (!explode) return `;${name}${all === "" ? "" : `=${all}`}`;
  return items.map(([key, text]) => `;${key ?? name}${text === "" ? "" : `=${text}`}`).join("");
}

/** The pairs of the query the value becomes, encoded: none for null and for an empty list. */
export function queryPairs(shape: Shape, value: unknown): string[] {
  const encode = shape.allowReserved ? encodeReserved(/[:/?@!$'()*,;=]/) : encodeStrictly;
  if (shape.contentType === undefined) return formPairs(shape, value, encode, `query.${shape.name}`);
  if (value === null || value === undefined) return [];
  return [`${nameOf(shape)}=${encode(contentText(shape.contentType, value))}`];
}

/** The same for a field of an urlencoded body, where a space is a plus. */
export function fieldPairs(shape: Shape, value: unknown): string[] {
  const percent = shape.allowReserved ? encodeReserved(/[:/?@!$'()*,;]/) : encodeStrictly;
  const encode: Encode = (text) => percent(text).replaceAll("%20", "+");
  if (shape.contentType !== undefined && typeof value === "object" && value !== null)
    return [`${nameOf(shape)}=${encode(contentText(shape.contentType, value))}`];
  return formPairs(shape, value, encode, `body.${shape.name}`);
}

/** A list joined into one text, as a field of a multipart form has it. */
export function joinedText(shape: Shape, value: unknown): string {
  return joinedBy(unencoded(shape.style), members(value, `body.${shape.name}`, (text) => text) ?? []);
}

/** A header carries texts as they are. */
export function headerText(shape: Shape, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (shape.contentType !== undefined) return ascii(contentText(shape.contentType, value));
  const items = members(value, `headers.${shape.name}`, (text) => text);
  if (items === undefined) return undefined;
  return shape.explode ? items.map(paired("=")).join(",") : joinedBy(unencoded(shape.style), items);
}

/** `name=value` pairs of the Cookie header. */
export function cookiePairs(shape: Shape, value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (shape.contentType !== undefined)
    return [`${nameOf(shape)}=${encodeStrictly(contentText(shape.contentType, value))}`];
  if (shape.style !== "cookie") return formPairs(shape, value, encodeStrictly, `params.${shape.name}`);
  // What the style leaves unencoded must not end the pair or the header.
  const plain: Encode = (text) => {
    if (/^[!#-+\--:<-[\]-~]*$/.test(text)) return text;
    throw new CallRefused(
      "parameter",
      `params.${shape.name} has a character no cookie can carry; encode it as the API expects, e.g. with encodeURIComponent.`,
    );
  };
  return formPairs(shape, value, plain, `params.${shape.name}`);
}

const delimiters: Record<string, string> = {
  spaceDelimited: "%20",
  pipeDelimited: "%7C",
  tabDelimited: "%09",
};

function unencoded(style: string): string {
  return decodeURIComponent(delimiters[style] ?? ",");
}

function formPairs(shape: Shape, value: unknown, encode: Encode, label: string): string[] {
  const name = nameOf(shape);
  const isList = typeof value === "object" && value !== null;
  if (shape.style === "deepObject" && isList) return deepPairs(shape.name, value, encode, label);
  const items = members(value, label, encode);
  if (items === undefined) return [];
  const exploded = shape.explode || !isList;
  return exploded
    ? items.map(([key, text]) => `${key ?? name}=${text}`)
    : [`${name}=${joinedBy(delimiters[shape.style] ?? ",", items)}`];
}

/** `a[b]=1`, deeper as `a[b][c]=1`; a list as `a[]=1`, one of objects as `a[0][b]=1`: what most servers read. */
function deepPairs(name: string, value: object, encode: Encode, label: string): string[] {
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    if (item === null || item === undefined) return [];
    const isObject = typeof item === "object";
    const inner = `${name}[${isList && !isObject ? "" : key}]`;
    return isObject
      ? deepPairs(inner, item, encode, label)
      : [`${encodeStrictly(wellFormed(inner, label))}=${encode(textOf(item, label))}`];
  });
}

/** A value as keys and texts, encoded; nothing for null. What a list or object holds deeper goes as JSON. */
function members(value: unknown, label: string, encode: Encode): Member[] | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "object") return [[undefined, encode(textOf(value, label))]];
  const items: Member[] = Object.entries(value)
    .filter(([, item]) => item !== null && item !== undefined)
    .map(([key, item]: [string, unknown]) => [
      Array.isArray(value) ? undefined : encode(wellFormed(key, label)),
      encode(typeof item === "object" ? textOf(JSON.stringify(item), label) : textOf(item, label)),
    ]);
  return items.length === 0 ? undefined : items;
}

type Member = [key: string | undefined, text: string];

function joinedBy(delimiter: string, items: Member[]): string {
  return items.map(paired(delimiter)).join(delimiter);
}

function paired(delimiter: string): (member: Member) => string {
  return ([key, text]) => (key === undefined ? text : `${key}${delimiter}${text}`);
}

/** A name the document does not have is the program's own, and may be anything. */
function nameOf({ name }: Shape): string {
  return encodeStrictly(wellFormed(name, show(name)));
}

function textOf(value: unknown, label: string): string {
  if (!["string", "number", "boolean"].includes(typeof value))
    throw new CallRefused(
      "parameter",
      `${label} is ${show(value)}. Give a string, a number, a boolean, or a list or object of them.`,
    );
  return wellFormed(String(value), label);
}

function wellFormed(text: string, label: string): string {
  if (!text.isWellFormed())
    throw new CallRefused("parameter", `${label} has half of a surrogate pair, which no URL can carry.`);
  return text;
}

/** A value as its content type writes it; JSON written by hand stays as it is. */
function contentText(contentType: string, value: unknown): string {
  if (!isJson(contentType) && typeof value !== "object") return wellFormed(String(value), "A parameter");
  if (typeof value === "string") {
    try {
      JSON.parse(value);
      return wellFormed(value, "A parameter");
    } catch {
      // No JSON text, so a text to be written as JSON.
    }
  }
  return JSON.stringify(value);
}

function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** All but RFC 3986's unreserved characters, as RFC 6570 expands a value. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * RFC 6570's reserved expansion: the characters given and percent-encoded triples pass. `&`, `+`, `#` never do,
 * which would end the value or change it, and a program could then put any parameter beside its own.
 */
function encodeReserved(passes: RegExp): Encode {
  return (text) =>
    text.replaceAll(/%[0-9a-f]{2}|[^%]+|%/gi, (part) =>
      /^%../.test(part)
        ? part
        : [...part]
            .map((character) => (passes.test(character) ? character : encodeStrictly(character)))
            .join(""),
    );
}
