// What the API answered → what the program gets: secret fields out, and what to make of a refusal in. Pure.

import type { Credential } from "../auth/credential.ts";
import type { SpecDocument } from "../spec/document.ts";
import type { OperationDetails } from "../spec/operation-details.ts";
import type { Answer } from "./decode-answer.ts";
import type { Exchanged } from "./exchange.ts";
import { explainRefusal } from "./explain-refusal.ts";
import { answerSchema, redactFields } from "./redact-fields.ts";

export function finishAnswer(
  { answer, headers }: Exchanged,
  options: {
    details: OperationDetails;
    document: SpecDocument;
    credential: Credential;
    redact: readonly string[];
    findings: () => string[];
  },
): Answer {
  const { details, document, credential, redact, findings } = options;
  const { status, data } = answer;
  const resolve = (value: unknown) => document.resolve(value);
  if ("json" in data && typeof data.json === "object" && data.json !== null) {
    const schema = answerSchema(details, status, headers.get("content-type") ?? "", resolve);
    data.json = redactFields(data.json, schema, redact, resolve);
  }
  const refusal = explainRefusal({
    status,
    headers,
    security: details.security,
    schemes: schemesOf(details.security, document),
    credential,
  });
  const hint = [answer.hint, refusal].filter((text) => text !== undefined).join(" ");
  // A call the API itself found wrong carries what the document says against it.
  const found = status === 400 || status === 422 ? findings() : [];
  return { ...answer, ...(hint === "" ? {} : { hint }), ...(found.length === 0 ? {} : { findings: found }) };
}

function schemesOf(security: readonly unknown[], document: SpecDocument): Record<string, unknown> {
  const named = security.flatMap((one) => (typeof one === "object" && one !== null ? Object.keys(one) : []));
  return Object.fromEntries(
    named.map((name) => [
      name,
      document.resolve({
        $ref: `#/components/securitySchemes/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
      }),
    ]),
  );
}
