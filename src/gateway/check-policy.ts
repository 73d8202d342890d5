// Whether this deployment lets a call leave, whatever the program says. Never looks at a call's values.

import { isStricter, methodEffect } from "../spec/effect.ts";
import type { Effect } from "../spec/effect.ts";
import type { Operation } from "../spec/operations.ts";
import { CallRefused } from "./call.ts";

/** What a deployment, or whoever calls, may do: `read` lets out nothing but reading operations. */
export type Access = "read" | "write";

/**
 * READ_ONLY of the environment. Whatever is not plainly "no" means read-only: a typo must not open it.
 */
export function readAccess(readOnly: string | undefined): Access {
  return ["", "0", "false", "no", "off"].includes((readOnly ?? "").trim().toLowerCase()) ? "write" : "read";
}

/**
 * @param reached other operations whose path the URL fits as well: it may be they that the API runs
 * @returns what the call does, the strictest of all it may reach
 * @throws CallRefused when it is denied, or acts where only reading is allowed
 */
export function checkPolicy(operation: Operation, reached: Operation[], access: Access): Effect {
  const denied = [operation, ...reached].find((one) => one.denied !== undefined);
  if (denied !== undefined) {
    // A reason is a sentence, or the end of one.
    const reason = denied.denied?.replace(/\.$/, "") ?? "";
    throw new CallRefused(
      "policy",
      `${nameOf(denied)} is denied by this deployment's policy, for everybody: ${reason}.${asWritten(operation, denied)} Nothing was sent, and asking again does not help. Whoever runs this deployment can change policy in the API's api.jsonc.`,
    );
  }
  const strictest = reached.reduce(
    (one, other) => (isStricter(other.effect, one.effect) ? other : one),
    operation,
  );
  if (access === "read" && strictest.effect !== "read") {
    throw new CallRefused(
      "policy",
      `${nameOf(strictest)} ${strictest.effect === "delete" ? "deletes" : "writes"}${becauseOf(strictest)}, and this deployment only reads.${asWritten(operation, strictest)} Nothing was sent. If it only reads, whoever runs this deployment can list it under policy.reads in the API's api.jsonc; to let programs write, they unset READ_ONLY.`,
    );
  }
  return strictest.effect;
}

function nameOf({ method, path, operationId }: Operation): string {
  return `${method} ${path}${operationId === undefined ? "" : ` (${operationId})`}`;
}

function becauseOf({ method, effect }: Operation): string {
  return methodEffect(method) === effect ? ` (its method is ${method})` : ", as the document or policy says";
}

function asWritten(operation: Operation, other: Operation): string {
  return other === operation
    ? ""
    : ` The call names ${nameOf(operation)}, but with these values its URL is that of the other.`;
}
