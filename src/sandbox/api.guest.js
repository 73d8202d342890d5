// `api`: the program's calls, as strings through the one capability it was handed.
// Never names a host or a credential, and knows none.

const fields = new Set(["method", "path", "params", "query", "headers", "body"]);
/** What other clients call the same. */
const meant = {
  url: "path",
  data: "body",
  json: "body",
  form: "body",
  payload: "body",
  searchParams: "query",
  qs: "query",
};

/**
 * @param {{request(call: string): Promise<string>}} capability
 * @returns {{api: object, unfinished: () => string[]}} the api, and the calls still under way
 */
export function createApi(capability) {
  const open = new Set();
  const methods = {
    /**
     * @param {{method: string, path: string, params?: object, query?: object, headers?: object, body?: unknown}} call
     * @returns {Promise<{status: number, ok: boolean, headers: Record<string, string>, data: unknown}>}
     */
    async request(call) {
      checkCall(call);
      const { method, path, params, query, headers, body } = call;
      const name = { text: `${method} ${path}` };
      open.add(name);
      try {
        const text = JSON.stringify({ method, path, params, query, headers, body: await encodeBody(body) });
        const answer = JSON.parse(await capability.request(text));
        if (answer.error !== undefined) throw new ApiError(answer.error);
        const { status, ok, headers: answered, data } = answer;
        return {
          status,
          ok,
          headers: answered,
          data: data.bytes === undefined ? data.json : Uint8Array.fromBase64(data.bytes),
        };
      } finally {
        open.delete(name);
      }
    },
  };
  const api = new Proxy(Object.freeze(methods), {
    get(target, name) {
      if (typeof name === "symbol" || Object.hasOwn(target, name) || name === "then" || name === "toJSON")
        return target[name];
      throw new ApiError({
        kind: "call",
        message: `api.${name} does not exist. Every call is api.request({method: "GET", path: "/…", params, query, headers, body}).`,
      });
    },
  });
  return { api, unfinished: () => [...open].map(({ text }) => text) };
}

/** A call that was refused or got no answer. An answer with an error status is not one: look at `ok`. */
class ApiError extends Error {
  constructor({ kind, message }) {
    super(message);
    this.name = "ApiError";
    this.kind = kind;
  }
}

function checkCall(call) {
  if (typeof call !== "object" || call === null) {
    throw new ApiError({
      kind: "call",
      message: 'api.request takes one object, e.g. {method: "GET", path: "/…"}',
    });
  }
  const unknown = Object.keys(call).find((name) => !fields.has(name));
  if (unknown === undefined) return;
  const hint = Object.hasOwn(meant, unknown) ? ` Did you mean ${meant[unknown]}?` : "";
  throw new ApiError({
    kind: "call",
    message: `${unknown} is not a field of api.request.${hint} It takes method, path, params, query, headers and body.`,
  });
}

/** The body as JSON can carry it; the host turns it into the operation's own content type. */
async function encodeBody(body) {
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
  const parts = Object.entries(body).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item) => part(name, item)),
  );
  return { form: await Promise.all(parts), multipart: true };
}

async function part(name, value) {
  const bytes = await bytesOf(value);
  if (bytes !== undefined)
    return {
      name,
      bytes: bytes.toBase64(),
      filename: value.name ?? name,
      type: value.type || "application/octet-stream",
    };
  return { name, value: typeof value === "object" && value !== null ? JSON.stringify(value) : String(value) };
}

async function bytesOf(value) {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof Blob ? new Uint8Array(await value.arrayBuffer()) : undefined;
}
