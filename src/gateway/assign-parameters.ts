// The names and values a program gave → the operation's parameters, each with its value. Never guesses a place:
// a name the document does not have is reported with the nearest it has.

import type { Credential } from "../auth/credential.ts";
import type { SpecDocument } from "../spec/document.ts";
import type { OperationDetails, Parameter } from "../spec/operation-details.ts";
import { isReservedHeader } from "./build-headers.ts";
import { CallRefused } from "./call.ts";
import { member } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { MatchedCall } from "./match-operation.ts";
import { misplaced, slip, unknownName } from "./parameter-names.ts";
import { schemaTypes } from "./schema-types.ts";
import { belongsToObject, wireValue } from "./wire-value.ts";

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
  for (const [name, value] of query) {
    const same = values.get(name);
    if (same === undefined) values.set(name, [value]);
    else same.push(value);
  }
  return new Map([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all.flat()]));
}

function isOurs(name: string, credential: Credential): boolean {
  const lower = name.toLowerCase();
  // By the specification such a definition is ignored.
  if (["accept", "content-type", "authorization"].includes(lower)) return true;
  return isReservedHeader(lower) || (credential.kind === "header" && credential.name.toLowerCase() === lower);
}
