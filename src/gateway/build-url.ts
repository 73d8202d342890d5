// Base URL + operation + values → the URL to call. Whatever a program gives, the result stays on the base's
// origin and below the base's path: a value can fill its own place in the template, never change the shape around it.

import type { Operation } from "../spec/operations.ts";
import { CallRefused, show } from "./call.ts";

export function buildUrl(
  base: URL,
  operation: Operation,
  params: Record<string, unknown>,
  query: [name: string, value: unknown][],
): URL {
  const basePath = base.pathname.replace(/\/+$/, "");
  const [template = "", ownQuery] = operation.path.split("#")[0]?.split("?") ?? [];
  const used = new Set<string>();
  const path = template
    .split(/(\{[^{}]*\})/)
    .map((part) =>
      part.startsWith("{") ? fill(part.slice(1, -1), params, operation, used) : encodeLiteral(part),
    )
    .join("");
  const unknown = Object.keys(params).find((name) => !used.has(name));
  if (unknown !== undefined) {
    throw new CallRefused(
      "parameter",
      `params.${unknown} is not a placeholder of ${operation.path}. ${placeholders(template)} Query values go into query.`,
    );
  }
  const url = new URL(base);
  url.search = "";
  url.hash = "";
  url.pathname = basePath + path;
  // The URL parser has the last word on what a path means; if it read ours differently, it is not sent.
  if (
    url.origin !== base.origin ||
    url.pathname !== basePath + path ||
    url.username !== "" ||
    url.password !== ""
  ) {
    throw new CallRefused(
      "parameter",
      `${show(path)} does not stay below the API's own address, so it is not sent.`,
    );
  }
  for (const [name, value] of new URLSearchParams(ownQuery ?? "")) url.searchParams.append(name, value);
  for (const [name, value] of query) appendQuery(url.searchParams, name, value);
  return url;
}

function fill(
  name: string,
  params: Record<string, unknown>,
  operation: Operation,
  used: Set<string>,
): string {
  used.add(name);
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  if (value === undefined || value === null || value === "") {
    throw new CallRefused(
      "parameter",
      `{${name}} in ${operation.path} has no value: give params.${name} (it is ${value === "" ? "an empty string" : show(value)}).`,
    );
  }
  if (!["string", "number", "boolean"].includes(typeof value)) {
    throw new CallRefused(
      "parameter",
      `params.${name} is ${show(value)}. Give a string, a number or a boolean.`,
    );
  }
  const text = String(value);
  if (!text.isWellFormed())
    throw new CallRefused(
      "parameter",
      `params.${name} has half of a surrogate pair, which no URL can carry.`,
    );
  if (/^\{.*\}$/.test(text))
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
  return encodeURIComponent(text);
}

/** Whether a value, decoded as often as a server might, has a segment "." or "..". */
function leavesItsPlace(value: string): boolean {
  let text = value;
  for (let round = 0; round < 4; round += 1) {
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
  // Still changing after four rounds: nobody writes that by accident.
  return true;
}

/** A literal part of the document's own template, percent-encoded where a URL needs it; what is encoded already stays. */
function encodeLiteral(text: string): string {
  return encodeURI(text).replaceAll(/%25([0-9a-f]{2})/gi, "%$1");
}

function appendQuery(target: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) appendQuery(target, name, item);
    return;
  }
  if (!["string", "number", "boolean"].includes(typeof value)) {
    throw new CallRefused(
      "parameter",
      `query.${name} is ${show(value)}. Give a string, a number, a boolean, or an array of them.`,
    );
  }
  target.append(name, String(value));
}

function placeholders(template: string): string {
  const names = template.match(/\{[^{}]*\}/g) ?? [];
  return names.length === 0 ? "That path has no placeholders." : `Its placeholders: ${names.join(", ")}.`;
}
