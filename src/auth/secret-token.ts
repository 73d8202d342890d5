// A fixed token of a deployment, and whether a request carries it. Tells nobody how near a guess was.

export function bearerOf(request: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
}

/** Compares digests, so that the time taken says nothing about the token. One that is not set is nobody's. */
export async function isToken(given: string, expected: string): Promise<boolean> {
  if (expected === "") return false;
  const [left, right] = await Promise.all(
    [given, expected].map((text) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))),
  );
  return left !== undefined && right !== undefined && crypto.subtle.timingSafeEqual(left, right);
}
