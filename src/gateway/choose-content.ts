// What kind of body the program gave + what the operation takes → the content type it goes as. Pure.

import type { MediaType, OperationDetails } from "../spec/operation-details.ts";
import type { Operation } from "../spec/operations.ts";
import type { CallBody } from "./call.ts";
import { CallRefused, show } from "./call.ts";
import { essence, isForm, isJson, isJsonLines, isMultipart, isUrlencoded, takes } from "./content-type.ts";

export type Content = { contentType: string; media: MediaType | undefined };

/**
 * @param declared the program's own content-type header, which decides where it is given
 * @param validate false takes a kind of body the operation does not name
 */
export function chooseContent(
  body: CallBody,
  operation: Operation,
  details: OperationDetails,
  declared: string | null,
  validate: boolean,
): Content {
  const content = details.requestBody?.content ?? [];
  const names = content.map(({ type }) => type);
  const contentType = declared ?? usualType(body, names) ?? refuse(body, operation, names, validate);
  return { contentType, media: content.find(({ type }) => takes(type, contentType)) };
}

function usualType(body: CallBody, accepted: string[]): string | undefined {
  const open = accepted.length === 0 || accepted.some((type) => type.includes("*"));
  if ("form" in body) {
    const files = body.form.some(({ bytes }) => bytes !== undefined);
    const multipart =
      accepted.find((type) => essence(type) === "multipart/form-data") ?? accepted.find(isMultipart);
    const urlencoded = files ? undefined : accepted.find(isUrlencoded);
    // URLSearchParams asks for urlencoded, FormData and files for multipart; the operation has the last word.
    const asked = files || body.multipart === true;
    const [first, second] = asked ? [multipart, urlencoded] : [urlencoded, multipart];
    if (first !== undefined || second !== undefined) return first ?? second;
    const usual = asked ? "multipart/form-data" : "application/x-www-form-urlencoded";
    return open ? usual : undefined;
  }
  if ("json" in body) {
    const isObject = typeof body.json === "object" && body.json !== null && !Array.isArray(body.json);
    return (
      accepted.find(isJson) ??
      (Array.isArray(body.json) ? accepted.find(isJsonLines) : undefined) ??
      (isObject ? (accepted.find(isUrlencoded) ?? accepted.find(isMultipart)) : undefined) ??
      (open ? "application/json" : undefined)
    );
  }
  const fallback = "bytes" in body ? "application/octet-stream" : "text/plain;charset=UTF-8";
  if (accepted.some((type) => essence(type) === essence(fallback))) return fallback;
  const written = accepted.find((type) => !type.includes("*") && !isForm(type));
  // A form's own text, `a=1&b=2`, may have been written by hand; the parts of a multipart may not.
  return written ?? ("text" in body ? accepted.find(isUrlencoded) : undefined) ?? fallback;
}

function refuse(body: CallBody, { method, path }: Operation, accepted: string[], validate: boolean): string {
  if (!validate) return "form" in body ? "multipart/form-data" : "application/json";
  const list = accepted.join(", ");
  if ("form" in body) {
    const file = body.form.find(({ bytes }) => bytes !== undefined);
    throw new CallRefused(
      "body",
      file === undefined
        ? `${method} ${path} takes ${list}, not a form. Give its fields as body.`
        : `${method} ${path} takes ${list}, which cannot carry bytes in the field ${show(file.name)}. Give that field as text, e.g. base64 where the API wants it (bytes.toBase64()).`,
    );
  }
  const given = "json" in body ? show(body.json).slice(0, 60) : "a body";
  throw new CallRefused(
    "body",
    `${method} ${path} takes ${list}, and body is ${given}. Give the text of it as a string, or bytes.`,
  );
}
