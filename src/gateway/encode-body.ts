// The program's body → bytes and a content type the operation takes. Nothing of a body is ever dropped silently.

import type { Limits } from "../limits.ts";
import type { SpecDocument } from "../spec/document.ts";
import type { OperationDetails } from "../spec/operation-details.ts";
import type { Operation } from "../spec/operations.ts";
import type { ApiCall, CallBody, FormPart } from "./call.ts";
import { CallRefused, show } from "./call.ts";
import { chooseContent } from "./choose-content.ts";
import type { Content } from "./choose-content.ts";
import { essence, isForm, isJson, isJsonLines, isUrlencoded } from "./content-type.ts";
import { encodeMultipart, fromBase64, toUrlencoded } from "./encode-form.ts";
import type { Encoded } from "./encode-form.ts";
import { showSchema } from "./finding.ts";
import { schemaTypes } from "./schema-types.ts";

/** A body with the content type it goes as, before it is bytes: what validation looks at. */
export type ChosenBody = Content & { body: CallBody };

/** @returns undefined for no body @throws CallRefused for a body the operation does not take, or one that is missing */
export function chooseBody(
  call: ApiCall,
  operation: Operation,
  details: OperationDetails,
  document: SpecDocument,
): ChosenBody | undefined {
  const { validate, headers } = call;
  const body = isNothing(call.body, details, document) ? undefined : call.body;
  const address = `${operation.method} ${operation.path}`;
  const bodiless = operation.method === "GET" || operation.method === "HEAD";
  if (body === undefined) {
    const { requestBody } = details;
    if (validate && requestBody?.required === true && !bodiless) {
      const [first] = requestBody.content;
      const schema = showSchema(document.resolve(first?.schema));
      throw new CallRefused(
        "body",
        `${address} needs a body, of ${requestBody.content.map(({ type }) => type).join(" or ") || "any type"}${schema === "" ? "" : ` (schema: ${schema})`}. Give it as body.`,
      );
    }
    return undefined;
  }
  if (bodiless)
    throw new CallRefused("body", `${address} cannot carry a body. Use query for its parameters.`);
  if (validate && details.requestBody === undefined)
    throw new CallRefused(
      "body",
      `${address} takes no body by the document. Leave it out, or send it with validate: false where the document is wrong.`,
    );
  const declared = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  const type = typeof declared === "string" ? declared : null;
  const content = chooseContent(body, operation, details, type, validate);
  return { ...content, body: asWritten(body, content, address, validate, document) };
}

/** Null where the operation has no use for it means no body, as `params: null` means none. */
function isNothing(
  body: CallBody | undefined,
  { requestBody }: OperationDetails,
  document: SpecDocument,
): boolean {
  if (body === undefined || !("json" in body) || body.json !== null) return false;
  const types = schemaTypes(requestBody?.content[0]?.schema, document);
  return types.size > 0 && !types.has("null");
}

/** A text for an operation of JSON is JSON written by hand, or a text to be written as JSON. */
function asWritten(
  body: CallBody,
  content: Content,
  address: string,
  validate: boolean,
  document: SpecDocument,
): CallBody {
  if (!("text" in body) || !isJson(content.contentType)) return body;
  const types = schemaTypes(content.media?.schema, document);
  try {
    const parsed: unknown = JSON.parse(body.text);
    const onlyText = types.size === 1 && types.has("string");
    return onlyText && typeof parsed !== "string" ? { json: body.text } : body;
  } catch {
    if (types.has("string")) return { json: body.text };
    if (!validate) return body;
    throw new CallRefused(
      "body",
      `${address} takes ${essence(content.contentType)}, and body is the text ${show(body.text)}, which is no JSON. Give an object, an array or a value.`,
    );
  }
}

/** Sets `content-type` on `headers`. */
export async function encodeBody(
  chosen: ChosenBody | undefined,
  headers: Headers,
  limits: Limits,
): Promise<Uint8Array | undefined> {
  if (chosen === undefined) return undefined;
  const { bytes, contentType } = await encode(chosen);
  if (bytes.length > limits.requestBodyBytes) {
    throw new CallRefused(
      "limit",
      `The body is ${bytes.length} bytes; at most ${limits.requestBodyBytes} can be sent in one call.`,
    );
  }
  headers.set("content-type", contentType);
  return bytes;
}

async function encode({ body, contentType, media }: ChosenBody): Promise<Encoded> {
  const encoder = new TextEncoder();
  if ("bytes" in body) return { bytes: fromBase64(body.bytes), contentType };
  if ("text" in body) return { bytes: encoder.encode(body.text), contentType };
  if (isForm(contentType)) {
    const fields = "form" in body ? body.form : fieldsOf(body.json, contentType);
    return isUrlencoded(contentType)
      ? toUrlencoded(fields, media)
      : encodeMultipart(fields, media, essence(contentType));
  }
  if ("form" in body)
    throw new CallRefused(
      "body",
      `A form cannot go as ${contentType}; leave content-type out, or give body.`,
    );
  if (isJsonLines(contentType) && Array.isArray(body.json)) {
    const mark = essence(contentType).endsWith("json-seq") ? "\u001e" : "";
    const lines = body.json.map((item) => `${mark}${JSON.stringify(item)}\n`);
    return { bytes: encoder.encode(lines.join("")), contentType };
  }
  if (!isJson(contentType) && !isJsonLines(contentType)) {
    // A number or boolean is a text as well; an object in a type we do not write is not.
    if (typeof body.json !== "object") return { bytes: encoder.encode(String(body.json)), contentType };
    throw new CallRefused(
      "body",
      `The body is an object, but content-type is ${contentType}. Give a string or a Uint8Array, or leave content-type out.`,
    );
  }
  return { bytes: encoder.encode(JSON.stringify(body.json)), contentType };
}

function fieldsOf(json: unknown, contentType: string): FormPart[] {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new CallRefused(
      "body",
      `body is ${show(json)}, but ${essence(contentType)} takes an object of fields. Give one, or a string or bytes.`,
    );
  }
  return Object.entries(json).map(([name, value]) => ({ name, json: value as unknown }));
}
