// Headers of a call: the program's, less what is not its to set; then ours, the credential last.

import type { Credential } from "../auth/credential.ts";
import { CallRefused, show } from "./call.ts";

/**
 * Headers that decide where a request goes, how it is framed, who sent it, or which method it really is. To a server of
 * `wrangler dev`, `MF-Original-URL` is the URL.
 */
const reserved =
  /^(host|connection|keep-alive|upgrade|te|trailer|transfer-encoding|content-length|accept-encoding|expect|via|forwarded|origin|referer|authorization|cookie|cookie2|set-cookie|proxy-.*|sec-.*|x-forwarded(-.*)?|forwarded-for|x-client-ip|client-ip|x-cluster-client-ip|x-host|http2-settings|x-real-ip|x-original-.*|x-rewrite-.*|x-http-method.*|x-method|x-override-method|(http-)?method-override|x-method-override|cf-connecting-.*|cf-ray|cf-visitor|cf-worker|cf-ew-via|cf-ipcountry|cf-access-.*|cf-pseudo-.*|cdn-loop|true-client-ip|user-agent|(x-)?remote-(user|groups?|name|email|addr)|x-webauth-.*|x-auth-request-.*|x-authenticated-.*|x-ms-client-principal.*|x-goog-(authenticated|iap)-.*|x-amzn-oidc-.*|x-envoy-.*|x-middleware-.*|fastly-client.*|mf-.*)$/;

export function isReservedHeader(name: string): boolean {
  return reserved.test(dashed(name));
}

/** Servers of the CGI kind take one for the other. */
function dashed(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

/** @param cookies `name=value` pairs of the operation's cookie parameters, encoded; the credential's own goes last */
export function buildHeaders(
  given: Record<string, unknown>,
  credential: Credential,
  userAgent: string,
  cookies: string[] = [],
): Headers {
  const headers = new Headers({ accept: "application/json, */*;q=0.8" });
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name))
      throw new CallRefused("header", `${show(name)} is not a header name.`);
    const lower = name.toLowerCase();
    if (
      isReservedHeader(name) ||
      (credential.kind === "header" && dashed(credential.name) === dashed(name))
    ) {
      throw new CallRefused(
        "header",
        `The header ${lower} is not for programs to set; leave it out. Twofold adds what a call needs, authentication too.`,
      );
    }
    if (!["string", "number", "boolean"].includes(typeof value)) {
      throw new CallRefused("header", `headers[${show(name)}] is ${show(value)}. Give a string.`);
    }
    const text = String(value);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text))
      throw new CallRefused("header", `headers[${show(name)}] has a character no header can carry.`);
    headers.set(lower, text);
  }
  headers.set("user-agent", userAgent);
  if (credential.kind === "header") headers.set(credential.name, credential.value);
  const pairs = cookies.filter(
    (pair) => credential.kind !== "cookie" || pair.split("=")[0] !== credential.name,
  );
  if (credential.kind === "cookie") pairs.push(`${credential.name}=${credential.value}`);
  if (pairs.length > 0) headers.set("cookie", pairs.join("; "));
  return headers;
}
