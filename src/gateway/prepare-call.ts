// A matched call → what goes on the wire: parameters, body, validation, URL, headers. Sends nothing itself.

import type { Credential } from "../auth/credential.ts";
import type { Limits } from "../limits.ts";
import type { Operations } from "../spec/operations.ts";
import { assignParameters } from "./assign-parameters.ts";
import { buildHeaders } from "./build-headers.ts";
import { buildUrl } from "./build-url.ts";
import type { ApiCall } from "./call.ts";
import { CallRefused } from "./call.ts";
import { checkCall } from "./check-call.ts";
import type { ValueChecker } from "./check-value.ts";
import { chooseBody, encodeBody } from "./encode-body.ts";
import { sayFinding } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { MatchedCall } from "./match-operation.ts";
import { cookiePairs, headerText } from "./serialize-parameter.ts";

export type PreparedCall = {
  url: URL;
  headers: Headers;
  body: Uint8Array | undefined;
  /** What is wrong with the call by the letter of the document: worth saying once the API has refused it. */
  findings: () => string[];
};

type Preparing = {
  operations: Operations;
  checker: ValueChecker;
  baseUrl: URL;
  credential: Credential;
  limits: Limits;
  userAgent: string;
};

export async function prepareCall(
  call: ApiCall,
  matched: MatchedCall,
  { operations, checker, baseUrl, credential, limits, userAgent }: Preparing,
): Promise<PreparedCall> {
  const { operation } = matched;
  const { document } = operations;
  const details = operations.details(operation);
  const given = assignParameters(matched, call.headers, details, document, credential);
  const url = buildUrl(baseUrl, operation, given);
  const chosen = chooseBody(call, operation, details, document);
  const sent = { given, body: chosen, document, checker };
  if (call.validate) {
    const findings = checkCall(sent, "lenient");
    if (findings.length > 0)
      throw refusal(`${operation.method} ${operation.path}`, findings, limits.findings);
  }
  if (url.href.length > limits.urlChars)
    throw new CallRefused(
      "limit",
      `The URL would be ${url.href.length} characters long; at most ${limits.urlChars} are sent. Put less into query, or use the body.`,
    );
  const texts = given.header.map(({ parameter, value }): [string, unknown] => [
    parameter.name,
    // What is described nowhere goes as it is, checked where headers are built.
    parameter.schema === undefined && parameter.contentType === undefined
      ? value
      : headerText(parameter, value),
  ]);
  const cookies = given.cookie.flatMap(({ parameter, value }) => cookiePairs(parameter, value));
  const headers = buildHeaders(Object.fromEntries(texts), credential, userAgent, cookies);
  const body = await encodeBody(chosen, headers, limits);
  return {
    url,
    headers,
    body,
    findings: () => checkCall(sent, "strict").slice(0, limits.findings).map(sayFinding),
  };
}

function refusal(address: string, findings: Finding[], most: number): CallRefused {
  const said = findings.slice(0, most).map((finding) => `- ${sayFinding(finding)}`);
  const more = findings.length > most ? [`- and ${findings.length - most} more`] : [];
  return new CallRefused(
    "invalid",
    [
      `${address} was not sent: it does not fit the document.`,
      ...said,
      ...more,
      "Correct it, or send it as it is with validate: false if the document is wrong.",
    ].join("\n"),
  );
}
