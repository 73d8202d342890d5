import { isIP } from "node:net";
import { DocumentRefused } from "./document-refused.ts";
import { isUrl } from "./open-source.ts";
import { isPublicAddress, namesThisMachine } from "./public-address.ts";
import { baseUrlSchema } from "./settings-schema.ts";

interface Server {
  url?: unknown;
  variables?: Record<string, { default?: unknown } | undefined>;
}

/**
 * The address that paths are appended to: the first server that gives one, https before http on the same host,
 * relative ones resolved against where the document came from. A document at a URL without servers means "/".
 */
export function chooseBaseUrl(servers: unknown, source: string): string {
  const list = Array.isArray(servers) && servers.length > 0 ? (servers as Server[]) : [{ url: "/" }];
  const found = list.map((server) => absolute(server, source)).filter((url) => url !== undefined);
  const [first] = found;
  if (first !== undefined) {
    const secure = found.find((url) => url.startsWith("https:") && new URL(url).host === new URL(first).host);
    return secure ?? first;
  }
  throw new DocumentRefused(
    `${source}#/servers`,
    "no server gives an address to call.",
    "Say it with --base-url URL, for example --base-url https://api.example.com/v1",
  );
}

function absolute(server: Server, source: string): string | undefined {
  if (typeof server?.url !== "string") return undefined;
  let known = true;
  const text = server.url.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = server.variables?.[name]?.default;
    if (typeof value !== "string" && typeof value !== "number") known = false;
    return String(value);
  });
  const url = known ? URL.parse(text.trim(), isUrl(source) ? source : undefined) : null;
  const base = url === null ? undefined : `${url.origin}${url.pathname}`.replace(/\/+$/, "");
  return base !== undefined && baseUrlSchema.safeParse(base).success ? base : undefined;
}

/** What a person should know before a credential goes there: a document may name any address, also one inside. */
export function baseUrlWarning(baseUrl: string, source: string): string | undefined {
  const { hostname, protocol } = new URL(baseUrl);
  const local = namesThisMachine(hostname);
  const bare = hostname.replace(/^\[|\]$/g, "");
  if (
    isUrl(source) &&
    (local || (isIP(bare) !== 0 && !isPublicAddress(bare))) &&
    new URL(source).hostname !== hostname
  ) {
    return "This address is not on the Internet, though the document is. Say the right one with --base-url.";
  }
  return protocol === "http:" && !local
    ? "Calls to it are not encrypted (http); the credential can be read on the way."
    : undefined;
}
