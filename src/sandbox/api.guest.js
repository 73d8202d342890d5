// `api`: the program's calls, as strings through the one capability it was handed.
// Never names a host or a credential, and knows none.

import { ApiError } from "./api-error.guest.js";
import { encodeBody, encodeForm } from "./body.guest.js";

const fields = new Set([
  "operation",
  "method",
  "path",
  "params",
  "query",
  "headers",
  "body",
  "form",
  "validate",
  "throw",
]);
/** What find says of an operation: a hit may be passed on as it is. */
const ofHits = new Set(["operationId", "summary", "required", "reads", "deprecated", "denied", "note"]);
/** What other clients call the same. */
const meant = {
  url: "path",
  uri: "path",
  endpoint: "path",
  data: "body",
  json: "body",
  payload: "body",
  searchParams: "query",
  queryParams: "query",
  qs: "query",
  pathParams: "params",
  path_params: "params",
};
const example = 'api.request({method: "GET", path: "/…", params, query, headers, body})';

/**
 * @param {{request(call: string): Promise<string>}} capability
 * @param {{createPaginate?: Function, createGraphql?: Function}} more what the program may use besides `api.request`
 * @returns {{api: object, unfinished: () => string[], last: () => object | undefined}} the api, the calls still under way,
 * and the last call that was answered
 */
export function createApi(capability, { createPaginate, createGraphql }) {
  const open = new Set();
  let last;
  const methods = {
    /**
     * @param {{operation?: string, method?: string, path?: string, params?: object, query?: object, headers?: object, body?: unknown, form?: object, validate?: boolean, throw?: boolean}} call
     * @returns {Promise<{status: number, ok: boolean, headers: Record<string, string>, data: unknown, hint?: string, findings?: string[]}>}
     */
    request(...call) {
      return Object.defineProperties(placed(new Error(), request, call), notAwaited);
    },
    ...(createPaginate && { paginate: (...call) => paginate(...call) }),
    ...(createGraphql && { graphql: (...call) => placed(new Error(), graphql, call) }),
  };
  const paginate = createPaginate?.({ exchange, unsuccessful, ApiError });
  const graphql = createGraphql?.({ exchange, ApiError });
  async function request(given, ...more) {
    // `{throw: true}` is as well understood beside the call as in it.
    const call = isRecord(given) && isRecord(more[0]) ? { ...given, ...more[0] } : given;
    checkCall(call, more);
    const { answer, name } = await exchange(call);
    if (call.throw && !answer.ok) throw unsuccessful(name, answer);
    return answer;
  }
  /** @param {{pages?: object, graphql?: true}} [more] for the host @returns the answer, what the host says of its page, and a name */
  async function exchange(call, more = {}) {
    if (more.pages !== undefined) checkCall(call, []);
    const { method, path, params, query, headers, body, form, validate } = call;
    // An operationId names the operation, unless a method and path do: a hit of find has all three.
    const operation = call.operation ?? (path === undefined ? call.operationId : undefined);
    const name = { text: operation === undefined ? `${method} ${path}` : String(operation) };
    open.add(name);
    try {
      const text = JSON.stringify({
        operation,
        method,
        path,
        params: named(params),
        query: named(query),
        headers: named(headers),
        body: form === undefined ? await encodeBody(body) : await encodeForm(form, body),
        validate,
        ...more,
      });
      const answer = JSON.parse(await capability.request(text));
      if (answer.error !== undefined) throw new ApiError(answer.error);
      const { status, ok, headers: answered } = answer;
      const data =
        answer.data.bytes === undefined ? answer.data.json : Uint8Array.fromBase64(answer.data.bytes);
      last = { call: name.text, status, data };
      if (!Object.hasOwn(answered, "get")) Object.defineProperty(answered, "get", headerByName);
      const said = {
        ...(answer.hint === undefined ? {} : { hint: answer.hint }),
        ...(answer.findings === undefined ? {} : { findings: answer.findings }),
      };
      const shown = Object.defineProperties({ status, ok, headers: answered, data, ...said }, asResponse);
      return { answer: shown, page: answer.page, name: name.text };
    } finally {
      open.delete(name);
    }
  }
  const api = new Proxy(Object.freeze(methods), {
    get(target, name) {
      if (typeof name === "symbol" || Object.hasOwn(target, name) || name === "then" || name === "toJSON")
        return target[name];
      throw new ApiError({
        kind: "call",
        message: `api.${name} does not exist. ${insteadOf(name)}`,
      });
    },
  });
  const unfinished = () =>
    [...Map.groupBy(open, ({ text }) => text)].map(([text, { length }]) =>
      length === 1 ? text : `${text} × ${length}`,
    );
  return { api, unfinished, last: () => last };
}

/** The methods of fetch's Response that mean something here; not enumerable, so that the answer still has four fields. */
const asResponse = {
  json: {
    value() {
      return this.data;
    },
  },
  text: {
    value() {
      return typeof this.data === "string" ? this.data : JSON.stringify(this.data);
    },
  },
};

/** As fetch's Headers: by a name in any case. */
const headerByName = {
  value(name) {
    return this[String(name).toLowerCase()] ?? null;
  },
};

/** What is only on an answer, read off the promise of one: said at once, rather than a chain of undefined. */
const notAwaited = Object.fromEntries(
  ["status", "ok", "headers", "data", "json", "text", "body", "result"].map((name) => [
    name,
    {
      get() {
        throw new ApiError({
          kind: "call",
          message: `await is missing: api.request answers a promise, and .${name} was read before it came. Write (await api.request({…})).data.`,
        });
      },
      configurable: true,
    },
  ]),
);

/** Names and values as one object, also from what other clients take: URLSearchParams, Headers, a Map. */
function named(value) {
  if (value instanceof URLSearchParams || value instanceof Headers || value instanceof FormData) {
    const pairs = Map.groupBy(value, ([name]) => name);
    return Object.fromEntries(
      [...pairs].map(([name, list]) => [name, list.length === 1 ? list[0][1] : list.map(([, each]) => each)]),
    );
  }
  return value instanceof Map ? Object.fromEntries(value) : value;
}

/** Gives an error of a call the place where the call was made: an await further on has another, or none. */
async function placed(entered, make, call) {
  try {
    return await make(...call);
  } catch (error) {
    if (error instanceof ApiError) {
      const [, frames = ""] = /^[^\n]*(\n.*)$/s.exec(String(entered.stack)) ?? [];
      Object.defineProperty(error, "stack", { value: `${error.name}: ${error.message}${frames}` });
    }
    throw error;
  }
}

/** What `throw: true` makes of an answer that is not ok: an error with all of it. */
function unsuccessful(operation, { status, data, hint, findings }) {
  const inner = data?.error ?? data?.errors?.[0] ?? data;
  const code =
    inner?.code ?? inner?.type ?? (typeof data?.error === "string" ? data.error : (data?.code ?? data?.type));
  const said =
    typeof data === "string" ? data.slice(0, 500) : show(data instanceof Uint8Array ? "bytes" : data);
  const more = [hint, ...(findings ?? [])].filter((text) => text !== undefined).map((text) => `\n${text}`);
  const message = `${operation} answered ${status}: ${said}${more.join("")}`;
  return Object.assign(
    new ApiError({ kind: "status", message }),
    { status, code, body: data, operation },
    hint === undefined ? {} : { hint },
    findings === undefined ? {} : { findings },
  );
}

function checkCall(call, more) {
  if (typeof call !== "object" || call === null)
    throw new ApiError({ kind: "call", message: oneObject(call, more) });
  const isHit = typeof call.path === "string" && typeof call.method === "string";
  const isKnown = (name) =>
    fields.has(name) || (isHit && ofHits.has(name)) || (name === "operationId" && call.path === undefined);
  const unknown = Object.keys(call).find((name) => !isKnown(name));
  if (unknown !== undefined) {
    const hint = Object.hasOwn(meant, unknown) ? ` Did you mean ${meant[unknown]}?` : "";
    throw new ApiError({
      kind: "call",
      message: `${unknown} is not a field of api.request.${hint} It takes method and path (or operation), params, query, headers, body or form, validate, throw.`,
    });
  }
  // A template filled with nothing would otherwise ask the API for something called "undefined".
  const empty =
    typeof call.path === "string" &&
    call.path.split("/").find((segment) => ["undefined", "null", "NaN", "[object Object]"].includes(segment));
  if (!empty) return;
  throw new ApiError({
    kind: "parameter",
    message: `path is ${show(call.path)}: a value in it is ${empty}. Look at where it comes from before calling.`,
  });
}

function insteadOf(name) {
  const method = name.toUpperCase();
  const others = "Besides there are api.paginate(call, {max}) and api.graphql(query, variables).";
  if (["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"].includes(method))
    return `Every call is ${example.replace("GET", method)}.`;
  return `Every call is ${example}. ${others} If ${name} is an operation, describe(${show(name)}) shows its call.`;
}

/** What was passed instead of one object, as the object it was meant to be. */
function oneObject(call, more) {
  const [first, second] = [call, more[0]];
  const isPath = (value) => typeof value === "string" && value.startsWith("/");
  let method = isPath(first) && typeof second?.method === "string" ? second.method : "GET";
  if (isPath(second)) method = String(first).toUpperCase();
  const path = [first, second].find(isPath);
  const meantCall =
    path === undefined ? example : `api.request({method: ${show(method)}, path: ${show(path)}})`;
  return `api.request takes one object. Write ${meantCall}.`;
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value) {
  return String(JSON.stringify(value)).slice(0, 120);
}
