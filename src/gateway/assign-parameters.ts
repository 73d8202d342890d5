// The names and values a program gave → the operation's parameters, each with its value. Never guesses a place:
// a name the document does not have is reported with the nearest it has.

import type { Credential } from "../auth/credential.ts";
import type { SpecDocument } from "../spec/document.ts";
import { isRecord } from "../spec/document.ts";
import type { OperationDetails, Parameter } from "../spec/operation-details.ts";
import { isReservedHeader } from "./build-headers.ts";
import { CallRefused } from "./call.ts";
import { member } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { MatchedCall } from "./match-operation.ts";
import { meantName } from "./nearest-name.ts";
import { schemaPart, schemaTypes } from "./schema-types.ts";

export type Given = { parameter: Parameter; value: unknown; label: string };

export type AssignedParameters = {
  path: Map<string, Given>;
  query: Given[];
  header: Given[];
  cookie: Given[];
  /** A value for the whole query string, where the document describes that. */
  querystring?: Given;
  /** Names without a parameter, and parameters without a value. */
  findings: Finding[];
};

export function assignParameters(
  matched: MatchedCall,
  headers: Record<string, unknown>,
  details: OperationDetails,
  document: SpecDocument,
  credential: Credential,
): AssignedParameters {
  const { operation, params, query } = matched;
  const of = (place: Parameter["in"]) => details.parameters.filter((parameter) => parameter.in === place);
  const assigned: AssignedParameters = { path: new Map(), query: [], header: [], cookie: [], findings: [] };
  const given = (parameter: Parameter, value: unknown, label: string): Given => ({
    parameter,
    value: wireValue(value, parameter, document),
    label,
  });

  const placeholders = [...operation.path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? "");
  for (const [name, value] of Object.entries(params)) {
    if (placeholders.includes(name)) {
      const parameter = of("path").find((each) => each.name === name) ?? undeclared(name, "path");
      assigned.path.set(name, given(parameter, value, member("params", name)));
      continue;
    }
    const cookie = of("cookie").find((parameter) => parameter.name === name);
    if (cookie === undefined)
      throw new CallRefused("parameter", misplaced(name, operation.path, placeholders, details));
    assigned.cookie.push(given(cookie, value, member("params", name)));
  }

  const [wholeQuery] = of("querystring");
  if (wholeQuery !== undefined && query.length > 0) {
    const value: unknown = Object.fromEntries(query);
    const text = query.length === 1 ? query[0]?.[1] : undefined;
    const isText = !schemaTypes(wholeQuery.schema, document).has("object") && typeof text === "string";
    assigned.querystring = { parameter: wholeQuery, value: isText ? text : value, label: "query" };
  } else {
    const declared = of("query");
    for (const [name, value] of grouped(query)) {
      const parameter = declared.find((each) => each.name === name);
      if (
        parameter === undefined &&
        !belongsToObject(name, declared, document) &&
        value !== undefined &&
        value !== null
      )
        assigned.findings.push(unknownName("query", name, declared, details));
      assigned.query.push(given(parameter ?? undeclared(name, "query"), value, member("query", name)));
    }
  }

  const declaredHeaders = of("header").filter(({ name }) => isOurs(name, credential) === false);
  for (const [name, value] of Object.entries(headers)) {
    const parameter = declaredHeaders.find((each) => each.name.toLowerCase() === name.toLowerCase());
    const meant =
      parameter === undefined
        ? slip(
            name,
            declaredHeaders.map((each) => each.name),
            headers,
          )
        : undefined;
    if (meant !== undefined)
      assigned.findings.push({
        where: member("headers", name),
        problem: `is no header of this operation; did you mean ${meant}?`,
      });
    const header = given(parameter ?? undeclared(name, "header"), value, member("headers", name));
    assigned.header.push({ ...header, parameter: { ...header.parameter, name } });
  }

  const taken = new Set([
    ...assigned.query.filter(hasValue).map(({ parameter }) => `query ${parameter.name}`),
    ...assigned.header.filter(hasValue).map(({ parameter }) => `header ${parameter.name.toLowerCase()}`),
    ...assigned.cookie.filter(hasValue).map(({ parameter }) => `cookie ${parameter.name}`),
  ]);
  for (const parameter of [...of("query"), ...declaredHeaders, ...of("cookie")]) {
    const name = parameter.in === "header" ? parameter.name.toLowerCase() : parameter.name;
    const ours = credential.kind === parameter.in && credential.name === parameter.name;
    if (!parameter.required || taken.has(`${parameter.in} ${name}`) || ours) continue;
    if (query.some(([each]) => belongsToObject(each, [parameter], document))) continue;
    const field = { query: "query", header: "headers", cookie: "params" }[parameter.in as "query"];
    assigned.findings.push({
      where: member(field, parameter.name),
      problem: "is missing, and the operation requires it",
      schema: parameter.schema,
    });
  }
  return assigned;
}

const hasValue = ({ value }: Given) => value !== undefined && value !== null;

function undeclared(name: string, place: Parameter["in"]): Parameter {
  const style = { path: "simple", query: "form", header: "simple", cookie: "form", querystring: "form" }[
    place
  ];
  return {
    name,
    in: place,
    required: false,
    style,
    explode: style === "form",
    allowReserved: false,
    schema: undefined,
  };
}

/** One value a name; several for a name written several times into the path's own query. */
function grouped(query: [string, unknown][]): Map<string, unknown> {
  const values = new Map<string, unknown[]>();
  for (const [name, value] of query) values.set(name, [...(values.get(name) ?? []), value]);
  return new Map([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all.flat()]));
}

/** A value as the parameter's style wants it: a list where the document has one, also of one, also written with commas. */
function wireValue(value: unknown, parameter: Parameter, document: SpecDocument): unknown {
  if (value === undefined || value === null || parameter.contentType !== undefined) return value;
  const types = schemaTypes(parameter.schema, document);
  if (typeof value === "string" && schemaPart(parameter.schema, ["format"], document) === "date")
    // A Date of midnight arrives with its time; the format has none.
    return value.replace(/^(\d{4}-\d\d-\d\d)T00:00:00(\.000)?Z$/, "$1");
  if (!types.has("array") || typeof value === "object") return value;
  if (typeof value !== "string") return types.has(typeof value) ? value : [value];
  if (types.has("string")) return value;
  const delimiter = { spaceDelimited: " ", pipeDelimited: "|", tabDelimited: "\t" }[parameter.style] ?? ",";
  return parameter.explode && parameter.in === "query" ? [value] : value.split(delimiter);
}

/** Whether a name of the query is part of an object parameter: `filter[state]`, or a field of one that is spread out. */
function belongsToObject(name: string, declared: Parameter[], document: SpecDocument): boolean {
  return declared.some((parameter) => {
    if (parameter.contentType !== undefined) return false;
    if (name.startsWith(`${parameter.name}[`)) return true;
    if (parameter.style !== "form" || !parameter.explode) return false;
    if (!schemaTypes(parameter.schema, document).has("object")) return false;
    const properties = schemaPart(parameter.schema, ["properties"], document);
    if (isRecord(properties) && Object.hasOwn(properties, name)) return true;
    const others = schemaPart(parameter.schema, ["additionalProperties"], document);
    return others === undefined ? !isRecord(properties) : others !== false;
  });
}

function isOurs(name: string, credential: Credential): boolean {
  const lower = name.toLowerCase();
  // By the specification such a definition is ignored.
  if (["accept", "content-type", "authorization"].includes(lower)) return true;
  return isReservedHeader(lower) || (credential.kind === "header" && credential.name.toLowerCase() === lower);
}

/** Any header may be sent; one that is nearly a declared and missing one is a slip. */
function slip(name: string, declared: string[], headers: Record<string, unknown>): string | undefined {
  const given = new Set(Object.keys(headers).map((each) => each.toLowerCase()));
  const missing = declared.filter((each) => !given.has(each.toLowerCase()));
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const meant = meantName(name, missing);
  if (meant === undefined || /^(accept|if|content|cache|prefer|range|x-github)/i.test(name)) return undefined;
  return Math.abs(plain(meant).length - plain(name).length) <= 2 ? meant : undefined;
}

function unknownName(field: string, name: string, declared: Parameter[], details: OperationDetails): Finding {
  const names = declared.map((parameter) => parameter.name);
  const meant = meantName(name, names);
  const elsewhere = details.parameters.find((parameter) => parameter.name === name);
  const list =
    names.length === 0
      ? "it has none"
      : `it has ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`;
  const advice =
    elsewhere === undefined
      ? meant === undefined
        ? list
        : `did you mean ${meant}?`
      : `${name} is a ${elsewhere.in} parameter: put it into ${fieldOf(elsewhere)}`;
  return { where: member(field, name), problem: `is no ${field} parameter of this operation; ${advice}` };
}

function misplaced(name: string, path: string, placeholders: string[], details: OperationDetails): string {
  const elsewhere = details.parameters.find((parameter) => parameter.name === name);
  const names = [
    ...placeholders,
    ...details.parameters.filter((each) => each.in === "cookie").map((each) => each.name),
  ];
  const meant = meantName(name, names);
  const list =
    placeholders.length === 0
      ? "That path has no placeholders."
      : `Its placeholders: {${placeholders.join("}, {")}}.`;
  const advice =
    elsewhere !== undefined
      ? `It is a ${elsewhere.in} parameter: put it into ${fieldOf(elsewhere)}.`
      : meant === undefined
        ? "Query values go into query."
        : `Did you mean ${meant}?`;
  return `params.${name} is not a placeholder of ${path}. ${list} ${advice}`;
}

function fieldOf({ in: place }: Parameter): string {
  return { path: "params", query: "query", header: "headers", cookie: "params", querystring: "query" }[place];
}
