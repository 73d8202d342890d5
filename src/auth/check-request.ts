// Request → a principal, or a refusal. Never sees programs or the document.

import { checkHost, checkOrigin, isLoopback } from "./check-origin.ts";
import type { Refusal } from "./check-origin.ts";

export type AuthEnv = {
  /** Hosts besides localhost and *.workers.dev, separated by commas. */
  ALLOWED_HOSTS?: string;
  /** Origins of web pages that may call, with scheme and port, separated by commas. */
  ALLOWED_ORIGINS?: string;
  /** Secret: the bearer token clients must send. Without it only localhost is served. */
  MCP_TOKEN?: string;
};

export type Principal = { id: "local" | "token" };

/** A short secret can be guessed; 32 characters of base64 are 192 bits. */
const minimumTokenLength = 32;

export async function checkRequest(request: Request, env: AuthEnv): Promise<Principal | Refusal> {
  const url = new URL(request.url);
  const policy = { allowedHosts: list(env.ALLOWED_HOSTS), allowedOrigins: list(env.ALLOWED_ORIGINS) };
  const refusal =
    checkHost(url, request.headers.get("host"), policy) ??
    checkOrigin(url, request.headers.get("origin"), policy);
  if (refusal !== undefined) return refusal;
  const token = env.MCP_TOKEN ?? "";
  if (token === "") {
    if (isLoopback(url.hostname)) return { id: "local" };
    return {
      status: 503,
      message:
        "This deployment has no authentication configured, so it serves nobody. Set one: npx wrangler secret put MCP_TOKEN (32 characters or more, e.g. from: openssl rand -base64 32).",
    };
  }
  if (token.length < minimumTokenLength) {
    return {
      status: 503,
      message: `The secret MCP_TOKEN is shorter than ${minimumTokenLength} characters. Set a longer one: npx wrangler secret put MCP_TOKEN.`,
    };
  }
  const given = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (given !== undefined && (await equal(given, token))) return { id: "token" };
  return {
    status: 401,
    message:
      given === undefined
        ? "A bearer token is needed: Authorization: Bearer …"
        : "The bearer token is not the one this deployment expects.",
    challenge: given === undefined ? "Bearer" : 'Bearer error="invalid_token"',
  };
}

/** Compares digests, so that the time taken says nothing about the token. */
async function equal(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all(
    [a, b].map((text) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))),
  );
  return left !== undefined && right !== undefined && crypto.subtle.timingSafeEqual(left, right);
}

function list(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
