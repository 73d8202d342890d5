// A call as a program spells it out → why it would be refused, before anything runs. Pure.

import type { Operations } from "../spec/operations.ts";
import type { CallTarget } from "./call.ts";
import { CallRefused } from "./call.ts";
import { matchOperation } from "./match-operation.ts";

/** @param params names the program gives values for; undefined when that is not known @returns undefined when the call may be made */
export function checkLiteralCall(
  call: CallTarget & { params: string[] | undefined },
  operations: Operations,
): string | undefined {
  const values = Object.fromEntries((call.params ?? []).map((name) => [name, "?"]));
  try {
    const { operation, params } = matchOperation({ ...call, params: values, query: {} }, operations);
    if (call.params === undefined) return undefined;
    const placeholders = [...operation.path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? "");
    const missing = placeholders.filter((name) => params[name] === undefined);
    const note = operation.note === undefined ? "" : ` Note on this operation: ${operation.note}`;
    const other = call.params.find((name) => !placeholders.includes(name));
    // What is no placeholder may be a cookie: only the definition knows, and the gateway reads that.
    const unknown =
      other !== undefined && operations.details(operation).parameters.every((each) => each.in !== "cookie")
        ? other
        : undefined;
    if (missing.length > 0) {
      const instead = unknown === undefined ? "" : `, not params.${unknown}`;
      return `${operation.method} ${operation.path} needs params: {${missing.join(", ")}}${instead}.${note}`;
    }
    if (unknown === undefined) return undefined;
    return `params.${unknown} is not a placeholder of ${operation.path}${placeholders.length === 0 ? "" : `; it has {${placeholders.join("}, {")}}`}. Query values go into query.${note}`;
  } catch (error) {
    if (error instanceof CallRefused) return error.message;
    throw error;
  }
}
