// A call that reaches a GraphQL endpoint: which of them it is, what it does, and its refusal where only reading is allowed.
// Never guesses: what graphql-effect.ts does not know to read is taken to write.

import type { Limits } from "../limits.ts";
import { isStricter, methodEffect } from "../spec/effect.ts";
import type { Operation, Operations } from "../spec/operations.ts";
import type { OperationDetails } from "../spec/operation-details.ts";
import { CallRefused } from "./call.ts";
import type { ApiCall } from "./call.ts";
import type { Access } from "./check-policy.ts";
import { essence } from "./content-type.ts";
import { graphqlEffect, isGraphqlPath } from "./graphql-effect.ts";
import type { GraphqlEffect } from "./graphql-effect.ts";
import { matchOperation } from "./match-operation.ts";
import type { MatchedCall } from "./match-operation.ts";
import type { PreparedCall } from "./prepare-call.ts";

/** @throws CallRefused for api.graphql where there is no endpoint */
export function matchCall(call: ApiCall, operations: Operations): MatchedCall {
  if (call.graphql !== true) return matchOperation(call, operations);
  const operation = operations.graphql.find(({ method }) => method === "POST");
  if (operation === undefined)
    throw new CallRefused(
      "unknown-operation",
      `This API has no GraphQL endpoint that is known here. Use api.request. If it has one, whoever runs this deployment can name it in the API's api.jsonc: "graphql": {"path": "/graphql"}.`,
    );
  return { operation, params: {}, query: [] };
}

/** An endpoint before it is known what the call does: it may be called if it only reads, unless policy says otherwise. */
export function beforeParsing(operation: Operation): Operation {
  return operation.graphql === true && operation.effect === methodEffect(operation.method)
    ? { ...operation, effect: "read" }
    : operation;
}

type CheckedGraphql = {
  operation: Operation;
  body: Uint8Array | undefined;
  /** Refuses what is no plain query where only reading is allowed; asked after the caller's own rights. */
  check(access: Access): void;
};

/** @param pathname of the URL below the base path @returns the operation with the effect of this very call */
export function checkGraphql(
  operation: Operation,
  { url, headers, body }: PreparedCall,
  details: OperationDetails,
  operations: Operations,
  pathname: string,
  access: Access,
  limits: Limits,
): CheckedGraphql {
  if (operation.graphql !== true && !isGraphqlPath(operations, pathname))
    return { operation, body, check: () => undefined };
  const contentType = headers.get("content-type") ?? "";
  const declared = details.parameters.filter((each) => each.in === "query").map(({ name }) => name);
  const wire = { method: operation.method, query: url.searchParams, contentType, body, declared };
  const found: GraphqlEffect =
    operation.graphql === true
      ? graphqlEffect(wire, limits)
      : {
          effect: "write",
          because: "its URL is that of the GraphQL endpoint; call that by its own path",
          mutates: false,
        };
  if (found.effect === "write") {
    // A mutation may be a matter of the caller's scopes, which says more; what cannot be known is not.
    if (access === "read" && !found.mutates) throw refusal(operation, found);
    const effect = isStricter(operation.effect, "write") ? operation.effect : "write";
    return {
      operation: { ...operation, effect },
      body,
      check: () => {
        if (access === "read") throw refusal(operation, found);
      },
    };
  }
  if (found.contentType !== undefined && essence(contentType) !== contentType)
    headers.set("content-type", found.contentType);
  return { operation: beforeParsing(operation), body: found.body ?? body, check: () => undefined };
}

function refusal(
  { method, path }: Operation,
  { because }: Extract<GraphqlEffect, { effect: "write" }>,
): CallRefused {
  return new CallRefused(
    "policy",
    `${method} ${path} takes GraphQL, and only queries may leave here: ${because}. Nothing was sent. A query goes as api.graphql("query { … }", variables).`,
  );
}
