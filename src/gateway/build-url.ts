// Base URL + operation + values → the URL to call. Whatever a program gives, the result stays on the base's
// origin and below the base's path: a value can fill its own place in the template, never change the shape around it.

import type { Operation } from "../spec/operations.ts";
import type { AssignedParameters, Given } from "./assign-parameters.ts";
import { CallRefused, show } from "./call.ts";
import { isJson } from "./content-type.ts";
import { encodeStrictly, pathText, queryPairs } from "./serialize-parameter.ts";

export function buildUrl(base: URL, operation: Operation, given: AssignedParameters): URL {
  const basePath = base.pathname.replace(/\/+$/, "");
  const [template = "", ownQuery = ""] = operation.path.split("#")[0]?.split("?") ?? [];
  const path = template
    .split(/(\{[^{}]*\})/)
    .map((part) =>
      part.startsWith("{") ? fill(part.slice(1, -1), given.path, operation) : encodeLiteral(part),
    )
    .join("");
  const url = new URL(base);
  url.search = "";
  url.hash = "";
  url.pathname = basePath + path;
  // The URL parser has the last word on what a path means; if it read ours differently, it is not sent.
  if (
    url.origin !== base.origin ||
    url.pathname !== basePath + path ||
    url.username !== "" ||
    url.password !== "" ||
    // A style puts a "." before a value, and a value a "/" behind it: the whole counts, as a lenient server reads it.
    leavesItsPlace(path, 5)
  ) {
    throw new CallRefused(
      "parameter",
      `${show(path)} does not stay below the API's own address, so it is not sent.`,
    );
  }
  url.search = [ownQuery === "" ? [] : [ownQuery], queryOf(given)].flat().join("&");
  return url;
}

/** Adds the credential as the query's last pair and drops every other of its name, without rewriting the rest. */
export function addToQuery(url: URL, name: string, value: string): void {
  const others = url.search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && new URLSearchParams(pair).get(name) === null);
  url.search = [...others, `${encodeStrictly(name)}=${encodeStrictly(value)}`].join("&");
}

function queryOf({ query, querystring }: AssignedParameters): string[] {
  if (querystring === undefined) return query.flatMap(({ parameter, value }) => queryPairs(parameter, value));
  const { parameter, value } = querystring;
  if (typeof value === "string") return [encodeStrictly(value)];
  if (isJson(parameter.contentType ?? "")) return [encodeStrictly(JSON.stringify(value))];
  const { contentType: _, ...plain } = parameter;
  return queryPairs({ ...plain, style: "form", explode: true }, value);
}

function fill(name: string, path: Map<string, Given>, operation: Operation): string {
  const { value, parameter } = path.get(name) ?? {};
  if (value === undefined || value === null || value === "" || parameter === undefined) {
    throw new CallRefused(
      "parameter",
      `{${name}} in ${operation.path} has no value: give params.${name} (it is ${value === "" ? "an empty string" : show(value)}).`,
    );
  }
  for (const text of textsIn(value)) {
    if (/^\{.*\}$/.test(text) && parameter.contentType === undefined)
      throw new CallRefused(
        "parameter",
        `params.${name} is ${show(text)}, an unfilled placeholder. Give its value.`,
      );
    if (leavesItsPlace(text)) {
      throw new CallRefused(
        "parameter",
        `params.${name} is ${show(text)}, which some servers read as a step to another path, so it is not sent. "." and ".." cannot be segments of a value, encoded or not.`,
      );
    }
  }
  const text = pathText(parameter, value);
  if (text === undefined || text === "") {
    throw new CallRefused(
      "parameter",
      `{${name}} in ${operation.path} has no value: params.${name} is ${show(value)}, of which nothing is left on the wire.`,
    );
  }
  return text;
}

/** Every text of a value, keys included. */
function textsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)]);
}

/** Whether a text, decoded as often as a server might, has a segment "." or "..". */
function leavesItsPlace(value: string, rounds = 4): boolean {
  let text = value;
  for (let round = 0; round < rounds; round += 1) {
    if (text.split(/[/\\]/).some((segment) => /^\.{1,2}(;.*)?$/.test(segment.replaceAll(/[\t\n\r\0]/g, ""))))
      return true;
    let decoded: string;
    try {
      decoded = decodeURIComponent(text);
    } catch {
      // Partly encoded: decode what can be decoded, as a lenient server does.
      decoded = text.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
    }
    if (decoded === text) return false;
    text = decoded;
  }
  // Still changing after so many rounds: nobody writes that by accident.
  return true;
}

/** A literal part of the document's own template, percent-encoded where a URL needs it; what is encoded already stays. */
function encodeLiteral(text: string): string {
  return encodeURI(text).replaceAll(/%25([0-9a-f]{2})/gi, "%$1");
}
