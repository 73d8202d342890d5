// A page of ours, with the headers that keep it ours: no scripts, no frames, no other style, nothing remembered.

import { consentStyle } from "./consent-style.ts";

let styleHash: Promise<string> | undefined;

/** @param formLeadsTo where the form may lead to, besides here: browsers hold redirects after a form to its policy too. */
export async function pageResponse(
  body: string,
  {
    status = 200,
    headers,
    formLeadsTo = [],
  }: { status?: number; headers?: Headers; formLeadsTo?: string[] } = {},
): Promise<Response> {
  const sent = new Headers(headers);
  styleHash ??= hashOf(consentStyle);
  const formTargets = ["'self'", ...new Set(formLeadsTo.map(sourceOf))].join(" ");
  sent.set("content-type", "text/html; charset=utf-8");
  sent.set(
    "content-security-policy",
    `default-src 'none'; style-src 'sha256-${await styleHash}'; form-action ${formTargets}; frame-ancestors 'none'; base-uri 'none'`,
  );
  sent.set("x-frame-options", "DENY");
  sent.set("x-content-type-options", "nosniff");
  sent.set("cache-control", "no-store");
  // Not no-referrer: a browser would then send its form with "Origin: null", which is refused.
  sent.set("referrer-policy", "same-origin");
  return new Response(body, { status, headers: sent });
}

/** A policy cannot name an IPv6 address, so such a loopback target stands as its scheme. */
function sourceOf(target: string): string {
  const { origin, protocol, hostname } = new URL(target);
  return hostname.startsWith("[") ? protocol : origin;
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
