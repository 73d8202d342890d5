// What to say of a name that is no parameter, or one in the wrong place. Pure.

import type { OperationDetails, Parameter } from "../spec/operation-details.ts";
import { member } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { meantName } from "./nearest-name.ts";

/** Any header may be sent; one that is nearly a declared and missing one is a slip. */
export function slip(name: string, declared: string[], headers: Record<string, unknown>): string | undefined {
  const given = new Set(Object.keys(headers).map((each) => each.toLowerCase()));
  const missing = declared.filter((each) => !given.has(each.toLowerCase()));
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const meant = meantName(name, missing);
  if (meant === undefined || /^(accept|if|content|cache|prefer|range|x-github)/i.test(name)) return undefined;
  return Math.abs(plain(meant).length - plain(name).length) <= 2 ? meant : undefined;
}

export function unknownName(
  field: string,
  name: string,
  declared: Parameter[],
  details: OperationDetails,
): Finding {
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

export function misplaced(
  name: string,
  path: string,
  placeholders: string[],
  details: OperationDetails,
): string {
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
