import { cutDocument } from "../../scripts/spec/cut-document.ts";
import type { Credential } from "../../src/auth/credential.ts";
import { readCall } from "../../src/gateway/call.ts";
import { ValueChecker } from "../../src/gateway/check-value.ts";
import { matchOperation } from "../../src/gateway/match-operation.ts";
import { prepareCall } from "../../src/gateway/prepare-call.ts";
import type { PreparedCall } from "../../src/gateway/prepare-call.ts";
import { limits } from "../../src/limits.ts";
import type { Limits } from "../../src/limits.ts";
import { Operations } from "../../src/spec/operations.ts";
import { encodePieces } from "../../src/spec/pieces.ts";

// workerd has it, Node 22 does not yet.
if (!("fromBase64" in Uint8Array))
  Object.defineProperty(Uint8Array, "fromBase64", {
    value: (text: string) => new Uint8Array(Buffer.from(text, "base64")),
  });

export function operationsOf(document: object, bounds: Limits = limits): Operations {
  const { index, pieces } = cutDocument(document as Record<string, unknown>);
  return new Operations(structuredClone(index), encodePieces(pieces).buffer as ArrayBuffer, bounds);
}

export const base = new URL("https://api.example/v1/base");

/** A call as a program's text arrives, up to what would be sent. */
export function prepare(
  operations: Operations,
  call: object,
  options: { credential?: Credential; limits?: Limits } = {},
): Promise<PreparedCall> {
  const { credential = { kind: "none" }, limits: bounds = limits } = options;
  const read = readCall(JSON.stringify(call));
  return prepareCall(read, matchOperation(read, operations), {
    operations,
    checker: new ValueChecker(operations.document, bounds),
    baseUrl: base,
    credential,
    limits: bounds,
    userAgent: "test",
  });
}

/** A document of one operation, `POST /things` unless said otherwise. */
export function documentOf(operation: object, rest: object = {}, address = "POST /things"): object {
  const [method = "", path = ""] = address.split(" ");
  return {
    openapi: "3.1.0",
    info: { title: "t", version: "1" },
    paths: { [path]: { [method.toLowerCase()]: { responses: {}, ...operation } } },
    ...rest,
  };
}

export function textOf(body: Uint8Array | undefined): string {
  return new TextDecoder().decode(body);
}
