// A call's body as JSON can carry it over the capability. Never chooses a content type: the host knows the operation.

import { ApiError } from "./api-error.guest.js";

/** The body as JSON can carry it; the host turns it into the operation's own content type. */
export async function encodeBody(body) {
  if (body === undefined) return undefined;
  if (typeof body === "string") return { text: body };
  const bytes = await bytesOf(body);
  if (bytes !== undefined) return { bytes: bytes.toBase64() };
  if (body instanceof URLSearchParams) return { form: [...body].map(([name, value]) => ({ name, value })) };
  if (body instanceof FormData)
    return { form: await Promise.all([...body].map(([name, value]) => part(name, value))), multipart: true };
  if (
    body instanceof Map ||
    body instanceof Set ||
    typeof body === "function" ||
    typeof body === "symbol" ||
    typeof body === "bigint"
  ) {
    const kind = typeof body === "object" ? body.constructor.name : typeof body;
    throw new ApiError({
      kind: "body",
      message: `body is a ${kind}, which has no form on the wire. Give an object, an array, a string or bytes.`,
    });
  }
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  const files =
    isObject &&
    Object.values(body).some(
      (value) => value instanceof Blob || value instanceof ArrayBuffer || ArrayBuffer.isView(value),
    );
  if (!files) return { json: body };
  // An object that holds a file can only be meant as a form.
  return { form: await parts(body), multipart: true };
}

/** A form's fields: the host writes them, and chooses the boundary. */
export async function encodeForm(form, body) {
  if (body !== undefined)
    throw new ApiError({ kind: "body", message: "form is given beside body. Give one or the other." });
  if (form instanceof FormData || form instanceof URLSearchParams) return encodeBody(form);
  const fieldsOf = form instanceof Map ? Object.fromEntries(form) : form;
  if (typeof fieldsOf !== "object" || fieldsOf === null || Array.isArray(fieldsOf))
    throw new ApiError({
      kind: "body",
      message: `form is ${String(JSON.stringify(form)).slice(0, 120)}. Give an object of names and values; a value may be bytes or a File.`,
    });
  return { form: await parts(fieldsOf), multipart: true };
}

/** A list that holds a file is one part an item; any other goes whole, for the host to write as the operation says. */
function parts(fieldsOf) {
  const isFile = (value) =>
    value instanceof Blob || value instanceof ArrayBuffer || ArrayBuffer.isView(value);
  return Promise.all(
    Object.entries(fieldsOf).flatMap(([name, value]) =>
      (Array.isArray(value) && value.some(isFile) ? value : [value]).map((item) => part(name, item)),
    ),
  );
}

async function part(name, value) {
  const bytes = await bytesOf(value);
  if (bytes !== undefined)
    return { name, bytes: bytes.toBase64(), filename: value.name ?? name, type: value.type || undefined };
  return typeof value === "string" ? { name, value } : { name, json: value };
}

async function bytesOf(value) {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof Blob ? new Uint8Array(await value.arrayBuffer()) : undefined;
}
