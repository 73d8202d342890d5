// `api`: the program's calls, as strings through the one capability it was handed.
// Never names a host or a credential, and knows none.

/** @param {{request(call: string): Promise<string>}} capability */
export function createApi(capability) {
  return Object.freeze({
    /**
     * @param {{method: string, path: string, params?: object, query?: object, headers?: object, body?: unknown}} call
     * @returns {Promise<{status: number, ok: boolean, headers: Record<string, string>, data: unknown}>}
     */
    async request(call) {
      if (typeof call !== "object" || call === null) {
        throw new ApiError({
          kind: "call",
          message: 'api.request takes one object, e.g. {method: "GET", path: "/…"}',
        });
      }
      const { method, path, params, query, headers, body } = call;
      const text = JSON.stringify({ method, path, params, query, headers, body: await encodeBody(body) });
      const answer = JSON.parse(await capability.request(text));
      if (answer.error !== undefined) throw new ApiError(answer.error);
      const { status, ok, headers: answered, data } = answer;
      return {
        status,
        ok,
        headers: answered,
        data: data.bytes === undefined ? data.json : fromBase64(data.bytes),
      };
    },
  });
}

/** A call that was refused or got no answer. An answer with an error status is not one: look at `ok`. */
class ApiError extends Error {
  constructor({ kind, message }) {
    super(message);
    this.name = "ApiError";
    this.kind = kind;
  }
}

async function encodeBody(body) {
  if (body === undefined) return undefined;
  if (typeof body === "string") return { text: body };
  if (body instanceof ArrayBuffer) return { bytes: toBase64(new Uint8Array(body)) };
  if (ArrayBuffer.isView(body))
    return { bytes: toBase64(new Uint8Array(body.buffer, body.byteOffset, body.byteLength)) };
  if (body instanceof Blob) return { bytes: toBase64(new Uint8Array(await body.arrayBuffer())) };
  if (body instanceof URLSearchParams) return { text: body.toString() };
  return { json: body };
}

function toBase64(bytes) {
  return bytes.toBase64();
}

function fromBase64(text) {
  return Uint8Array.fromBase64(text);
}
