// Whether what is about to be sent to a GraphQL endpoint only reads, parsed from the very bytes. Pure. What cannot be
// known to be queries and nothing else counts as writing: servers differ in which of two texts they run.

import { parse } from "graphql/language/parser.js";
import type { Limits } from "../limits.ts";
import type { Operations } from "../spec/operations.ts";
import { isRecord } from "../spec/document.ts";
import { readings } from "./also-reached.ts";
import { essence, isJson } from "./content-type.ts";

export type GraphqlEffect =
  /** `body` is to go in place of the one given: what was parsed, and nothing a server could read otherwise. */
  | { effect: "read"; body?: Uint8Array; contentType?: string }
  | { effect: "write"; because: string; mutates: boolean };

type GraphqlWire = {
  method: string;
  query: URLSearchParams;
  contentType: string;
  body: Uint8Array | undefined;
  /** Names of query parameters that the document gives the operation. */
  declared: readonly string[];
};

const fields = ["query", "variables", "operationName"];
/** Names by which servers find a query's text elsewhere, or a stored one: never taken in a URL beside a body. */
const speaking =
  /^(query|mutation|subscription|variables|operationname|operations|extensions|(doc|document|query|operation)?[-_]?(id|hash)|sha256hash|document|batch)$/i;

/** @returns whether a URL is that of a GraphQL endpoint, whatever operation it was made of @param pathname below the base path */
export function isGraphqlPath(operations: Operations, pathname: string): boolean {
  if (operations.graphql.length === 0) return false;
  // A "?" within the path was encoded: some servers decode first and split then.
  const read = [...readings(pathname)].map((path) => plainPath(path.split("?")[0] ?? ""));
  return operations.graphql.some(({ path }) => {
    const source = plainPath(path.split(/[?#]/)[0] ?? "")
      .split(/(\{[^{}]*\})/)
      .map((part) => (part.startsWith("{") ? "[^/]+" : part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")));
    const pattern = new RegExp(`^${source.join("")}$`, "i");
    return read.some((text) => pattern.test(text));
  });
}

export function graphqlEffect(wire: GraphqlWire, limits: Limits): GraphqlEffect {
  const { method, query, body } = wire;
  if (!["GET", "HEAD", "POST", "QUERY"].includes(method)) return unknown(`its method is ${method}`);
  const inUrl = [...query.keys()];
  const undeclared = (allowed: readonly string[]) =>
    inUrl.find((name) => !allowed.includes(name) && (speaking.test(name) || !wire.declared.includes(name)));
  if (method === "GET" || method === "HEAD") {
    if (inUrl.length === 0) return { effect: "read" };
    const other = undeclared(fields);
    if (other !== undefined) return unknown(`its URL has ${shown(other)}, which may stand for another query`);
    const twice = inUrl.find((name, n) => inUrl.indexOf(name) !== n);
    if (twice !== undefined) return unknown(`its URL has ${shown(twice)} twice`);
    const text = query.get("query");
    if (text === null) return unknown("it has no query text to look at");
    return effectOf(text, limits) ?? { effect: "read" };
  }
  const other = undeclared([]);
  if (other !== undefined) return unknown(`its URL has ${shown(other)} beside the body`);
  const text = decode(body);
  if (text === undefined) return unknown("its body is no text in UTF-8");
  const type = essence(wire.contentType);
  if (type === "application/graphql")
    return effectOf(text, limits) ?? { effect: "read", body: encode(text), contentType: type };
  if (!isJson(type))
    return unknown(`its content type is ${type || "not given"}, and only JSON is looked into`);
  const call = parsed(text);
  if (Array.isArray(call)) return unknown("it is a batch; send each query by itself");
  if (!isRecord(call)) return unknown("its body is no JSON object");
  const extra = Object.keys(call).find((name) => !fields.includes(name));
  if (extra !== undefined)
    return unknown(
      `its body has ${shown(extra)} beside query, variables and operationName, which may stand for another query`,
    );
  const { query: source, variables, operationName } = call;
  if (typeof source !== "string") return unknown("it has no query text to look at");
  if (operationName !== undefined && operationName !== null && typeof operationName !== "string")
    return unknown("its operationName is no text");
  const found = effectOf(source, limits);
  if (found !== undefined) return found;
  // Written anew: of two fields of one name some servers take the first, and we looked at the last.
  return {
    effect: "read",
    body: encode(JSON.stringify({ query: source, variables, operationName })),
    contentType: type,
  };
}

/** @returns undefined when a document holds queries and nothing else */
function effectOf(text: string, { graphqlTokens }: Limits): GraphqlEffect | undefined {
  // Where some lexers end a line, and with it a comment, and others do not.
  const odd = /(?![\t\n\r])\p{Cc}|[\u2028\u2029\ufeff]/u.exec(text);
  if (odd !== null)
    return unknown(
      `its text has the character U+${odd[0].charCodeAt(0).toString(16).padStart(4, "0")}; put it into variables`,
    );
  let definitions;
  try {
    ({ definitions } = parse(text, { noLocation: true, maxTokens: graphqlTokens }));
  } catch (error) {
    return unknown(
      `it could not be parsed (${error instanceof Error ? error.message.slice(0, 200) : "no reason"})`,
    );
  }
  let queries = 0;
  for (const definition of definitions) {
    if (definition.kind === "FragmentDefinition") continue;
    if (definition.kind !== "OperationDefinition") return unknown(`it holds a ${definition.kind}`);
    // Whatever operationName says: it is the server that chooses.
    if (definition.operation !== "query")
      return { effect: "write", because: `it holds a ${definition.operation}`, mutates: true };
    queries += 1;
  }
  return queries === 0 ? unknown("it holds no query") : undefined;
}

function unknown(because: string): GraphqlEffect {
  return { effect: "write", because, mutates: false };
}

function plainPath(path: string): string {
  return path
    .split("/")
    .filter((segment) => segment !== "")
    .join("/");
}

function decode(body: Uint8Array | undefined): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shown(text: string): string {
  return JSON.stringify(text).slice(0, 80);
}
