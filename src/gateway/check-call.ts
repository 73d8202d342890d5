// Parameters and body against the document → everything found wrong with them. Pure.

import type { SpecDocument } from "../spec/document.ts";
import type { AssignedParameters, Given } from "./assign-parameters.ts";
import type { CallBody, FormPart } from "./call.ts";
import type { ValueChecker } from "./check-value.ts";
import { isForm, isJson, isJsonLines } from "./content-type.ts";
import type { ChosenBody } from "./encode-body.ts";
import type { Finding } from "./finding.ts";
import type { Strictness } from "./request-schema.ts";
import { asMeant, schemaPart } from "./schema-types.ts";

type CheckedCall = {
  given: AssignedParameters;
  body: ChosenBody | undefined;
  document: SpecDocument;
  checker: ValueChecker;
};

export function checkCall(
  { given, body, document, checker }: CheckedCall,
  strictness: Strictness,
): Finding[] {
  const parameters = [
    ...given.path.values(),
    ...given.query,
    ...given.header,
    ...given.cookie,
    ...(given.querystring === undefined ? [] : [given.querystring]),
  ];
  const inParameters = parameters.flatMap((each) => checkParameter(each, document, checker, strictness));
  const inBody = body === undefined ? [] : checkBody(body, document, checker, strictness);
  return [...given.findings, ...inParameters, ...inBody];
}

function checkParameter(
  { parameter, value, label }: Given,
  document: SpecDocument,
  checker: ValueChecker,
  strictness: Strictness,
): Finding[] {
  if (value === undefined || value === null || parameter.schema === undefined) return [];
  if (parameter.contentType !== undefined) {
    if (!isJson(parameter.contentType)) return [];
    return checker.check(parsed(value), parameter.schema, label, strictness);
  }
  const found = checker.check(
    asMeant(value, parameter.schema, document),
    parameter.schema,
    label,
    strictness,
  );
  return Array.isArray(value) ? found.map((finding) => asOneText(finding, label)) : found;
}

/** Lists written as one text, with commas as a rule, are the commonest way documents have of not saying so. */
function asOneText(finding: Finding, label: string): Finding {
  const one = finding.where === label && finding.problem.endsWith("not a string");
  return one ? { ...finding, problem: `${finding.problem}: give one text, e.g. list.join(",")` } : finding;
}

function checkBody(
  { body, contentType, media }: ChosenBody,
  document: SpecDocument,
  checker: ValueChecker,
  strictness: Strictness,
): Finding[] {
  const schema = media?.schema;
  if (schema === undefined || "bytes" in body) return [];
  if (isForm(contentType)) {
    const { fields, files } = formValue(body, schema, document);
    if (fields === undefined) return [];
    const checked = checker.check(asMeant(fields, schema, document), schema, "body", strictness);
    const findings = withSlips(checked, fields, schema, checker);
    // Of a file nothing can be checked but that it is there.
    return findings.filter(
      ({ where }) => !files.some((name) => where === `body.${name}` || where.startsWith(`body.${name}[`)),
    );
  }
  if (isJson(contentType)) {
    const value = "json" in body ? body.json : parsed(textOf(body));
    return withSlips(checker.check(value, schema, "body", strictness), value, schema, checker);
  }
  if (!isJsonLines(contentType) || !("json" in body)) return [];
  const isList = schemaPart(schema, ["items"], document) !== undefined;
  return isList || !Array.isArray(body.json)
    ? checker.check(body.json, schema, "body", strictness)
    : body.json.slice(0, 100).flatMap((item, n) => checker.check(item, schema, `body[${n}]`, strictness));
}

/** A name told of already, by itself or as the one given for what is missing, is not told of again. */
function withSlips(findings: Finding[], value: unknown, schema: unknown, checker: ValueChecker): Finding[] {
  const told = new Set(findings.map(({ where }) => where));
  const slips = checker.slips(value, schema, "body");
  return [
    ...findings,
    ...slips.filter(({ where, instead }) => !told.has(where) && !told.has(instead ?? where)),
  ];
}

/** A form as the object its schema describes, with an empty text in the place of each file. */
function formValue(
  body: CallBody,
  schema: unknown,
  document: SpecDocument,
): { fields: Record<string, unknown> | undefined; files: string[] } {
  if ("json" in body) return { fields: body.json as Record<string, unknown>, files: [] };
  if (!("form" in body)) return { fields: undefined, files: [] };
  const values = new Map<string, unknown[]>();
  for (const part of body.form) {
    const same = values.get(part.name);
    if (same === undefined) values.set(part.name, [valueOf(part)]);
    else same.push(valueOf(part));
  }
  const fields = [...values].map(([name, all]): [string, unknown] => {
    const property = schemaPart(schema, ["properties", name], document);
    const list = schemaPart(property, ["items"], document) !== undefined;
    const flat = all.flat();
    return [name, list ? flat : all.length === 1 ? all[0] : flat];
  });
  return {
    fields: Object.fromEntries(fields.filter(([, value]) => value !== null)),
    files: body.form.filter(({ bytes }) => bytes !== undefined).map(({ name }) => name),
  };
}

function valueOf({ value, json, bytes }: FormPart): unknown {
  return bytes === undefined ? (value ?? json ?? null) : "";
}

function textOf(body: CallBody): unknown {
  return "text" in body ? body.text : undefined;
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
