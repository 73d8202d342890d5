// Which Host may be served, and which Origin may ask. Pure: a request's parts in, a refusal or nothing out.

export type Refusal = {
  status: 401 | 403 | 404 | 429 | 500 | 503;
  message: string;
  challenge?: string;
  /** Seconds after which asking again makes sense. */
  retryAfter?: number;
};

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** `allowedHosts` and `allowedOrigins` come from the deployment's variables. */
type OriginPolicy = { allowedHosts: string[]; allowedOrigins: string[] };

/** The hosts or origins that a variable names, with commas. */
export function listed(value = ""): string[] {
  return value
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

export function isLoopback(hostname: string): boolean {
  return loopback.has(hostname);
}

export function checkHost(url: URL, hostHeader: string | null, policy: OriginPolicy): Refusal | undefined {
  // Both must be ours: behind a proxy the URL can be right while the header names another host.
  const named = hostHeader === null ? url : parse(`http://${hostHeader}`);
  const wrong = [url.hostname, named?.hostname ?? hostHeader ?? ""].find(
    (hostname) => !isServed(hostname, policy),
  );
  if (wrong === undefined) return undefined;
  return {
    status: 403,
    message: `Host ${JSON.stringify(wrong)} is not served here. To serve it, add it to the variable ALLOWED_HOSTS.`,
  };
}

export function checkOrigin(url: URL, origin: string | null, policy: OriginPolicy): Refusal | undefined {
  if (origin === null) return undefined;
  if (origin === url.origin || policy.allowedOrigins.includes(origin)) return undefined;
  const from = parse(origin);
  // On a laptop, pages of other local tools (any port) may connect; a name that only resolves to here may not.
  if (from !== undefined && from.origin === origin && isLoopback(from.hostname) && isLoopback(url.hostname))
    return undefined;
  return {
    status: 403,
    message: `Origin ${JSON.stringify(origin.slice(0, 100))} may not call this server. To let it, add it to the variable ALLOWED_ORIGINS.`,
  };
}

function isServed(hostname: string, { allowedHosts }: OriginPolicy): boolean {
  return isLoopback(hostname) || hostname.endsWith(".workers.dev") || allowedHosts.includes(hostname);
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
