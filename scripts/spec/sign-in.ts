// `scopes` and `signIn` of api.jsonc → what the artifact carries of them. Pure. What would do nothing is refused, since a
// scope that names no operation, or a probe that asks nothing, would look like protection.

import { methodEffect } from "../../src/spec/effect.ts";
import { type ArtifactIndex, operationsOf } from "../../src/spec/format.ts";
import { matchSelector } from "./policy-selector.ts";
import type { ApiScopes, ApiSignIn } from "./settings-schema.ts";

type BuiltScopes = Record<string, { says: string; operations: number[] }>;

export function buildScopes(index: ArtifactIndex, scopes: ApiScopes): BuiltScopes {
  return Object.fromEntries(
    Object.entries(scopes).map(([name, { says, operations }]) => {
      const used = new Set<string>();
      const numbers = numberedOperations(index).flatMap(({ number, ...operation }) => {
        const matching = operations.filter((selector) => matchSelector(selector, operation) !== undefined);
        for (const selector of matching) used.add(selector);
        return matching.length > 0 ? [number] : [];
      });
      const idle = operations.find((selector) => !used.has(selector));
      if (idle !== undefined)
        throw new Error(
          `scopes.${name} of api.jsonc: ${JSON.stringify(idle)} matches no operation, so it would guard nothing. Use an operationId, "tag:NAME", or a method and path such as "* /admin/**".`,
        );
      return [name, { says, operations: numbers }];
    }),
  );
}

type BuiltSignIn = {
  probe: { method: string; path: string };
  account?: string;
  tokenPattern?: string;
  oauth?: NonNullable<ApiSignIn["oauth"]>;
};

export function buildSignIn(
  index: ArtifactIndex,
  { probe, account, tokenPattern, oauth }: ApiSignIn,
): BuiltSignIn {
  const found = numberedOperations(index).find(
    ({ method, path, operationId }) => probe === operationId || probe === `${method.toUpperCase()} ${path}`,
  );
  if (found === undefined)
    throw new Error(
      `signIn.probe of api.jsonc: ${JSON.stringify(probe)} is no operation of the document. Name one that answers only to a valid credential, such as "GET /user".`,
    );
  const reads = index.effects?.read?.includes(found.number) ?? false;
  const acts = [...(index.effects?.write ?? []), ...(index.effects?.delete ?? [])].includes(found.number);
  if (acts || (!reads && methodEffect(found.method) !== "read"))
    throw new Error(
      `signIn.probe of api.jsonc: ${JSON.stringify(probe)} does not only read. Name an operation that does, such as "GET /user".`,
    );
  if (found.path.includes("{"))
    throw new Error(
      `signIn.probe of api.jsonc: ${JSON.stringify(probe)} needs values for ${found.path}. Name an operation without placeholders, such as "GET /user".`,
    );
  return {
    probe: { method: found.method.toUpperCase(), path: found.path },
    ...(account !== undefined && { account }),
    ...(tokenPattern !== undefined && { tokenPattern }),
    ...(oauth && { oauth }),
  };
}

function numberedOperations(index: ArtifactIndex) {
  return Object.entries(index.paths)
    .flatMap(([path, item]) => operationsOf(item).map(([method, operation]) => ({ path, method, operation })))
    .map(({ path, method, operation: { operationId, tags = [] } }, number) => ({
      number,
      path,
      method,
      operationId,
      tags,
    }));
}
